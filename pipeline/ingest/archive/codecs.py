"""The codec of a file by its first bytes: gzip members and plain files here, others in `zstd_lz4`.

gzip is inflated by ISA-L: half the CPU time of zlib, and it checks every checksum. A plain file is
one endless member.
"""

import zlib
from collections.abc import Iterator

import zstandard
from isal import isal_zlib

from pipeline.errors import UsageError, prove_memory
from pipeline.ingest.archive.window import (
    PIECE,
    SLICE,
    WHOLE,
    BadMember,
    Codec,
    File,
    Piece,
    Window,
    gathered,
)
from pipeline.ingest.archive.zstd_lz4 import LZ4, SKIPPABLE, ZSTD, Lz4, Zstd

CRUMB = 1 << 8  # compressed bytes that are fed at once to a member known to be bad

GZIP = b"\x1f\x8b\x08"
InflateError: type[Exception] = isal_zlib.IsalError  # type: ignore[assignment]  # its stub errs


class Gzip:
    """gzip members (RFC 1952)."""

    magic = GZIP

    def pieces(self, window: Window, offset: int) -> Iterator[Piece]:
        return gathered(self._chunks(window, offset), offset)

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
    if len(head) == 8 and int.from_bytes(head[:4], "little") & 0xFFFFFFF0 == SKIPPABLE:
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
        prove_memory()
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
