"""The sample that the outlier reference is fitted on: drawn part by part by keyed hashes.

What is measured for it is kept beside the text, so that judging those documents later needs no
second measurement: of a small corpus they are all of it.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from pipeline import files
from pipeline.arrow import columns_table
from pipeline.document import Batch, Document, by_single_id, digest, unit_hash
from pipeline.quality.judge import MeasuredText, measured, outlier_sample
from pipeline.quality.outlier_reference import SAMPLE_DOCUMENTS, Sample
from pipeline.quality.outliers import ALONE
from pipeline.quality.statistics_record import STATISTICS_SCHEMA, QualityStatistics
from pipeline.recipe import QualityConfig
from pipeline.text import Split

SAMPLE_SCHEMA = pa.schema(
    [
        ("order", pa.float64()),  # a keyed hash
        ("id", pa.string()),
        ("language", pa.string()),
        ("fits", pa.bool_()),  # whether the reference is fitted on it: no other rule drops it
        ("compared", pa.string()),
        ("buckets", pa.binary()),  # of its words, uint16; null where they have not been hashed
        ("text", pa.string()),  # after line edits; null where they have cut nothing
        ("lower_words", pa.string()),  # a line each
        *STATISTICS_SCHEMA,
    ]
)
_READ = ["order", "id", "language", "fits", "compared", "buckets", "structured", *ALONE]


def order_of(seed: int, name: str) -> float:
    """By which documents are drawn, those of the lowest first: a keyed hash of the id."""
    return unit_hash(seed, "outliers", name)


def is_drawn(seed: int, rate: float, name: str) -> bool:
    """Whether a share of the corpus has the document of this id, if nothing else speaks against."""
    return order_of(seed, name) < rate


def write_samples(
    batch: Batch, config: QualityConfig, seed: int, rate: float, folder: str
) -> Iterator[str]:
    """Writes what is measured of a share of the documents of a part; gives the path.

    Where that is nothing there is no file: one process reads all of them.
    """
    rows = []
    for document in (record for record in batch.records if isinstance(record, Document)):
        order = order_of(seed, document.id)
        if order < rate and not document.domain:
            rows.append(_row(order, document, config))
    if rows:
        path = _path(folder, batch)
        files.write_table(path, columns_table(zip(*rows, strict=True), SAMPLE_SCHEMA))
        yield path


def _path(folder: str, batch: Batch) -> str:
    """By what is read: a unit is named anew once it reads the reference too."""
    return files.join(folder, f"{digest(*batch.unit.paths)}.{batch.index:03d}.parquet")


def _row(order: float, document: Document, config: QualityConfig) -> tuple[object, ...]:
    """A row of SAMPLE_SCHEMA."""
    found = measured(document, config)
    sample = outlier_sample(document, config, found)
    return (
        order,
        document.id,
        document.language,
        sample is not None,
        found.compared.text,
        sample and sample.words,
        None if found.text == document.text else found.text,
        "\n".join(found.words),
        *(getattr(found.statistics, name) for name in STATISTICS_SCHEMA.names),
    )


def measured_before(batch: Batch, folder: str) -> Mapping[str, MeasuredText]:
    """By id, what `write_samples` has kept of the documents of a part in `folder`; "" for none.

    Of documents with one id nothing is known.
    """
    path = _path(folder, batch)
    if not folder or not files.exists(path):
        return {}
    known = by_single_id(record for record in batch.records if isinstance(record, Document))
    rows = zip(*files.read_table(path, SAMPLE_SCHEMA.names).to_pydict().values(), strict=True)
    return {row[1]: _measured(known[row[1]].text, *row[4:]) for row in rows if row[1] in known}


def _measured(
    whole: str,
    compared: str,
    buckets: bytes | None,
    text: str | None,
    words: str,
    *statistics: object,
) -> MeasuredText:
    return MeasuredText(
        whole if text is None else text,
        words.split("\n") if words else [],
        QualityStatistics(*statistics),  # type: ignore[arg-type]  # columns of many types
        Split(compared),
        buckets=None if buckets is None else np.frombuffer(buckets, np.uint16),
    )


def read_samples(folder: str) -> list[Sample]:
    """The samples of the smallest keyed hashes, at most SAMPLE_DOCUMENTS of a language and kind."""
    schema = pa.schema([SAMPLE_SCHEMA.field(name) for name in _READ])
    paths = (files.join(folder, name) for name in files.names(folder))
    tables = [files.read_table(path, _READ) for path in paths]
    rows = pa.concat_tables([schema.empty_table(), *tables])
    rows = rows.filter(rows["fits"]).sort_by([("order", "ascending"), ("id", "ascending")])
    taken: dict[tuple[str, bool], int] = {}
    samples = []
    for row in rows.to_pylist():
        key = (row["language"], row["structured"])
        taken[key] = taken.get(key, 0) + 1
        if taken[key] <= SAMPLE_DOCUMENTS:
            alone = row[ALONE[0]], row[ALONE[1]]
            found = row["compared"], row["structured"], row["buckets"], alone
            samples.append(Sample(row["language"], *found))
    return samples
