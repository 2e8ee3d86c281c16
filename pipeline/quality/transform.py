"""Wiring of the quality stage: documents are edited, split once, measured and judged.

Outliers are measured against a reference that is fitted on a sample of the corpus itself, so a
sample pass runs first where the recipe has that rule. Sources that declare a domain (books, code)
are no web pages: they neither shape the reference nor are measured against it.
"""

from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import apache_beam as beam
import pyarrow as pa

from pipeline import files
from pipeline.document import Batch, Document, Dropped, Measured, drop, unit_hash
from pipeline.quality.judge import judged, outlier_sample
from pipeline.quality.outliers import NO_REFERENCE
from pipeline.quality.reference import SAMPLE_DOCUMENTS, Sample, table_reference
from pipeline.recipe import QualityConfig
from pipeline.routing import MapBatches, Step, documents

STAGE = "quality"
NOT_PROSE = ("code",)  # domains that a source declares and rules made for prose do not judge
SAMPLE_SCHEMA = pa.schema(
    [
        ("order", pa.float64()),  # a keyed hash
        ("id", pa.string()),
        ("language", pa.string()),
        ("text", pa.string()),
        ("structured", pa.bool_()),
    ]
)


@dataclass
class JudgeQuality(beam.PTransform):
    """Documents become measured documents; those against which a rule speaks are dropped.

    `reference` is the path of the table that outliers are measured against, "" for none.
    """

    config: QualityConfig
    reference: str = ""

    def expand(self, batches: Any) -> Any:
        return batches | MapBatches("JudgeQuality", partial(_judge, self.config, self.reference))


def _judge(config: QualityConfig, path: str) -> Step:
    reference = table_reference(files.read_table(path)) if path else NO_REFERENCE

    def step(document: Document) -> Measured | Dropped:
        against = NO_REFERENCE if document.domain else reference
        found = judged(document, config, against)
        if found.reasons and document.domain not in NOT_PROSE:
            return drop(document, STAGE, found.reasons[0], " ".join(found.reasons[1:]))
        edited = replace(document, text=found.text)
        return Measured(edited, found.words, asdict(found.statistics))

    return documents(step)


@dataclass
class SampleOutliers(beam.PTransform):
    """Writes what a share of the documents gives to the outlier reference, a file per part."""

    config: QualityConfig
    seed: int
    rate: float
    folder: str

    def expand(self, batches: Any) -> Any:
        return batches | beam.Map(_write_samples, self.config, self.seed, self.rate, self.folder)


def _write_samples(batch: Batch, config: QualityConfig, seed: int, rate: float, folder: str) -> str:
    rows = []
    for document in (record for record in batch.records if isinstance(record, Document)):
        order = unit_hash(seed, "outliers", document.id)
        if order < rate and not document.domain:
            sample = outlier_sample(document, config)
            if sample is not None:
                rows.append({"order": order, "id": document.id, **asdict(sample)})
    path = files.join(folder, f"{batch.part}.parquet")
    files.write_table(path, pa.Table.from_pylist(rows, schema=SAMPLE_SCHEMA))
    return path


def read_samples(folder: str) -> list[Sample]:
    """The samples of the smallest keyed hashes, at most SAMPLE_DOCUMENTS of a language and kind."""
    tables = [files.read_table(files.join(folder, name)) for name in files.names(folder)]
    rows = pa.concat_tables(tables).sort_by([("order", "ascending"), ("id", "ascending")])
    taken: dict[tuple[str, bool], int] = {}
    samples = []
    for row in rows.to_pylist():
        key = (row["language"], row["structured"])
        taken[key] = taken.get(key, 0) + 1
        if taken[key] <= SAMPLE_DOCUMENTS:
            samples.append(Sample(row["language"], row["text"], row["structured"]))
    return samples
