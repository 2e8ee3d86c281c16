"""The rows of a Parquet file, those before and behind what is damaged in it too.

No column of the metadata is asked for more than the schema tells: what Arrow throws there of a
damaged footer ends the process.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import prove_memory
from pipeline.ingest.texts.column_values import values
from pipeline.ingest.texts.field_names import Place

MAGIC = b"PAR1"
ENCRYPTED = b"PARE"
LEAST = 12  # bytes of a table: its magic twice, and a length
_ROWS = 1_000  # that are held at once
Row = dict[str, Any]


class BadTable(Exception):
    """Bytes that are no table, or no part of one. Never leaves this stage."""


@contextmanager
def _damage() -> Iterator[None]:
    """Raises BadTable for what Arrow finds wrong in a file: it says so by exceptions of many kinds.

    What goes wrong with the file itself is no OSError here but a MachineError.
    """
    try:
        yield
    except (ValueError, NotImplementedError, OSError) as error:
        prove_memory()
        raise BadTable(str(error)) from error


def opened(file: Any) -> pq.ParquetFile:
    """A table whose schema can be read. Raises BadTable for any other file."""
    with _damage():
        return pq.ParquetFile(
            file, page_checksum_verification=True, coerce_int96_timestamp_unit="us"
        )


def promised(table: pq.ParquetFile, group: int) -> int:
    """How many rows a row group has by the footer."""
    return max(0, int(table.metadata.row_group(group).num_rows))


def rows(table: pq.ParquetFile, group: int, places: Mapping[str, Place]) -> Iterator[Row]:
    """The rows of a group. Raises BadTable behind the last one before damage.

    A batch with damage gives nothing, so the rows before it are read again one by one.
    """
    met = 0
    try:
        for batch in _batches(table, group, places, _ROWS):
            yield from _rows(batch, places)
            met += batch.num_rows
    except BadTable:
        for batch in islice(_batches(table, group, places, 1), met, None):
            yield from _rows(batch, places)
        raise


def _batches(
    table: pq.ParquetFile, group: int, places: Mapping[str, Place], size: int
) -> Iterator[pa.RecordBatch]:
    # A group at a time: across groups a column would be read ahead of the others.
    columns = sorted({".".join(place.path) for place in places.values()})
    with _damage():
        batches = table.iter_batches(size, [group], columns, use_threads=size > 1)
    while True:
        with _damage():
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def _rows(batch: pa.RecordBatch, places: Mapping[str, Place]) -> Iterator[Row]:
    columns = [
        values(_column(batch, place.path), strict=part == "text") for part, place in places.items()
    ]
    return (dict(zip(places, row, strict=True)) for row in zip(*columns, strict=True))


def _column(batch: pa.RecordBatch, path: tuple[str, ...]) -> pa.Array:
    column = batch.column(path[0])
    return pc.struct_field(column, list(path[1:])) if path[1:] else column
