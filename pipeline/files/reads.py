"""Bytes of a file, whole or by range, with a single request where it lies in a store."""

import json
import os
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from blake3 import blake3

from pipeline.files import buckets
from pipeline.files.places import is_local, reached

PIECE = 64 << 20  # bytes of a remote file that `checksum` holds at once


def size(path: str) -> int:
    if is_local(path):
        return os.path.getsize(path.removeprefix("file://"))
    with reached(path) as (fs, inner):
        return int(fs.size(inner))


def open_read(path: str) -> Any:
    """An open binary file; the caller closes it."""
    with reached(path) as (fs, inner):
        return fs.open(inner, "rb")


def read_bytes(path: str) -> bytes:
    with reached(path) as (fs, inner):
        if is_local(path):
            with open(inner, "rb") as file:
                return file.read()
        # By itself, s3fs would ask for the size first, to read large objects in pieces.
        alone = {"max_concurrency": 1} if buckets.is_s3(fs) else {}
        return bytes(fs.cat_file(inner, **alone))


def read_range(path: str, start: int, stop: int) -> bytes:
    """Bytes [start, stop); fewer only where the file ends before."""
    if stop <= start:
        return b""
    with reached(path) as (fs, inner):
        if is_local(path):
            with open(inner, "rb") as file:
                file.seek(start)
                return file.read(stop - start)
        try:
            return bytes(fs.cat_file(inner, start=start, end=stop))
        except OSError as error:
            if buckets.is_past_the_end(error):
                return b""
            raise


def read_end(path: str, length: int) -> bytes:
    """The last bytes of a file, all of it where it is shorter."""
    with reached(path) as (fs, inner):
        if is_local(path):
            with open(inner, "rb") as file:
                file.seek(-min(length, file.seek(0, os.SEEK_END)), os.SEEK_END)
                return file.read()
        return bytes(fs.cat_file(inner, start=-length))


def read_json(path: str) -> Any:
    return json.loads(read_bytes(path))


def checksum_of(data: bytes) -> str:
    """BLAKE2b-128 of bytes."""
    return blake2b(data, digest_size=16).hexdigest()


def checksum(path: str) -> str:
    """BLAKE2b-128 of the bytes of a file."""
    state = blake2b(digest_size=16)
    for block in _blocks(path):
        state.update(block)
    return state.hexdigest()


def blake3_of_file(path: str) -> str:
    """BLAKE3 of the bytes of a file."""
    state = blake3()
    for block in _blocks(path):
        state.update(block)
    return state.hexdigest()


def _blocks(path: str) -> Iterator[bytes]:
    at, size = 0, PIECE
    while size == PIECE:
        block = read_range(path, at, at + PIECE)
        yield block
        size = len(block)
        at += size
