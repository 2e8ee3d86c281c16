"""Tables as Parquet with fixed settings, so that equal tables are equal bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.document import Checked
from pipeline.errors import DamageError, UsageError, machine_fault
from pipeline.files.folders import names
from pipeline.files.places import is_local, join
from pipeline.files.reads import open_read
from pipeline.files.sealed import read_checked
from pipeline.files.whole import write_bytes_atomic

ROW_GROUP = 4_096  # rows; a fixed number, so that files do not depend on how tables were chunked


def table_bytes(table: pa.Table) -> bytes:
    """A table as Parquet with zstd and fixed row groups; equal tables give equal bytes.

    A table without rows has no row group: `datasets` fails on one that is empty.
    """
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, table.schema, compression="zstd", version="2.6") as writer:
        if table.num_rows:
            writer.write_table(table.combine_chunks(), ROW_GROUP)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def write_table(path: str, table: pa.Table) -> None:
    """Writes `table_bytes`."""
    write_bytes_atomic(path, table_bytes(table))


def read_table(file: str | Checked, columns: list[str] | None = None) -> pa.Table:
    """A table, or columns of it. What is remote or checked is read whole, once.

    By `ParquetFile`, in this thread: `pq.read_table` has threads of its own read and let go of the
    open file, and one that does so while the interpreter ends aborts the process. Raises
    DamageError where the bytes are not those of the checksum, or no table, and UsageError where it
    lacks a column, as what another version has made does.
    """
    path, checksum = Checked(file) if isinstance(file, str) else file
    if checksum or not is_local(path):
        source: Any = pa.BufferReader(read_checked(Checked(path, checksum)))
    else:
        source = open_read(path)
    with source, _whole(path):
        table = pq.ParquetFile(source).read(columns, use_threads=False)
        lacking = [name for name in columns or () if name not in table.column_names]
        if lacking:
            raise UsageError(
                f"{path} has no column {lacking[0]!r}: an older version made it; run its job again"
            )
        return table if columns is None else table.select(columns)


@contextmanager
def _whole(path: str) -> Iterator[None]:
    """Raises DamageError for what Arrow finds wrong in a file."""
    try:
        yield
    except (pa.ArrowInvalid, OSError) as error:
        if machine_fault(error):
            raise
        raise DamageError.of(path) from error


def read_rows(path: str, column: str, wanted: str, hidden: tuple[str, ...] = ()) -> pa.Table | None:
    """The rows that have `wanted` in `column`, without columns that are `hidden`; None for a table
    without `column`. Row groups are skipped by their statistics.
    """
    with open_read(path) as file, _whole(path):
        parquet = pq.ParquetFile(file)
        names = parquet.schema_arrow.names
        if column not in names:
            return None
        shown = [name for name in names if name not in hidden]
        groups = [
            group
            for group in range(parquet.num_row_groups)
            if _may_hold(parquet.metadata.row_group(group), column, wanted)
        ]
        table = parquet.read_row_groups(groups, shown, use_threads=False)
    return table.filter(pc.equal(table[column], wanted))


def _may_hold(group: pq.RowGroupMetaData, column: str, wanted: str) -> bool:
    chunks = (group.column(number) for number in range(group.num_columns))
    found = next(chunk.statistics for chunk in chunks if chunk.path_in_schema == column)
    return found is None or not found.has_min_max or found.min <= wanted <= found.max


def read_tables(folder: str) -> list[pa.Table]:
    """The tables of all files of `folder`, by name; [] where there is no folder."""
    return [read_table(join(folder, name)) for name in names(folder)]
