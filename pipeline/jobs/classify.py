"""classify: a model of referenced pages from a dump and the corpus itself, then scores/ by part.

The model is named by the set of inputs it was made from and its card is written last, so a model
that has a card is whole and is never trained twice.
"""

from typing import Any

import requests

from classifiers.examples import Example
from classifiers.fasttext_model import CARD, read_card
from classifiers.referenced import load_referenced, train_referenced
from classifiers.wikipedia_links import dump_files, load_referenced_urls, referenced_urls
from pipeline import files
from pipeline.classify.benchmarks import load_benchmarks
from pipeline.classify.transform import ReadExamples, ScoreParts, sample_examples
from pipeline.document import digest
from pipeline.errors import UsageError
from pipeline.frame.job_run import Job, JobRun
from pipeline.frame.manifests import Manifest
from pipeline.frame.unit_lists import UnitList
from pipeline.ingest.remote.file_ends import open_ends
from pipeline.ingest.remote.opening import stamp_of
from pipeline.ingest.remote.web_server import web_session
from pipeline.recipe import Recipe, ReferencedConfig


def obeys(recipe: Recipe) -> dict[str, Any]:
    """What the fingerprint is of."""
    items = load_benchmarks(recipe.mix.benchmarks)
    return {
        "domains": recipe.classify.domains,
        "gate": recipe.classify.gate != "off",
        "dump": dump_mark(recipe.classify.referenced.dump),
        "model": check_referenced(recipe.classify.referenced),
        "benchmarks": digest(*(repr(item) for item in items)),
        "ngram": recipe.mix.ngram,
    }


def dump_mark(folder: str) -> str:
    """What tells one dump from another: names, sizes and ends of its files, too big to hash; what
    packs them has its checksum at the end.
    """
    if not folder:
        return ""
    articles, tables = dump_files(folder)
    with web_session(1) as session:
        marks = [_mark(path, session) for path in articles + tables]
    return digest(*marks)


def _mark(path: str, session: requests.Session) -> str:
    with open_ends(path, stamp_of(path, session), session) as file:
        return f"{path.rsplit('/', 1)[-1]} {file.mark}"


def check_referenced(config: ReferencedConfig) -> str:
    """Digest of the model that a recipe names, "" for none. Raises UsageError for what is none."""
    if config.model and config.dump:
        raise UsageError(
            f"classify.referenced names both a model ({config.model!r}) and a dump; keep one"
        )
    if not config.model:
        return ""
    load_referenced(config.model)  # its hash, form and labels, not just its card
    return files.checksum(files.join(config.model, CARD))


def run(job: JobRun) -> Manifest:
    """The model where the recipe has its gate, then one pipeline over all parts."""
    model, notes = referenced_model(job, _units(job))
    mark = files.checksum(files.join(model, CARD)) if model else ""
    job.extra |= {"model": job.own_path(model), "model_card": mark, "notes": notes}
    graph = ScoreParts.of(job.recipe, model) | job.commit()
    return job.finish(job.run_units(_units(job, also=(mark,)), graph))


def _units(job: JobRun, also: tuple[str, ...] = ()) -> UnitList:
    return job.units_of(("curate", "curated"), ("near", "decisions"), also=also)


def referenced_model(job: JobRun, units: UnitList) -> tuple[str, list[str]]:
    """The folder of the model that scores pages, "" where the gate is off, and notes on why."""
    config = job.recipe.classify
    if config.referenced.model:
        return config.referenced.model, []
    if config.gate == "off" or not config.referenced.dump:
        return "", ["the referenced gate is off: the recipe names no Wikipedia dump and no model"]
    folder = files.join(job.folder, "models", job.set_name, "referenced")
    if not job.has(folder):
        train(job, units, folder)
        job.keep(*files.find(folder))
    closed = read_card(folder).get("closed")
    return ("", [f"the referenced gate is off: {closed}"]) if closed else (folder, [])


def train(job: JobRun, units: UnitList, folder: str) -> None:
    """Two pipelines choose and read the examples; the model is trained here."""
    urls, sample = job.work_file("urls"), job.work_file("sample.npy")
    examples, seed = job.work_file("examples"), job.recipe.seed
    referenced_urls(job.recipe.classify.referenced.dump).save(urls)
    job.once("sample", units, sample_examples(urls, sample, seed))
    if files.exists(sample):
        job.once("examples", units, ReadExamples(sample, examples))
    with job.engine.measured("TrainReferenced"):
        train_referenced(read_examples(examples), load_referenced_urls(urls), folder, seed)


def read_examples(folder: str) -> list[Example]:
    """All examples in the order of their ids, whatever parts they came in."""
    rows = [row for table in files.read_tables(folder) for row in table.to_pylist()]
    return [Example(**row) for row in sorted(rows, key=lambda row: str(row["id"]))]


JOB = Job("classify", obeys, run, reads=("curate", "near"), keeps="scores", work=1 / 8, version=2)
