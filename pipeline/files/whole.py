"""Files written whole or not at all: renamed from a temporary name, or uploaded at the end."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import IO, Any
from uuid import uuid4

from pipeline.files import buckets
from pipeline.files.places import TEMPORARY, is_local, reached


@contextmanager
def atomic(path: str, *, durable: bool = False) -> Iterator[IO[bytes]]:
    """An open binary file that becomes `path` when the block ends well, and nothing when it does
    not. A remote one is a temporary file until then.

    What is `durable` outlives a loss of power: file and folder are on the disk before it returns.
    """
    if is_local(path):
        with reached(path) as (_, inner), _renamed(inner, durable) as file:
            yield file
    else:
        with tempfile.NamedTemporaryFile(prefix="gristmill-") as copy:
            yield copy
            copy.flush()
            with reached(path) as (fs, inner):
                # By itself, s3fs would hold ten pieces of 50 MB of a large file.
                few = {"max_concurrency": 2} if buckets.is_s3(fs) else {}
                fs.put_file(copy.name, inner, **few)


@contextmanager
def _renamed(path: str, durable: bool) -> Iterator[IO[bytes]]:
    folder, name = os.path.split(path)
    temporary = f"{folder}/{TEMPORARY}{uuid4().hex[:12]}-{name}"
    os.makedirs(folder, exist_ok=True)
    try:
        with open(temporary, "wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, path)
        if durable:
            _sync_folder(folder)
            _sync_above(folder)
    except BaseException as error:
        with suppress(FileNotFoundError):
            os.remove(temporary)
        if isinstance(error, OSError) and error.filename in (None, temporary):
            error.filename = path  # a write that fails names no file
        raise


def _sync_folder(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@lru_cache(maxsize=1_000)
def _sync_above(folder: str) -> None:
    """Has the names of a folder and of those above it on the disk: they may be new."""
    while (above := os.path.dirname(folder)) != folder:
        with suppress(PermissionError):  # one that we may not list is none that we have made
            _sync_folder(above)
        folder = above


def sync(path: str) -> None:
    """Returns once a file that has been written is on the disk, with its name in its folder."""
    if is_local(path):
        with reached(path) as (_, inner), open(inner, "rb") as file:
            os.fsync(file.fileno())
            _sync_folder(os.path.dirname(inner))


def write_bytes_atomic(path: str, data: bytes, *, durable: bool = False) -> None:
    """Writes a file as `atomic` does, in a store with one request."""
    with reached(path) as (fs, inner):
        if is_local(path):
            with _renamed(inner, durable) as file:
                file.write(data)
        else:
            fs.pipe_file(inner, data)


def json_bytes(value: Any) -> bytes:
    """Canonical JSON: sorted keys, two spaces, one newline at the end."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    return text.encode() + b"\n"


def write_json(path: str, value: Any) -> None:
    """Writes `json_bytes`."""
    write_bytes_atomic(path, json_bytes(value))
