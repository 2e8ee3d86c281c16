"""The sample that the outlier reference is fitted on: drawn part by part by keyed hashes."""

from collections.abc import Iterator
from dataclasses import asdict

import pyarrow as pa

from pipeline import files
from pipeline.document import Batch, Document, unit_hash
from pipeline.quality.judge import outlier_sample
from pipeline.quality.outlier_reference import SAMPLE_DOCUMENTS, Sample
from pipeline.recipe import QualityConfig

SAMPLE_SCHEMA = pa.schema(
    [
        ("order", pa.float64()),  # a keyed hash
        ("id", pa.string()),
        ("language", pa.string()),
        ("text", pa.string()),
        ("structured", pa.bool_()),
    ]
)


def write_samples(
    batch: Batch, config: QualityConfig, seed: int, rate: float, folder: str
) -> Iterator[str]:
    """Writes what a share of the documents of a part gives to the reference; gives the path.

    Where that is nothing there is no file: one process reads all of them.
    """
    rows = []
    for document in (record for record in batch.records if isinstance(record, Document)):
        order = unit_hash(seed, "outliers", document.id)
        if order < rate and not document.domain:
            sample = outlier_sample(document, config)
            if sample is not None:
                rows.append({"order": order, "id": document.id, **asdict(sample)})
    if rows:
        path = files.join(folder, f"{batch.part}.parquet")
        files.write_table(path, pa.Table.from_pylist(rows, schema=SAMPLE_SCHEMA))
        yield path


def read_samples(folder: str) -> list[Sample]:
    """The samples of the smallest keyed hashes, at most SAMPLE_DOCUMENTS of a language and kind."""
    tables = files.read_tables(folder)
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
