"""What each job obeys: the keys of the recipe, and the content of the files they name.

It becomes the fingerprint of the job's artefact, so a change of anything else leaves the artefact
as it is. Everything that can be wrong with a recipe's files is found here, before any job starts.
"""

from importlib.metadata import version
from typing import Any

from classifiers.wikipedia_links import dump_files
from pipeline import files
from pipeline.classify.benchmarks import load_benchmarks
from pipeline.document import digest
from pipeline.earlier import earlier_marks
from pipeline.extract.judge.model import load_model
from pipeline.extract.transform import MODEL
from pipeline.models import check_models, check_quality
from pipeline.quality.rules import check_limits
from pipeline.recipe import Recipe, Section
from pipeline.screen.blocklist import load_blocklist

# Libraries whose releases change what is extracted and in which language it is.
DECIDING = (
    "trafilatura", "resiliparse", "selectolax", "google-re2", "pycld2", "tldextract", "ftfy",
    "mwparserfromhell",
)  # fmt: skip


def _keys(section: Section, *names: str) -> dict[str, Any]:
    return section.model_dump(mode="json", include=set(names))


def extract(recipe: Recipe) -> dict[str, Any]:
    return {
        "extract": recipe.extract.model_dump(mode="json"),
        "screen": recipe.screen.model_dump(mode="json", exclude={"blocklists"}),
        "blocklists": load_blocklist(recipe.screen.blocklists).fingerprint,
        "model": load_model(MODEL).fingerprint if recipe.extract.extractor == "gristmill" else "",
        "libraries": {name: version(name) for name in DECIDING},
    }


def exact(recipe: Recipe) -> dict[str, Any]:
    names = ("url", "exact", "site_lines", "paragraphs", "survivor", "scope")
    return {
        "dedup": _keys(recipe.dedup, *names),
        "against": earlier_marks(recipe.dedup.against),
        "site_policies": recipe.screen.rights != "ignore",
    }


def curate(recipe: Recipe) -> dict[str, Any]:
    check_limits(recipe.quality.limits)
    paths = {"outlier_reference", "signal_sources"}
    return {
        "dedup": _keys(recipe.dedup, "min_characters", "minhash"),
        "quality": recipe.quality.model_dump(mode="json", exclude=paths),
        "files": check_quality(recipe.quality),
    }


def near(recipe: Recipe) -> dict[str, Any]:
    names = ("minhash", "survivor", "scope")
    return {"dedup": _keys(recipe.dedup, *names), "against": earlier_marks(recipe.dedup.against)}


def classify(recipe: Recipe) -> dict[str, Any]:
    items = load_benchmarks(recipe.mix.benchmarks)
    return {
        "domains": recipe.classify.domains,
        "gate": recipe.classify.gate != "off",
        "dump": dump_mark(recipe.classify.referenced.dump),
        "model": check_models(recipe).get("referenced", ""),
        "benchmarks": digest(*(repr(item) for item in items)),
        "ngram": recipe.mix.ngram,
    }


def mix(recipe: Recipe) -> dict[str, Any]:
    return {
        "mix": recipe.mix.model_dump(mode="json", exclude={"benchmarks", "ngram"}),
        "classify": _keys(recipe.classify, "gate", "keep"),
    }


def tokenize(recipe: Recipe) -> dict[str, Any]:
    return {
        "tokenize": recipe.tokenize.model_dump(mode="json", exclude={"tokenizer"}),
        "tokenizer": check_models(recipe).get("tokenizer", ""),
    }


def dump_mark(folder: str) -> str:
    """What tells one dump from another: names and sizes; its files are too big to hash."""
    if not folder:
        return ""
    articles, tables = dump_files(folder)
    return digest(*(f"{path.rsplit('/', 1)[-1]} {files.size(path)}" for path in articles + tables))
