"""classify: a model of referenced pages from a dump and the corpus itself, then scores/ by part.

The model is named by the set of inputs it was made from and its card is written last, so a model
that has a card is whole and is never trained twice.
"""

from collections.abc import Callable
from typing import Any

import requests

from classifiers.examples import Example
from classifiers.fasttext_model import CARD, read_card
from classifiers.gate_models import load_model
from classifiers.harm import listed_words
from classifiers.labels.text_model import TextModel
from classifiers.referenced import train_referenced
from classifiers.tagging.taught import read_taught, taught_bytes
from classifiers.wikipedia.dump_files import dump_files, dump_units
from classifiers.wikipedia.tiers import load_links, load_referenced_urls, merge
from pipeline import files
from pipeline.classify.benchmarks import load_benchmarks
from pipeline.classify.sampling import read_sample
from pipeline.classify.transform import (
    LearntTags,
    ReadExamples,
    ReadLinks,
    ScoreParts,
    learn_tags,
    sample_examples,
)
from pipeline.document import digest, unit_hash
from pipeline.errors import UsageError
from pipeline.frame.job_run import Job, JobRun
from pipeline.frame.manifests import Manifest
from pipeline.frame.unit_lists import UnitList, unit_list
from pipeline.ingest.remote.file_ends import open_ends
from pipeline.ingest.remote.opening import stamp_of
from pipeline.ingest.remote.web_server import web_session
from pipeline.recipe import ClassifyConfig, HarmConfig, Recipe
from pipeline.screen.blocklist import load_lists

TAUGHT_BYTES = 64 << 20  # of parts, packed, that teach what domains are like


def obeys(recipe: Recipe) -> dict[str, Any]:
    """What the fingerprint is of."""
    items = load_benchmarks(recipe.mix.benchmarks)
    return {
        "domains": recipe.classify.domains,
        "gate": recipe.classify.gate != "off",
        "combine": recipe.classify.combine,
        "dump": dump_mark(recipe.classify.referenced.dump),
        "models": check_models(recipe.classify),
        "harm": check_harm(recipe.classify.harm),
        "topics": _checked(TextModel, recipe.classify.topics),
        "benchmarks": digest(*(repr(item) for item in items)),
        "ngram": recipe.mix.ngram,
    }


def dump_mark(folder: str) -> str:
    """What tells one dump from another: names, sizes and ends of its files, too big to hash; what
    packs them has its checksum at the end.
    """
    if not folder:
        return ""
    with web_session(1) as session:
        marks = [_mark(file.path, session) for file in dump_files(folder)]
    return digest(*marks)


def _mark(path: str, session: requests.Session) -> str:
    with open_ends(path, stamp_of(path, session), session) as file:
        return f"{path.rsplit('/', 1)[-1]} {file.mark}"


def check_models(config: ClassifyConfig) -> list[str]:
    """Digests of the models that the gate asks. Raises UsageError for what is none."""
    named = config.referenced
    if named.model and named.dump:
        raise UsageError(
            f"classify.referenced names both a model ({named.model!r}) and a dump; keep one"
        )
    return [_checked(load_model, folder) for folder in (named.model, *config.models) if folder]


def check_harm(config: HarmConfig) -> dict[str, Any]:
    """What a recipe says of harm, with digests of what it names. Raises UsageError for what is
    none.
    """
    if not config.model:
        if config.words or config.lists:
            raise UsageError(
                "classify.harm has words or lists and no model; name one, or take them out"
            )
        return {}
    if not TextModel(config.model).positive:
        raise UsageError(
            f"classify.harm.model {config.model!r} has no score; give one of two labels"
        )
    listed_words(config.words)
    return {
        "model": files.checksum(files.join(config.model, CARD)),
        "least": config.least,
        "lists": load_lists(config.lists).fingerprint,
        "words": [files.checksum(path) for path in config.words],
    }


def _checked(load: Callable[[str], object], folder: str) -> str:
    """Digest of a model that loads: its hash, form and labels are looked at, not just its card."""
    if not folder:
        return ""
    load(folder)
    return files.checksum(files.join(folder, CARD))


def run(job: JobRun) -> Manifest:
    """The model where the recipe has its gate, then one pipeline over all parts."""
    units = _units(job)
    model, notes = referenced_model(job, units)
    mark = files.checksum(files.join(model, CARD)) if model else ""
    if not job.recipe.classify.harm.model:
        notes = [*notes, "harm is not looked for: the recipe names no model of it"]
    job.extra |= {"model": job.own_path(model), "model_card": mark, "notes": notes}
    models = (*([model] if model else []), *job.recipe.classify.models)
    learnt = learnt_tags(job, units)
    known = (mark, files.checksum(learnt.taught)) if learnt.taught else (mark,)
    graph = ScoreParts.of(job.recipe, models, learnt) | job.commit()
    return job.finish(job.run_units(_units(job, also=known), graph))


def learnt_tags(job: JobRun, units: UnitList) -> LearntTags:
    """What domains are like, and notes for tags, by the parts that a keyed hash puts first."""
    merged, taught, noted = map(job.work_file, ("tags.npz", "taught", "noted"))
    if not job.recipe.classify.domains:
        return LearntTags()
    job.once("tags", _first(units, job.recipe.seed), learn_tags(taught, noted))
    files.write_bytes_atomic(merged, taught_bytes(read_taught(files.find(taught))))
    return LearntTags(merged, noted)


def _first(units: UnitList, seed: int) -> UnitList:
    """So many units that their bytes are enough to learn from, whatever others there are."""
    chosen, size = [], 0
    for unit in sorted(units, key=lambda unit: unit_hash(seed, "tags", unit.name)):
        if size >= TAUGHT_BYTES:
            break
        chosen.append(unit)
        size += unit.bytes
    return unit_list(chosen)


def _units(job: JobRun, also: tuple[str, ...] = ()) -> UnitList:
    return job.units_of(("curate", "curated"), ("near", "decisions"), also=also)


def referenced_model(job: JobRun, units: UnitList) -> tuple[str, list[str]]:
    """The folder of the model that scores pages, "" where the gate is off, and notes on why."""
    config = job.recipe.classify
    if config.referenced.model:
        return config.referenced.model, []
    if config.gate == "off" or not config.referenced.dump:
        if config.models:
            return "", []
        return "", ["the referenced gate is off: the recipe names no Wikipedia dump and no model"]
    folder = files.join(job.folder, "models", job.set_name, "referenced")
    if not job.has(folder):
        train(job, units, folder)
        job.keep(*files.find(folder))
    closed = read_card(folder).get("closed")
    return ("", [f"the referenced gate is off: {closed}"]) if closed else (folder, [])


def train(job: JobRun, units: UnitList, folder: str) -> None:
    """Three pipelines read the dump, choose and read the examples; the model is trained here."""
    urls, sample = job.work_file("urls"), job.work_file("sample.npy")
    examples, seed = job.work_file("examples"), job.recipe.seed
    links = job.work_file("links")
    job.once("links", unit_list(dump_units(job.recipe.classify.referenced.dump)), ReadLinks(links))
    merge(load_links(links)).save(urls)
    job.once("sample", units, sample_examples(urls, sample, seed))
    if files.exists(sample):
        job.once("examples", units, ReadExamples(sample, examples))
    with job.engine.measured("TrainReferenced"):
        prior = read_sample(sample).prior if files.exists(sample) else 0.0
        known = load_referenced_urls(urls)
        train_referenced(read_examples(examples), known, folder, seed, prior=prior)


def read_examples(folder: str) -> list[Example]:
    """All examples in the order of their ids, whatever parts they came in."""
    rows = [row for table in files.read_tables(folder) for row in table.to_pylist()]
    return [_example(**row) for row in sorted(rows, key=lambda row: str(row["id"]))]


def _example(page_type: str, **fields: str) -> Example:
    return Example(**fields, format=page_type)


JOB = Job("classify", obeys, run, reads=("curate", "near"), keeps="scores", work=1 / 8, version=4)
