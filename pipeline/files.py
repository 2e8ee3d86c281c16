"""Files anywhere that fsspec reaches: read, list, and write whole or not at all.

A file is written under a temporary name in its own folder and renamed, so a reader never meets half
of one. Tables are Parquet with fixed settings, so that equal tables are equal bytes.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import IO, Any
from uuid import uuid4

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.core import url_to_fs

from pipeline.errors import UsageError

ROW_GROUP = 4_096  # rows; a fixed number, so that files do not depend on how tables were chunked
WHOLE, ENDS = 8 << 20, 1 << 16  # bytes of a file that `mark` reads whole, else of its ends
TEMPORARY = ".tmp-"  # sweeping removes what starts with this


def is_local(path: str) -> bool:
    """Whether `path` lies on this machine's own file system."""
    return "://" not in path or path.startswith("file://")


def join(folder: str, *names: str) -> str:
    """A path inside `folder`, local or remote."""
    return "/".join([folder.rstrip("/") or "/", *names]).replace("//", "/", folder == "/")


def exists(path: str) -> bool:
    fs, inner = url_to_fs(path)
    return bool(fs.exists(inner))


def is_folder(path: str) -> bool:
    fs, inner = url_to_fs(path)
    return bool(fs.isdir(inner))


def make_folder(path: str) -> None:
    fs, inner = url_to_fs(path)
    fs.makedirs(inner, exist_ok=True)


def prepare_folder(out: str) -> None:
    """Makes the output folder. Raises UsageError where that cannot be."""
    if not out:
        raise UsageError("--out is empty; give the path of a folder")
    if exists(out) and not is_folder(out):
        raise UsageError(f"output {out!r} is a file; give the path of a folder")
    try:
        make_folder(out)
        write_bytes_atomic(join(out, ".writable"), b"")
        remove(join(out, ".writable"))
    except OSError as error:
        raise UsageError(
            f"output {out!r} cannot be written ({error.strerror}); give another folder"
        ) from None


def names(folder: str) -> list[str]:
    """Sorted names of the files of `folder` but temporary ones; [] where there is no folder."""
    fs, inner = url_to_fs(folder)
    fs.invalidate_cache()
    if not fs.isdir(inner):
        return []
    found = (path.rstrip("/").rsplit("/", 1)[-1] for path in fs.ls(inner, detail=False))
    return sorted(name for name in found if not name.startswith(TEMPORARY))


def folders(folder: str) -> list[str]:
    """Sorted names of the folders in `folder`; [] where there is none."""
    fs, inner = url_to_fs(folder)
    fs.invalidate_cache()
    if not fs.isdir(inner):
        return []
    found = (one["name"] for one in fs.ls(inner, detail=True) if one["type"] == "directory")
    return sorted(path.rstrip("/").rsplit("/", 1)[-1] for path in found)


def remove(path: str) -> None:
    fs, inner = url_to_fs(path)
    fs.rm(inner)


def remove_folder(path: str) -> None:
    """Removes a folder and all in it, if it is there."""
    fs, inner = url_to_fs(path)
    if fs.isdir(inner):
        fs.rm(inner, recursive=True)


def find(folder: str) -> list[str]:
    """Sorted paths of all files below `folder`, temporary ones left out; [] where there is none."""
    fs, inner = url_to_fs(folder)
    fs.invalidate_cache()
    if not fs.isdir(inner):
        return []
    found = (path for path in fs.find(inner) if not _is_temporary(path))
    return sorted(fs.unstrip_protocol(path) if not is_local(folder) else path for path in found)


def size(path: str) -> int:
    fs, inner = url_to_fs(path)
    return int(fs.size(inner))


def open_read(path: str) -> Any:
    """An open binary file; the caller closes it."""
    return fsspec.open(path, "rb").open()


def read_bytes(path: str) -> bytes:
    with open_read(path) as file:
        data: bytes = file.read()
    return data


def read_json(path: str) -> Any:
    return json.loads(read_bytes(path))


@contextmanager
def atomic(path: str) -> Iterator[IO[bytes]]:
    """An open binary file that becomes `path` when the block ends well, and nothing when it does
    not.
    """
    fs, inner = url_to_fs(path)
    folder, _, name = inner.rpartition("/")
    temporary = f"{folder}/{TEMPORARY}{uuid4().hex[:12]}-{name}"
    fs.makedirs(folder, exist_ok=True)
    try:
        with fs.open(temporary, "wb") as file:
            yield file
        _rename(fs, temporary, inner)
    except BaseException:
        if fs.exists(temporary):
            fs.rm(temporary)
        raise


def _rename(fs: Any, temporary: str, final: str) -> None:
    if "file" in fs.protocol:
        os.replace(temporary, final)
    else:
        fs.mv(temporary, final)


@contextmanager
def locked(path: str, sentence: str) -> Iterator[None]:
    """Holds a lock on a local file for a block; it goes with the process, however that ends.

    Raises UsageError with `sentence` where another process holds it. Elsewhere there is no lock.
    """
    if not is_local(path):
        yield
        return
    with open(path, "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(sentence) from None
        yield


def write_bytes_atomic(path: str, data: bytes) -> None:
    with atomic(path) as file:
        file.write(data)


def write_json(path: str, value: Any) -> None:
    """Canonical JSON: sorted keys, two spaces, one newline at the end."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    write_bytes_atomic(path, text.encode() + b"\n")


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
    with open_read(path) as file:
        return pq.read_table(file, columns=columns, use_threads=False)


def read_tables(folder: str) -> list[pa.Table]:
    """The tables of all files of `folder`, by name; [] where there is no folder."""
    return [read_table(join(folder, name)) for name in names(folder)]


def count_rows(path: str) -> int:
    """Rows of a Parquet file, from its footer."""
    with open_read(path) as file:
        return int(pq.ParquetFile(file).metadata.num_rows)


def mark(path: str) -> str:
    """What tells a file from a changed one of its name, without reading a large one whole.

    Size and ends of a local file, all of it up to WHOLE bytes; size and ETag, where the store has
    one, elsewhere.
    """
    if not is_local(path):
        fs, inner = url_to_fs(path)
        info = fs.info(inner) if "://" in path and not path.startswith("http") else {}
        return f"{info.get('size', '')} {info.get('ETag', info.get('etag', ''))}"
    length = os.path.getsize(path)
    state = blake2b(str(length).encode(), digest_size=16)
    with open(path, "rb") as file:
        if length <= WHOLE:
            state.update(file.read())
        else:
            state.update(file.read(ENDS))
            file.seek(-ENDS, os.SEEK_END)
            state.update(file.read())
    return state.hexdigest()


def checksum(path: str) -> str:
    """BLAKE2b-128 of the bytes of a file."""
    state = blake2b(digest_size=16)
    with open_read(path) as file:
        while block := file.read(1 << 20):
            state.update(block)
    return state.hexdigest()


def checksum_of(data: bytes) -> str:
    """BLAKE2b-128 of bytes."""
    return blake2b(data, digest_size=16).hexdigest()


def read_range(path: str, start: int, stop: int) -> bytes:
    """The bytes [start, stop) of a file, fewer at its end."""
    with open_read(path) as file:
        file.seek(start)
        data: bytes = file.read(stop - start)
    return data


def read_end(path: str, count: int) -> tuple[int, bytes]:
    """The size of a file and its last `count` bytes; (0, b"") where there is no file."""
    if not exists(path):
        return 0, b""
    length = size(path)
    return length, read_range(path, max(0, length - count), length)


def sizes(folder: str) -> dict[str, int]:
    """Names of the files of `folder` but temporary ones, and their bytes."""
    return {name: size(join(folder, name)) for name in names(folder)}


def sweep(folder: str) -> None:
    """Removes what killed attempts have left under temporary names."""
    fs, inner = url_to_fs(folder)
    if not fs.isdir(inner):
        return
    for path in fs.find(inner):
        if _is_temporary(path):
            fs.rm(path)


def _is_temporary(path: str) -> bool:
    return path.rsplit("/", 1)[-1].startswith(TEMPORARY)
