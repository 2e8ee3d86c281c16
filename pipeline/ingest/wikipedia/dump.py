"""The page elements of a bz2 dump, stream by stream, so that a bad one costs itself alone."""

import bz2
import codecs
import re
from collections.abc import Iterator
from typing import Any

from pipeline.ingest.archive.window import SLICE, Window
from pipeline.ingest.wikipedia.page_bytes import page_elements

STREAM = re.compile(rb"BZh[1-9]1AY&SY")
_PIECE = 1 << 20
_XML_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>")


class BadStream(Exception):
    """The bz2 stream at hand is no stream, or not a whole one."""


def is_multistream(window: Window) -> bool:
    """Whether the second stream begins with a page: parallel compressors cut anywhere."""
    second = next_stream(window, 1, 1 << 24)
    try:
        first = next(piece for piece, _ in unpacked(window, second) if piece)
        return first.lstrip().startswith(b"<page>")
    except (BadStream, StopIteration):
        return False


def next_stream(window: Window, at: int, within: int | None = None) -> int:
    """Where the next bz2 stream begins; the end of the file, or of the search, if none does."""
    stop = None if within is None else at + within
    while (data := bytes(window.view(at, SLICE))) and (stop is None or at < stop):
        found = STREAM.search(data)
        if found is not None:
            return at + found.start()
        if len(data) < SLICE:
            return at + len(data)
        at += len(data) - 9
    return at


def unpacked(window: Window, at: int) -> Iterator[tuple[bytes, int]]:
    """The stream at `at` in pieces, each with its end or -1. Raises BadStream."""
    unpack = bz2.BZ2Decompressor()
    while not unpack.eof:
        data = window.view(at, SLICE) if unpack.needs_input else b""
        if unpack.needs_input and not data:
            raise BadStream("cut off")
        at += len(data)
        try:
            piece = unpack.decompress(data, _PIECE)
        except OSError as error:
            raise BadStream(str(error)) from error
        yield piece, at - len(unpack.unused_data) if unpack.eof else -1


def head_of(window: Window) -> bytes:
    """The beginning of a dump as UTF-8; of a damaged one what can be had, which may be nothing."""
    head = b""
    try:
        for piece, _ in unpacked(window, 0):
            head += piece
            if len(head) > _PIECE:
                break
    except BadStream:
        pass  # what is there will do; the reader of the pages reports the damage
    return b"".join(as_utf8(iter([head])))


def as_utf8(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """XML as UTF-8 without declaration, whatever it came in."""
    decoder: Any = None
    for i, piece in enumerate(pieces):
        if i == 0 and piece[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            decoder = codecs.getincrementaldecoder("utf-16")("replace")
        data = decoder.decode(piece).encode() if decoder else piece
        yield _XML_DECLARATION.sub(b"", data.removeprefix(codecs.BOM_UTF8)) if i == 0 else data


class Run:
    """Streams read one after the other until one is bad. `at` is the stream at hand."""

    def __init__(self, window: Window, at: int, stop: int | None) -> None:
        self.at = at
        self._window = window
        self._stop = stop

    def pages(self, most: int) -> Iterator[Any]:
        """Page elements; `Unread` for a page of more than `most` bytes, or one that is no XML."""
        return page_elements(as_utf8(self._pieces()), most)

    def _pieces(self) -> Iterator[bytes]:
        while self._window.view(self.at, 1) and (self._stop is None or self.at < self._stop):
            for piece, end in unpacked(self._window, self.at):
                if piece:
                    yield piece
                if end >= 0:
                    self.at = end
