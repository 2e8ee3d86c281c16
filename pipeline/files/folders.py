"""What lies in a folder, and folders made ready, swept and removed.

Listings leave out temporary files. Where there is no folder, there is nothing in it.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from pipeline.errors import UsageError
from pipeline.files import buckets
from pipeline.files.places import TEMPORARY, is_local, is_temporary, join, reached
from pipeline.files.stamps import Stamp, stat_stamp, store_stamp
from pipeline.files.whole import write_bytes_atomic
from pipeline.secrets import has_secret

_GONE = (FileNotFoundError, NotADirectoryError)


def exists(path: str) -> bool:
    """Whether there is a file or a folder of this name."""
    with reached(path) as (fs, inner):
        return buckets.holds(fs, inner) if buckets.is_s3(fs) else bool(fs.exists(inner))


def is_there(folder: str, path: str) -> bool:
    """Whether there is `path` in a folder that a user has named. Raises UsageError where that
    cannot be reached.
    """
    try:
        return exists(path)
    except (OSError, ValueError, ImportError) as error:  # the last two: a store of no known kind
        raise UsageError(f"{folder!r} cannot be reached ({_why(error)}); check its path") from None


def is_folder(path: str) -> bool:
    with reached(path) as (fs, inner):
        return buckets.is_folder(fs, inner) if buckets.is_s3(fs) else bool(fs.isdir(inner))


def make_folder(path: str) -> None:
    """Makes a local folder; elsewhere a folder is there once something is in it."""
    if is_local(path):
        with reached(path) as (fs, inner):
            fs.makedirs(inner, exist_ok=True)


def prepare_folder(out: str) -> None:
    """Makes the output folder. Raises UsageError where that cannot be."""
    if not out:
        raise UsageError("--out is empty; give the path of a folder")
    if has_secret(out):  # the lists of what jobs read name it
        raise UsageError(
            f"output {out!r} holds a secret; take it out, and give it in the environment or the "
            "store's own configuration"
        )
    try:
        if exists(out) and not is_folder(out):
            raise UsageError(f"output {out!r} is a file; give the path of a folder")
        make_folder(out)
        write_bytes_atomic(join(out, ".writable"), b"")
        remove(join(out, ".writable"))
    except (OSError, ValueError, ImportError) as error:  # the last two: a store of no known kind
        raise UsageError(
            f"output {out!r} cannot be written ({_why(error)}); give another folder"
        ) from None


def _why(error: Exception) -> str:
    """What a fault says of itself, on one line."""
    return " ".join(str(getattr(error, "strerror", None) or error).split())


def names(folder: str) -> list[str]:
    """Sorted names of the files and folders that lie directly in `folder`."""
    if not is_local(folder):
        return sorted(name for name, _ in _stored(folder))
    with reached(folder) as (_, inner), suppress(*_GONE):
        return sorted(name for name in os.listdir(inner) if not is_temporary(name))
    return []


def folders(folder: str) -> list[str]:
    """Sorted names of the folders that lie directly in `folder`."""
    files_there = sizes(folder)
    return [name for name in names(folder) if name not in files_there]


def sizes(folder: str) -> dict[str, int]:
    """The bytes of each file that lies directly in `folder`, by name."""
    return {name: stamp.size for name, stamp in stamps(folder).items()}


def stamps(folder: str) -> dict[str, Stamp]:
    """The stamp of each file that lies directly in `folder`, by name, from its list alone."""
    if not is_local(folder):
        return {name: stamp for name, stamp in _stored(folder) if stamp is not None}
    with reached(folder) as (_, inner), suppress(*_GONE):
        return _scanned(inner)
    return {}


def stamps_below(folder: str) -> dict[str, Stamp]:
    """The stamps of all files below a folder by their paths from there on, in s3 from one list."""
    if not is_local(folder):
        with reached(folder) as (fs, inner), suppress(*_GONE):
            if buckets.is_s3(fs):
                every = buckets.listed(fs, inner, True)
                return {n: one for n, one in every if one is not None and not is_temporary(n)}
    found = stamps(folder)
    for name in set(names(folder)) - set(found):
        below = stamps_below(join(folder, name))
        found |= {f"{name}/{path}": stamp for path, stamp in below.items()}
    return found


def _scanned(folder: str) -> dict[str, Stamp]:
    found: dict[str, Stamp] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(TEMPORARY) or entry.is_dir():
                continue
            try:
                found[entry.name] = stat_stamp(entry.stat())
            except FileNotFoundError:  # removed since it was listed
                continue
    return found


def _stored(folder: str) -> list[tuple[str, Stamp | None]]:
    """(name, stamp) of what lies in a folder of a store, None for that of a folder in it."""
    with reached(folder) as (fs, inner), suppress(*_GONE):
        found = buckets.listed(fs, inner, False) if buckets.is_s3(fs) else _listed(fs, inner)
        return [(name, stamp) for name, stamp in found if not is_temporary(name)]
    return []


def _listed(fs: Any, inner: str) -> Iterator[tuple[str, Stamp | None]]:
    for row in fs.ls(inner, detail=True):
        path = row["name"].rstrip("/")
        if path != inner.rstrip("/"):
            yield path.rsplit("/", 1)[-1], store_stamp(row) if row["type"] == "file" else None


def find(folder: str) -> list[str]:
    """Sorted paths of all files below `folder`."""
    return sorted(sizes_below(folder))


def sizes_below(folder: str) -> dict[str, int]:
    """The bytes of all files below `folder`, by path."""
    return {join(folder, path): stamp.size for path, stamp in stamps_below(folder).items()}


def remove(path: str) -> None:
    with reached(path) as (fs, inner):
        fs.rm_file(inner)


def remove_folder(path: str) -> None:
    """Removes a folder and all in it, if it is there."""
    with reached(path) as (fs, inner):
        if buckets.is_s3(fs):
            buckets.remove_below(fs, inner)
        elif not fs.isdir(inner):
            return
        elif is_local(path):
            shutil.rmtree(inner)
        else:
            fs.rm(inner, recursive=True)


def sweep(folder: str) -> None:
    """Removes what killed attempts have left: temporary files, in s3 unfinished uploads."""
    with reached(folder) as (fs, inner):
        if buckets.is_s3(fs):
            buckets.abort_uploads(fs, inner)
        elif is_local(folder):
            for place, _, found in os.walk(inner):
                for name in filter(is_temporary, found):
                    os.remove(os.path.join(place, name))
