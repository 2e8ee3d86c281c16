"""zstd and lz4 frames as members: found by their block headers before anything is unpacked."""

import io
from collections.abc import Iterator
from typing import Any

import zstandard
from fastwarc.stream_io import Lz4Reader

from pipeline.errors import prove_memory
from pipeline.ingest.archive.window import PIECE, BadMember, Piece, Window, gathered

ZSTD = b"\x28\xb5\x2f\xfd"
LZ4 = b"\x04\x22\x4d\x18"
SKIPPABLE = 0x184D2A50  # of zstd, the last four bits free


class _Framed:
    """Formats whose frames are found by walking block headers, before anything is decompressed."""

    magic = b""

    def extent(self, window: Window, offset: int) -> int:
        """Where the frame at `offset` ends; raises BadMember."""
        raise NotImplementedError

    def open(self, frame: "_Frame") -> Any:
        raise NotImplementedError

    def pieces(self, window: Window, offset: int) -> Iterator[Piece]:
        return gathered(self._chunks(window, offset), offset)

    def _chunks(self, window: Window, offset: int) -> Iterator[tuple[bytes, int]]:
        end = self.extent(window, offset)
        frame = _Frame(window, offset, end)
        try:
            stream = self.open(frame)
            while data := stream.read(PIECE):
                yield data, -1
        except (OSError, zstandard.ZstdError) as error:
            prove_memory()
            raise BadMember(str(error)) from error
        if not window.holds(end - 1):
            raise BadMember("cut off")
        yield b"", end


class _Frame(io.RawIOBase):
    """The bytes of a frame as a file: it may be longer than what is held at once."""

    def __init__(self, window: Window, start: int, stop: int) -> None:
        super().__init__()
        self.magic = bytes(window.view(start, 4))
        self._window, self._at, self._stop = window, start, stop

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = self._stop - self._at
        data = bytes(self._window.view(self._at, min(left, PIECE if size < 0 else size)))
        self._at += len(data)
        return data


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
        if _number(window, offset, 4) & 0xFFFFFFF0 == SKIPPABLE:
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

    def open(self, frame: _Frame) -> Any:
        known = frame.magic[:1] == self.magic[:1]
        stream: Any = frame  # of a file it asks for `read` alone
        return self._context.stream_reader(stream) if known else io.BytesIO()


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

    def open(self, frame: _Frame) -> Any:
        stream: Any = frame
        return Lz4Reader(stream)
