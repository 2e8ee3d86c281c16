"""Tables as Parquet with fixed settings, so that equal tables are equal bytes."""

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.document import Checked
from pipeline.errors import DamageError, machine_fault
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

    Raises DamageError where the bytes are not those of the checksum, or no table.
    """
    path, checksum = Checked(file) if isinstance(file, str) else file
    if checksum or not is_local(path):
        source: Any = pa.BufferReader(read_checked(Checked(path, checksum)))
    else:
        source = open_read(path)
    try:
        return pq.read_table(source, columns=columns, use_threads=False)
    except (pa.ArrowInvalid, OSError) as error:
        if machine_fault(error):
            raise
        raise DamageError.of(path) from error
    finally:
        source.close()


def read_tables(folder: str) -> list[pa.Table]:
    """The tables of all files of `folder`, by name; [] where there is no folder."""
    return [read_table(join(folder, name)) for name in names(folder)]
