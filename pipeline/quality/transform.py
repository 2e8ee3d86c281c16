"""Wiring of the quality stage: documents are edited, split once, measured and judged.

Outliers are measured against a reference that is fitted on a sample of the corpus itself, so a
sample pass runs first where the recipe has that rule. Sources that declare a domain (books, code)
are no web pages: they neither shape the reference nor are measured against it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import apache_beam as beam
import pyarrow as pa

from classifiers.fasttext_model import FasttextModel
from pipeline import files
from pipeline.document import Batch, Document, Lost, Measured, drop, unit_hash
from pipeline.frame.transforms import MapBatches, Step, documents
from pipeline.quality.judge import judged, outlier_sample
from pipeline.quality.outlier_reference import SAMPLE_DOCUMENTS, Sample, table_reference
from pipeline.quality.outliers import NO_REFERENCE, Reference, reference_key
from pipeline.quality.signals.redpajama import SIGNALS, SIGNALS_SCHEMA, measure_signals
from pipeline.quality.signals.signal_sources import (
    NO_SOURCES,
    Signatures,
    load_sources,
    no_signatures,
)
from pipeline.quality.statistics import STATISTICS_SCHEMA, QualityStatistics
from pipeline.recipe import QualityConfig, SignalsConfig
from pipeline.text import given_split

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

    `reference` is the path of the table that outliers are measured against, "" for none;
    `signatures` makes the signals that deduplication knows how to make.
    """

    config: QualityConfig
    reference: str = ""
    signatures: Signatures = no_signatures

    def expand(self, batches: Any) -> Any:
        judge = partial(_judge, self.config, self.reference, self.signatures)
        return batches | MapBatches("JudgeQuality", judge)


def _judge(config: QualityConfig, path: str, signatures: Signatures = no_signatures) -> Step:
    reference = table_reference(files.read_table(path)) if path else NO_REFERENCE
    sources = NO_SOURCES
    if config.signals:
        sources = load_sources(config.signal_sources, _models(config.signal_sources), signatures)
    measured_only = config.model_copy(update={"rules": ()})

    def step(document: Document) -> Measured | Lost:
        against = NO_REFERENCE if document.domain else reference
        rules = measured_only if document.domain in NOT_PROSE else config
        found = judged(document, rules, against)
        edited = replace(document, text=found.text)
        columns: dict[str, Any] = asdict(found.statistics)
        if config.signals:
            bucket = _bucket(found.statistics, document.language, against)
            split = given_split(found.text, frozenset(), lower_words=found.words)
            columns |= measure_signals(document, split, found.statistics, sources, bucket)
        measured = Measured(edited, found.words, columns)
        if found.reasons:
            row = drop(document, STAGE, found.reasons[0], " ".join(found.reasons[1:]))
            return Lost(row, measured)
        return measured

    return documents(step)


def _models(config: SignalsConfig) -> dict[str, Any]:
    """The scores of the models that a recipe names, by the name of their signal."""
    named = {
        "wikiref": config.wikiref_model,
        "palm": config.palm_model,
        "wikipedia": config.wikipedia_model,
    }
    return {name: FasttextModel(folder).score for name, folder in named.items() if folder}


def _bucket(statistics: QualityStatistics, language: str, reference: Reference) -> str | None:
    """The bucket of a text's perplexity; None where the reference does not know its kind."""
    known = reference.get(reference_key(language, statistics.structured))
    probability = statistics.word_log_probability
    return None if known is None or probability is None else known.bucket(probability)


def signal_columns(columns: Mapping[str, Any]) -> list[pa.Field]:
    """The fields of the signals, none where they were not measured."""
    return list(SIGNALS_SCHEMA) if SIGNALS[0] in columns else []


def statistics_table(batch: Batch) -> pa.Table:
    """What was measured of all documents of a batch, kept or dropped since, sorted by id.

    Columns: id, language, kept, the statistics, and the signals where they were measured. It lets
    limits be tuned without any text.
    """
    kept = [record for record in batch.records if isinstance(record, Measured)]
    rows = [(one, True) for one in kept] + [(one, False) for one in batch.lost]
    rows.sort(key=lambda row: row[0].document.id)
    signals = signal_columns(rows[0][0].columns) if rows else []
    table = pa.table(
        {
            "id": pa.array([one.document.id for one, _ in rows], pa.string()),
            "language": pa.array([one.document.language for one, _ in rows], pa.string()),
            "kept": pa.array([stays for _, stays in rows], pa.bool_()),
        }
    )
    for column in [*STATISTICS_SCHEMA, *signals]:
        values = [one.columns[column.name] for one, _ in rows]
        table = table.append_column(column.name, pa.array(values, column.type))
    return table


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
    rows = pa.concat_tables([SAMPLE_SCHEMA.empty_table(), *tables]).sort_by(
        [("order", "ascending"), ("id", "ascending")]
    )
    taken: dict[tuple[str, bool], int] = {}
    samples = []
    for row in rows.to_pylist():
        key = (row["language"], row["structured"])
        taken[key] = taken.get(key, 0) + 1
        if taken[key] <= SAMPLE_DOCUMENTS:
            samples.append(Sample(row["language"], row["text"], row["structured"]))
    return samples
