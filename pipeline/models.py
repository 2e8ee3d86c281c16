"""The models that a run trains between its pipelines: referenced pages, the tokenizer.

Each is named by the set of inputs it was made from and its card is written last, so a model that
has a card is whole and is never trained twice.
"""

from functools import partial
from typing import Any

from classifiers.examples import Example
from classifiers.fasttext_model import CARD, read_card
from classifiers.referenced import load_referenced, train_referenced
from classifiers.wikipedia_links import load_referenced_urls, referenced_urls
from pipeline import files
from pipeline.classify.transform import ReadExamples, SampleExamples
from pipeline.dedup.transform import ReadDecided
from pipeline.document import Unit, digest
from pipeline.errors import UsageError
from pipeline.frame.run import JobRun
from pipeline.quality.outlier_reference import (
    SAMPLE_DOCUMENTS,
    fit_reference,
    reference_table,
    table_reference,
)
from pipeline.quality.signals.signal_sources import load_sources, no_signatures
from pipeline.quality.transform import SampleOutliers, read_samples
from pipeline.recipe import QualityConfig, Recipe
from pipeline.tokenize.encode import load_tokenizer
from pipeline.tokenize.train import sample_rates, save_tokenizer, train_tokenizer
from pipeline.tokenize.transform import SampleTexts, sampled_texts

SAMPLE_MARGIN = 4  # sampled of the whole corpus, so that each of its main languages has enough


def referenced_model(job: JobRun, units: list[Unit]) -> tuple[str, list[str]]:
    """The folder of the model that scores pages, "" where the gate is off, and notes on why."""
    config = job.recipe.classify
    if config.referenced.model:
        return config.referenced.model, []
    if config.gate == "off" or not config.referenced.dump:
        return "", ["the referenced gate is off: the recipe names no Wikipedia dump and no model"]
    folder = files.join(job.folder, "models", job.set_name, "referenced")
    if not files.exists(files.join(folder, CARD)):
        _train_referenced(job, units, folder)
    closed = read_card(folder).get("closed")
    return ("", [f"the referenced gate is off: {closed}"]) if closed else (folder, [])


def _train_referenced(job: JobRun, units: list[Unit], folder: str) -> None:
    urls, sample = job.work_file("urls"), job.work_file("sample.npy")
    examples = job.work_file("examples")
    known = referenced_urls(job.recipe.classify.referenced.dump)
    known.save(urls)
    job.once("sample", units, partial(_sample_graph, urls, sample, job.recipe.seed))
    if files.exists(sample):
        job.once("examples", units, partial(_examples_graph, sample, examples))
    train_referenced(_read_examples(examples), load_referenced_urls(urls), folder, job.recipe.seed)


def _sample_graph(urls: str, path: str, seed: int, units: Any) -> Any:
    return units | SampleExamples(urls, path, seed)


def _examples_graph(sample: str, folder: str, units: Any) -> Any:
    return units | ReadExamples(sample, folder)


def _read_examples(folder: str) -> list[Example]:
    """All examples in the order of their ids, whatever parts they came in."""
    rows = [
        row
        for name in files.names(folder)
        for row in files.read_table(files.join(folder, name)).to_pylist()
    ]
    return [Example(**row) for row in sorted(rows, key=lambda row: str(row["id"]))]


def outlier_reference(job: JobRun, units: list[Unit]) -> str:
    """The path of the reference that outliers are measured against; "" where none is needed."""
    quality = job.recipe.quality
    if quality.outlier_reference:
        return quality.outlier_reference
    if "outliers" not in quality.rules or not units:
        return ""
    path = files.join(job.folder, "reference", f"{job.set_name}.parquet")
    if not files.exists(path):
        samples = job.work_file("outliers")
        rate = SAMPLE_MARGIN * SAMPLE_DOCUMENTS / max(1, job.inputs["exact"].kept)
        graph = partial(_outliers_graph, job.recipe, rate, samples)
        job.once("outliers", units, graph)
        fitted = fit_reference(read_samples(samples), quality.outlier_tail)
        files.write_table(path, reference_table(fitted))
    return path


def _outliers_graph(recipe: Recipe, rate: float, folder: str, units: Any) -> Any:
    sampled = SampleOutliers(recipe.quality, recipe.seed, rate, folder)
    return units | ReadDecided(recipe.dedup) | sampled


def tokenizer_folder(job: JobRun, plan: dict[str, Any], units: list[Unit]) -> str:
    """The folder of the tokenizer: the recipe's, or one trained on a sample drawn by mixture."""
    config = job.recipe.tokenize
    if config.tokenizer:
        return config.tokenizer
    folder = files.join(job.folder, "tokenizer", job.set_name)
    if not files.exists(files.join(folder, CARD)):
        texts = job.work_file("texts")
        rates = sample_rates(*_group_sizes(plan), config.train_megabytes)
        job.once("texts", units, partial(_texts_graph, texts, rates, job.recipe.seed))
        trained = train_tokenizer(
            sampled_texts(texts), config.vocabulary, config.digits, config.train_megabytes
        )
        save_tokenizer(folder, trained)
    return folder


def _texts_graph(folder: str, rates: dict[str, float], seed: int, units: Any) -> Any:
    return units | SampleTexts(folder, rates, seed)


def _group_sizes(plan: dict[str, Any]) -> tuple[dict[str, int], dict[str, float]]:
    """Characters of every group, and its weight over all phases."""
    characters = {name: group["characters"] for name, group in plan["groups"].items()}
    total = sum(characters.values()) or 1
    weights = dict.fromkeys(characters, 0.0)
    for phase in plan["phases"]:
        size = sum(characters[name] for name in phase["weights"]) / total
        for name, weight in phase["weights"].items():
            weights[name] += weight * size
    return characters, weights


def check_quality(config: QualityConfig) -> dict[str, str]:
    """Digests of the files that a quality section names. Raises UsageError for what is none."""
    found = {}
    if path := config.outlier_reference:
        if not files.exists(path) or files.is_folder(path):
            raise UsageError(f"{path!r} is not a file; make it with: gristmill quality fit")
        table_reference(files.read_table(path))
        found["reference"] = files.checksum(path)
    if config.signals:
        load_sources(config.signal_sources, {}, no_signatures)
        named = {name: path for name, path in config.signal_sources.model_dump().items() if path}
        found |= {name: _mark(path) for name, path in named.items()}
    return found


def _mark(path: str) -> str:
    """Digest of a file, or of a folder's files by name."""
    if not files.exists(path):
        raise UsageError(f"{path!r} is not there; mend quality.signal_sources or leave it out")
    if not files.is_folder(path):
        return files.checksum(path)
    if files.exists(files.join(path, CARD)):
        read_card(path)
        return files.checksum(files.join(path, CARD))
    found = ((one.removeprefix(path), files.checksum(one)) for one in files.find(path))
    return digest(*(part for pair in found for part in pair))


def check_models(recipe: Recipe) -> dict[str, str]:
    """Digests of the model files that a recipe names. Raises UsageError for what is no model."""
    referenced, tokenize = recipe.classify.referenced, recipe.tokenize
    if referenced.model and referenced.dump:
        raise UsageError(
            f"classify.referenced names both a model ({referenced.model!r}) and a dump; keep one"
        )
    found = {}
    if referenced.model:
        load_referenced(referenced.model)  # its hash, form and labels, not just its card
        found["referenced"] = files.checksum(files.join(referenced.model, CARD))
    if tokenize.tokenizer:
        found["tokenizer"] = load_tokenizer(tokenize.tokenizer).card.digest
    return found
