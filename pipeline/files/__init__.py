"""Files anywhere that fsspec reaches: read, list, and write whole or not at all.

A local file is written under a temporary name in its own folder and renamed. Elsewhere is an object
store (s3, gs, memory): an object appears whole once its upload is complete, folders are no more
than the beginnings of names, and no listing is kept, as other processes write there too.

places   paths, and the file systems behind them
folders  what lies in a folder; folders made ready, swept and removed
reads    bytes, whole or by range, sizes and checksums
whole    files written whole or not at all
sealed   files that say what their bytes must be
stamps   what tells, from a list, whether a file is still the one that was there
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
    stamps,
    stamps_below,
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
from pipeline.files.places import TEMPORARY, absolute, is_local, join
from pipeline.files.reads import (
    blake3_of_file,
    checksum,
    checksum_of,
    open_read,
    read_bytes,
    read_end,
    read_json,
    read_range,
    size,
)
from pipeline.files.sealed import SEAL, is_whole, read_checked, read_sealed, sealed, write_sealed
from pipeline.files.stamps import Stamp
from pipeline.files.whole import atomic, sync, write_bytes_atomic, write_json

__all__ = [
    "ROW_GROUP",
    "SEAL",
    "TEMPORARY",
    "Stamp",
    "absolute",
    "atomic",
    "blake3_of_file",
    "checksum",
    "checksum_of",
    "exists",
    "find",
    "folders",
    "is_folder",
    "is_local",
    "is_there",
    "is_whole",
    "join",
    "locked",
    "make_folder",
    "names",
    "open_read",
    "prepare_folder",
    "read_bytes",
    "read_checked",
    "read_end",
    "read_json",
    "read_range",
    "read_rows",
    "read_sealed",
    "read_table",
    "read_tables",
    "remove",
    "remove_folder",
    "sealed",
    "size",
    "sizes",
    "sizes_below",
    "stamps",
    "stamps_below",
    "sweep",
    "sync",
    "table_bytes",
    "write_bytes_atomic",
    "write_json",
    "write_sealed",
    "write_table",
]
