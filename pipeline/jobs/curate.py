"""curate: documents/ and the decisions on them to curated/: cut, measured, judged, signed."""

from functools import partial
from typing import Any

from classifiers.fasttext_model import CARD, read_card
from pipeline import files
from pipeline.arrow import Made, dropped_table
from pipeline.dedup.near.minhash import published_signatures
from pipeline.dedup.transform import ReadDecided, SignDocuments
from pipeline.document import Batch, Measured, digest
from pipeline.errors import UsageError
from pipeline.frame.job_run import Job, JobRun
from pipeline.frame.manifests import Manifest
from pipeline.frame.unit_lists import UnitList
from pipeline.mix.reach import COUNTED
from pipeline.quality.measured_tables import curated_table, statistics_table
from pipeline.quality.outlier_reference import (
    SAMPLE_DOCUMENTS,
    fit_reference,
    reference_table,
    table_reference,
)
from pipeline.quality.outlier_samples import is_drawn, read_samples
from pipeline.quality.rules import check_limits
from pipeline.quality.signals.signal_sources import load_sources, no_signatures
from pipeline.quality.transform import JudgeQuality, SampleOutliers
from pipeline.recipe import MinhashConfig, QualityConfig, Recipe

SAMPLE_MARGIN = 4  # sampled of the whole corpus, so that each of its main languages has enough


def obeys(recipe: Recipe) -> dict[str, Any]:
    """What the fingerprint is of."""
    check_limits(recipe.quality.limits)
    paths = {"outlier_reference", "signal_sources"}
    return {
        "dedup": recipe.dedup.chosen("min_characters", "minhash"),
        "quality": recipe.quality.model_dump(mode="json", exclude=paths),
        "files": check_quality(recipe.quality),
    }


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


def run(job: JobRun) -> Manifest:
    """A sample that outliers are measured against, where a rule asks for it; then all parts."""
    recipe = job.recipe
    reference = outlier_reference(job, _units(job))
    mark = files.checksum(reference) if reference else ""
    graph = (
        ReadDecided(recipe.dedup, _cuts(job))
        | JudgeQuality(recipe.quality, reference, _samples(job), published_signatures)
        | SignDocuments(recipe.dedup.minhash or MinhashConfig())
        | job.commit(partial(made, signals=recipe.quality.signals))
    )
    return job.finish(job.run_units(_units(job, also=(mark,)), graph))


def _units(job: JobRun, also: tuple[str, ...] = ()) -> UnitList:
    return job.units_of(("extract", "documents"), ("exact", "decisions"), also=also)


def _samples(job: JobRun) -> str:
    """Where a run that fits its own reference keeps what it has measured for it; "" elsewhere."""
    quality = job.recipe.quality
    own = "outliers" in quality.rules and not quality.outlier_reference
    return job.work_file("outliers") if own else ""


def _cuts(job: JobRun) -> str:
    """Where the cuts lie that were made for those samples."""
    return job.work_file("cuts") if _samples(job) else ""


def outlier_reference(job: JobRun, units: UnitList) -> str:
    """The path of the reference that outliers are measured against; "" where none is needed."""
    recipe, quality, samples = job.recipe, job.recipe.quality, _samples(job)
    if quality.outlier_reference:
        return quality.outlier_reference
    if not samples or not units:
        return ""
    path = files.join(job.folder, "reference", f"{job.set_name}.parquet")
    if not job.has(path):
        rate = SAMPLE_MARGIN * SAMPLE_DOCUMENTS / max(1, job.inputs["exact"].kept)
        drawn = ReadDecided(recipe.dedup, _cuts(job), partial(is_drawn, recipe.seed, rate))
        sampled = SampleOutliers(quality, recipe.seed, rate, samples)
        job.once("outliers", units, drawn | sampled)
        with job.engine.measured("FitReference"):
            fitted = fit_reference(read_samples(samples), quality.outlier_tail)
        files.write_table(path, reference_table(fitted))
        job.keep(path)
    return path


def made(batch: Batch, signals: bool) -> Made:
    """The part that a batch becomes, with the columns of the signals or without."""
    rows = [record for record in batch.records if isinstance(record, Measured)]
    tables = {
        "curated": curated_table(rows, signals),
        "dropped": dropped_table(list(batch.dropped)),
        "statistics": statistics_table(batch, signals),
    }
    characters = sum(row.document.characters for row in rows)
    seen = {**dict(batch.seen), COUNTED: characters}
    return Made(batch.part, tables, kept=len(rows), seen=seen, last=batch.last)


JOB = Job(
    "curate",
    obeys,
    run,
    reads=("extract", "exact"),
    keeps="curated",
    drops=(*ReadDecided.drops, *JudgeQuality.drops),
    version=10,
)
