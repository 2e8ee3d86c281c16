"""Tables as Parquet with fixed settings, so that equal tables are equal bytes."""

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.files.folders import names
from pipeline.files.places import is_local, join
from pipeline.files.reads import open_read, read_bytes, read_end
from pipeline.files.whole import write_bytes_atomic

ROW_GROUP = 4_096  # rows; a fixed number, so that files do not depend on how tables were chunked
FOOTER = 256 << 10  # bytes at the end of a remote file that hold most footers


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


def count_rows(path: str) -> int:
    """Rows of a Parquet file, from its footer."""
    if is_local(path):
        with open_read(path) as file:
            return int(pq.ParquetFile(file).metadata.num_rows)
    end = read_end(path, FOOTER)
    footer = int.from_bytes(end[-8:-4], "little") + 8  # its length stands before the magic bytes
    if footer > len(end) == FOOTER:
        end = read_end(path, footer)
    return int(pq.read_metadata(pa.BufferReader(end)).num_rows)
