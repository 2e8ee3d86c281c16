"""Tables as Parquet with fixed settings, so that equal tables are equal bytes."""

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.files.folders import names
from pipeline.files.places import is_local, join
from pipeline.files.reads import open_read, read_bytes
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


def read_table(path: str, columns: list[str] | None = None) -> pa.Table:
    """A table, or columns of it; a remote file is read whole, with one request."""
    if not is_local(path):
        return pq.read_table(pa.BufferReader(read_bytes(path)), columns=columns, use_threads=False)
    with open_read(path) as file:
        return pq.read_table(file, columns=columns, use_threads=False)


def read_tables(folder: str) -> list[pa.Table]:
    """The tables of all files of `folder`, by name; [] where there is no folder."""
    return [read_table(join(folder, name)) for name in names(folder)]
