"""Files anywhere that fsspec reaches: read, list, and write whole or not at all.

A local file is written under a temporary name in its own folder and renamed. Elsewhere is an object
store (s3, gs, memory): an object appears whole once its upload is complete, folders are no more
than the beginnings of names, and no listing is kept, as other processes write there too.

places   paths, and the file systems behind them
folders  what lies in a folder; folders made ready, swept and removed
reads    bytes, whole or by range, sizes and checksums
whole    files written whole or not at all
parquet  tables as Parquet, equal ones as equal bytes
locks    one holder at a time
buckets  what s3 is asked directly, to ask once
"""

from pipeline.files.folders import (
    exists,
    find,
    folders,
    is_folder,
    is_there,
    make_folder,
    names,
    prepare_folder,
    remove,
    remove_folder,
    sizes,
    sizes_below,
    sweep,
)
from pipeline.files.locks import locked
from pipeline.files.parquet import (
    ROW_GROUP,
    read_rows,
    read_table,
    read_tables,
    table_bytes,
    write_table,
)
from pipeline.files.places import TEMPORARY, is_local, join
from pipeline.files.reads import (
    checksum,
    checksum_of,
    open_read,
    read_bytes,
    read_end,
    read_json,
    read_range,
    size,
)
from pipeline.files.whole import atomic, write_bytes_atomic, write_json

__all__ = [
    "ROW_GROUP",
    "TEMPORARY",
    "atomic",
    "checksum",
    "checksum_of",
    "exists",
    "find",
    "folders",
    "is_folder",
    "is_local",
    "is_there",
    "join",
    "locked",
    "make_folder",
    "names",
    "open_read",
    "prepare_folder",
    "read_bytes",
    "read_end",
    "read_json",
    "read_range",
    "read_rows",
    "read_table",
    "read_tables",
    "remove",
    "remove_folder",
    "size",
    "sizes",
    "sizes_below",
    "sweep",
    "table_bytes",
    "write_bytes_atomic",
    "write_json",
    "write_table",
]
