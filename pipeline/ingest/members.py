"""Compressed files as a sequence of members, each with the byte range it takes in the file.

A member is a gzip member, a zstd frame or an lz4 frame: what a crawler writes one record into, and
what a user has to fetch to read that record again. A plain file is one endless member. gzip is
inflated by ISA-L: half the CPU time of zlib, and it checks every checksum.
"""

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import zstandard
from fastwarc.stream_io import Lz4Reader
from isal import isal_zlib

from pipeline.errors import UsageError

SLICE = 1 << 15  # compressed bytes that are fed at once
PIECE = 1 << 22  # decompressed bytes that are taken at once
CRUMB = 1 << 8  # compressed bytes that are fed at once to a member known to be bad
WHOLE = 1 << 25  # a member up to this size is checked before anything of it is handed on

GZIP = b"\x1f\x8b\x08"
ZSTD = b"\x28\xb5\x2f\xfd"
LZ4 = b"\x04\x22\x4d\x18"
InflateError: type[Exception] = isal_zlib.IsalError  # type: ignore[assignment]  # its stub errs
_SKIPPABLE = 0x184D2A50  # of zstd, the last four bits free


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
        if start != self._position:
            self._file.seek(start)
        parts, missing = [kept], size - len(kept)
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


def _gathered(chunks: Iterator[tuple[bytes, int]], offset: int) -> Iterator[Piece]:
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


class Gzip:
    """gzip members (RFC 1952)."""

    magic = GZIP

    def pieces(self, window: Window, offset: int) -> Iterator[Piece]:
        return _gathered(self._chunks(window, offset), offset)

    def _chunks(self, window: Window, offset: int) -> Iterator[tuple[bytes, int]]:
        inflate, at, given = isal_zlib.decompressobj(31), offset, 0
        while not inflate.eof:
            data: bytes | memoryview = inflate.unconsumed_tail
            if not data:
                data = window.view(at, SLICE)
                at += len(data)
            if not data:
                raise BadMember("cut off")
            try:
                out = inflate.decompress(data, PIECE)
            except InflateError as error:
                yield from _salvaged(window, offset, at - len(data), given)
                raise BadMember(str(error)) from error
            given += len(out)
            yield out, at - len(inflate.unused_data) if inflate.eof else -1


def _salvaged(window: Window, offset: int, bad: int, given: int) -> Iterator[tuple[bytes, int]]:
    """What the member at `offset` holds behind its first `given` bytes; the error is after `bad`.

    A call that fails hands on nothing of what it had inflated, so the slice is fed again in crumbs;
    by zlib, since ISA-L keeps as much as 64 KiB to itself.
    """
    inflate, at = zlib.decompressobj(31), offset
    while not inflate.eof:
        step = SLICE if at + SLICE <= bad else CRUMB
        data = inflate.unconsumed_tail or window.view(at, step)
        at += 0 if inflate.unconsumed_tail else len(data)
        try:
            out = inflate.decompress(data, PIECE if step > CRUMB else 2 * CRUMB)
        except zlib.error:
            return
        if not data and not out:
            return
        if given < len(out):
            yield out[given:], -1
        given = max(0, given - len(out))


class _Framed:
    """Formats whose frames are found by walking block headers, before anything is decompressed."""

    magic = b""

    def extent(self, window: Window, offset: int) -> int:
        """Where the frame at `offset` ends; raises BadMember."""
        raise NotImplementedError

    def open(self, frame: bytes) -> Any:
        raise NotImplementedError

    def pieces(self, window: Window, offset: int) -> Iterator[Piece]:
        return _gathered(self._chunks(window, offset), offset)

    def _chunks(self, window: Window, offset: int) -> Iterator[tuple[bytes, int]]:
        end = self.extent(window, offset)
        frame = bytes(window.view(offset, end - offset))
        try:
            stream = self.open(frame)
            while data := stream.read(PIECE):
                yield data, -1
        except (OSError, zstandard.ZstdError) as error:
            raise BadMember(str(error)) from error
        if len(frame) < end - offset:
            raise BadMember("cut off")
        yield b"", end


def _number(window: Window, offset: int, size: int) -> int:
    data = window.view(offset, size)
    if len(data) < size:
        raise BadMember("cut off")
    return int.from_bytes(data, "little")


class Zstd(_Framed):
    """zstd frames (RFC 8878), with the leading dictionary frame of the WARC-zstd specification."""

    magic = ZSTD

    def __init__(self, dictionary: bytes = b"") -> None:
        known = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._context = zstandard.ZstdDecompressor(dict_data=known, max_window_size=1 << 27)

    def extent(self, window: Window, offset: int) -> int:
        if _number(window, offset, 4) & 0xFFFFFFF0 == _SKIPPABLE:
            return offset + 8 + _number(window, offset + 4, 4)
        if window.view(offset, 4) != self.magic:
            raise BadMember("no zstd frame")
        descriptor = _number(window, offset + 4, 1)
        single = descriptor >> 5 & 1
        content = (single, 2, 4, 8)[descriptor >> 6]
        at = offset + 5 + (1 - single) + content + (0, 1, 2, 4)[descriptor & 3]
        last = 0
        while not last:
            block = _number(window, at, 3)
            last = block & 1
            at += 3 + (1 if block >> 1 & 3 == 1 else block >> 3)
        return at + (4 if descriptor >> 2 & 1 else 0)

    def open(self, frame: bytes) -> Any:
        return io.BytesIO() if frame[:1] != self.magic[:1] else self._context.stream_reader(frame)


class Lz4(_Framed):
    """lz4 frames, as FastWARC writes them."""

    magic = LZ4

    def extent(self, window: Window, offset: int) -> int:
        if window.view(offset, 4) != self.magic:
            raise BadMember("no lz4 frame")
        flags = _number(window, offset + 4, 1)
        at = offset + 7 + (8 if flags & 8 else 0) + (4 if flags & 1 else 0)
        while size := _number(window, at, 4):
            at += 4 + (size & 0x7FFFFFFF) + (4 if flags & 16 else 0)
        return at + 4 + (4 if flags & 4 else 0)

    def open(self, frame: bytes) -> Any:
        return Lz4Reader(io.BytesIO(frame))


class Plain:
    """No compression: the file is one member without end."""

    magic = b""

    def pieces(self, window: Window, offset: int) -> Iterator[Piece]:
        at = offset
        while data := window.view(at, PIECE):
            at += len(data)
            yield Piece(bytes(data), offset, -1)
        yield Piece(b"", offset, at)


def codec_of(window: Window) -> Codec:
    """The codec of a file, by its first bytes."""
    head = bytes(window.view(0, 8))
    if head.startswith(GZIP):
        return Gzip()
    if head.startswith(LZ4):
        return Lz4()
    if head.startswith(ZSTD):
        return Zstd()
    if len(head) == 8 and int.from_bytes(head[:4], "little") & 0xFFFFFFF0 == _SKIPPABLE:
        return Zstd(_dictionary(window, int.from_bytes(head[4:], "little")))
    return Plain()


def _dictionary(window: Window, size: int) -> bytes:
    """The dictionary in the first frame of a zstd archive, itself compressed or not; b"" if bad."""
    data = bytes(window.view(8, min(size, WHOLE)))
    if not data.startswith(ZSTD):
        return data
    try:
        return bytes(zstandard.ZstdDecompressor().stream_reader(data).read(WHOLE))
    except zstandard.ZstdError:
        return b""


def open_text(file: File, path: str) -> Iterator[str]:
    """The lines of a small list, compressed or not. Raises UsageError where it cannot be read."""
    window = Window(file)
    codec, data, at = codec_of(window), [], 0
    try:
        while window.view(at, 1):
            for piece in codec.pieces(window, at):
                data.append(piece.data)
                at = max(at, piece.end)
        return iter(b"".join(data).decode().splitlines())
    except (BadMember, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} is no list of paths ({error}); give a text file, gzipped or not"
        ) from error
