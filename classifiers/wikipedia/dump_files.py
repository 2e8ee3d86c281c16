"""The files of a dump, cut into units that are read side by side, and the links of a unit.

A multistream dump of articles is cut between its streams. A packed table cannot be entered in its
middle: every reader of a part unpacks what is before it, a tenth of what its own rows cost, and
reads the rows of the lines that begin in its range.
"""

import bz2
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from isal import isal_zlib

from classifiers.wikipedia.link_table import Line, table_links
from classifiers.wikipedia.search_index import index_links
from classifiers.wikipedia.summary import Link, LinkSummary, summarise
from classifiers.wikipedia.wikitext_links import article_links
from pipeline import files
from pipeline.document import Unit, digest
from pipeline.errors import UsageError
from pipeline.ingest.archive.window import Window
from pipeline.ingest.remote.opening import open_file, size_of
from pipeline.ingest.wikipedia.dump import (
    STREAM,
    BadStream,
    as_utf8,
    is_multistream,
    next_stream,
    unpacked,
)

ARTICLES_STEP, TABLE_STEP = 8 << 20, 8 << 20  # packed bytes of a range, at least
_TABLE_RANGES = 8  # at most: each unpacks what is before it
_BLOCK, _PIECE = 1 << 20, 8 << 20  # bytes read at once, and unpacked
_MOST_LINE = 128 << 20  # bytes; MediaWiki's have some MB
_BAD_GZIP: type[Exception] = isal_zlib.error  # type: ignore[assignment]
_GZIP = b"\x1f\x8b"


class DumpFile(NamedTuple):
    """A file of a dump by its kind: articles, table or index."""

    path: str
    kind: str


def dump_files(folder: str) -> list[DumpFile]:
    """The files of a dump that name outside links; UsageError where there are none."""
    found = [DumpFile(files.join(folder, name), _kind(name)) for name in files.names(folder)]
    found = [file for file in found if file.kind]
    if not found and not files.is_folder(folder):
        raise UsageError(f"there is no folder {folder!r}; name the folder of a Wikipedia dump")
    if not found:
        raise UsageError(
            f"{folder} holds neither pages-articles*.xml.bz2 nor externallinks*.sql.gz nor "
            "documents of CirrusSearch; name the folder of a Wikipedia dump"
        )
    return found


def _kind(name: str) -> str:
    if "externallinks" in name and ".sql" in name:
        return "table"
    if "pages-articles" in name and ".xml" in name and "index" not in name:
        return "articles"
    is_index = "cirrus" in name or "_content" in name
    return "index" if is_index and ".json" in name else ""


def dump_units(folder: str) -> list[Unit]:
    """The units of a dump, by name."""
    return [unit for file in dump_files(folder) for unit in _units(file)]


def _units(file: DumpFile) -> Iterator[Unit]:
    with _opened(file.path) as opened:
        size, step = size_of(opened), 0
        if file.kind == "articles" and size > ARTICLES_STEP and is_multistream(Window(opened)):
            step = ARTICLES_STEP
    if file.kind == "table":
        step = max(TABLE_STEP, -(-size // _TABLE_RANGES))
        step += -step % _BLOCK
    starts = range(0, max(size, 1), step) if step else range(1)
    for start in starts:
        stop = start + step if step and start + step < size else None
        name = f"{digest(file.path)[:12]}-{start:015d}"
        share = min(step or size, size - start)
        yield Unit(name, (file.path,), share, start, stop, file.kind)


def read_links(unit: Unit) -> LinkSummary:
    """What is kept of the links of a unit; UsageError where its file is ill-formed."""
    return summarise(unit_links(unit))


def unit_links(unit: Unit) -> Iterator[Link]:
    """The links of a unit; UsageError where its file is ill-formed."""
    (path,) = unit.paths
    try:
        with _opened(path) as file:
            if not size_of(file):
                raise EOFError("it is empty")
            if unit.source == "articles":
                yield from article_links(as_utf8(_streams(file, unit)), unit.stop is None)
            elif unit.source == "table":
                yield from table_links(_lines(file, unit), path)
            else:
                yield from index_links((line.text for line in _lines(file, unit)), path)
    except (BadStream, OSError, EOFError, zlib.error, _BAD_GZIP) as error:
        raise UsageError(f"{path} is no whole dump ({error}); fetch it again") from error


@contextmanager
def _opened(path: str) -> Iterator[Any]:
    with open_file(path) as file:
        yield file


def _streams(file: Any, unit: Unit) -> Iterator[bytes]:
    """What the bz2 streams that begin in a range hold, or a file that is packed otherwise."""
    window = Window(file)
    if not STREAM.match(bytes(window.view(0, 10))):
        file.seek(0)
        yield from (data for _, data in _unpacked_blocks(file))
        return
    at = next_stream(window, unit.start) if unit.start else 0
    while window.view(at, 1) and (unit.stop is None or at < unit.stop):
        for piece, end in unpacked(window, at):
            if piece:
                yield piece
            if end >= 0:
                at = end


def _lines(file: Any, unit: Unit) -> Iterator[Line]:
    """The lines up to the end of a range, those that begin in its blocks marked as its own."""
    held, is_held_own = b"", False
    for at, data in _unpacked_blocks(file):
        if unit.stop is not None and at >= unit.stop and not (held and is_held_own):
            return
        is_own = at >= unit.start and (unit.stop is None or at < unit.stop)
        first, *others = data.split(b"\n")
        is_first_own = is_held_own if held else is_own
        if len(held) + len(first) > _MOST_LINE:
            raise BadStream(f"a line has more than {_MOST_LINE >> 20} MB")
        if not others:
            held, is_held_own = held + first, is_first_own
            continue
        yield Line(held + first, is_first_own)
        yield from (Line(text, is_own) for text in others[:-1])
        held, is_held_own = others[-1], is_own
    if held:
        yield Line(held, is_held_own)


def _unpacked_blocks(file: Any) -> Iterator[tuple[int, bytes]]:
    """What each block of a file holds, in pieces, with the block's place; packed by gzip or bz2 or
    not at all.
    """
    unpack: _Unpack | None = None
    at = 0
    while block := file.read(_BLOCK):
        unpack = unpack or _Unpack(block[:3])
        yield from ((at, piece) for piece in unpack.of(block))
        at += len(block)
    if unpack and not unpack.is_whole:
        raise EOFError("cut off")


class _Unpack:
    """What packed bytes hold, whatever their beginning says they are packed by."""

    def __init__(self, head: bytes) -> None:
        self._new: Callable[[], Any] | None = None
        if head[:2] == _GZIP:
            self._new = partial(isal_zlib.decompressobj, 31)
        elif head[:2] == b"BZ":
            self._new = bz2.BZ2Decompressor
        self._open: Any = None

    @property
    def is_whole(self) -> bool:
        """Whether what was read so far ends where a member does."""
        return self._open is None

    def of(self, block: bytes) -> Iterator[bytes]:
        """What a block holds, in pieces, as little may unpack to very much."""
        if self._new is None:
            yield block
            return
        while block := block if self._open else block.lstrip(b"\0"):  # as some pad their files
            self._open = self._open or self._new()
            yield from self._pieces(block)
            block = self._open.unused_data if self._open.eof else b""
            self._open = None if self._open.eof else self._open

    def _pieces(self, block: bytes) -> Iterator[bytes]:
        unpack = self._open
        piece = unpack.decompress(block, _PIECE)
        while piece:
            yield piece
            piece = b"" if unpack.eof else unpack.decompress(_left(unpack), _PIECE)


def _left(unpack: Any) -> bytes:
    """What was handed in and not unpacked yet; bz2 keeps it to itself."""
    left: bytes = getattr(unpack, "unconsumed_tail", b"")
    return left
