"""Compressed files as a sequence of members, each with the byte range it takes in the file.

A member is a gzip member, a zstd frame or an lz4 frame: what a crawler writes one record into, and
what a user has to fetch to read that record again. Here is what all of their codecs share.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from pipeline.errors import reading

SLICE = 1 << 15  # compressed bytes that are fed at once
PIECE = 1 << 22  # decompressed bytes that are taken at once
WHOLE = 1 << 25  # a member up to this size is checked before anything of it is handed on


class File(Protocol):
    """What is asked of an open archive."""

    def read(self, size: int = -1, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...


class BadMember(Exception):
    """The bytes at this offset are no member, or not a whole one. Never leaves this folder."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Decompressed bytes: a whole member, or some of a long one."""

    data: bytes
    offset: int  # where the member starts in the file
    end: int  # where it ends; -1 while more of it follows
    failing: bool = False  # the last that can be had of a bad member: its end may be wrong


class Window:
    """Bytes at any offset of a file that is mostly read forwards."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._block: int = getattr(file, "block", 1 << 18)  # remote files say what pays
        self._base = 0
        self._data = b""
        self._position = -1

    def view(self, offset: int, size: int) -> memoryview:
        """Up to `size` bytes at `offset`; fewer only where the file ends."""
        at = offset - self._base
        if at < 0 or at + size > len(self._data):
            self._load(offset, max(size, self._block))
            at = 0
        return memoryview(self._data)[at : at + size]

    def holds(self, offset: int) -> bool:
        """Whether the file goes on at `offset`."""
        return self._base <= offset < self._base + len(self._data) or bool(self.view(offset, 1))

    def _load(self, offset: int, size: int) -> None:
        at = offset - self._base
        kept = self._data[at:] if 0 <= at <= len(self._data) else b""
        start = offset + len(kept)
        parts, missing = [kept], size - len(kept)
        with reading("an archive"):
            if start != self._position:
                self._file.seek(start)
            while missing > 0 and (data := self._file.read(missing)):
                parts.append(data)
                missing -= len(data)
        self._data, self._base = b"".join(parts), offset
        self._position = offset + len(self._data)


class Codec(Protocol):
    """How the members of one kind of file are found and opened."""

    magic: bytes

    def pieces(self, window: Window, offset: int) -> Iterator[Piece]:
        """The member at `offset`. Of one that is not whole, what can be had; then BadMember."""
        ...


def gathered(chunks: Iterator[tuple[bytes, int]], offset: int) -> Iterator[Piece]:
    """Chunks of one member (each with the member's end, or -1) as pieces."""
    parts: list[bytes] = []
    size, end = 0, -1
    try:
        for data, end in chunks:
            parts.append(data)
            size += len(data)
            if size > WHOLE and end < 0:
                yield Piece(b"".join(parts), offset, -1)
                parts.clear()
    except BadMember:
        yield Piece(b"".join(parts), offset, -1, failing=True)
        raise
    yield Piece(parts[0] if len(parts) == 1 else b"".join(parts), offset, end)
