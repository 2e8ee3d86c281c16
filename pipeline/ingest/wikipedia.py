"""Wikipedia's `pages-articles` dumps (XML in bz2, multistream or not) into documents.

A multistream dump is bz2 streams of whole pages, so a byte range owns the streams that start in it
and ranges are read side by side. Text is CC BY-SA; the domain is the encyclopedia.
"""

import bz2
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from blake3 import blake3
from lxml import etree

from pipeline.document import Document, Dropped, Unit, digest
from pipeline.errors import UsageError
from pipeline.ingest import Reason
from pipeline.ingest.members import SLICE, Window
from pipeline.ingest.pages import damage_row
from pipeline.ingest.places import archive_name
from pipeline.ingest.remote import open_file, size_of
from pipeline.ingest.wikitext import plain_text
from pipeline.recipe import ExtractConfig, Source
from pipeline.urls import site

Item = tuple[str, Document | Dropped | None]

LICENCE = "CC-BY-SA-4.0"
DOMAIN = "encyclopedia"
STREAM = re.compile(rb"BZh[1-9]1AY&SY")
_PIECE = 1 << 20
_XML_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>")
_ROOT = b"<mediawiki>"
_MARKUP = re.compile(rb"<(?:mediawiki|page)[\s>]")
_LANGUAGE = re.compile(r"//([a-z-]{2,12})\.")
# Links of these namespaces show no text: files, categories, and what the dump names so in its
# language.
_UNLINKED = ("file", "image", "category", "media")


@dataclass(frozen=True, slots=True)
class Wiki:
    """What the head of a dump says of the whole of it."""

    base: str  # the address before a title
    language: str
    unlinked: frozenset[str]


class _BadStream(Exception):
    """The bz2 stream at hand is no stream, or not a whole one."""


def wikipedia_units(paths: list[str], source: Source, step: int) -> list[Unit]:
    """Units of dumps: ranges where a dump is multistream. Raises UsageError for what is no dump."""
    units = []
    for path in paths:
        with open_file(path) as file:
            size = size_of(file)
            window = Window(file)
            if not STREAM.match(bytes(window.view(0, 10))):
                raise UsageError(f"{path} is no bz2 file; give a pages-articles dump as .xml.bz2")
            head = _head(window)
            if head and not _MARKUP.search(head):
                raise UsageError(f"{path} holds no pages; give a pages-articles dump as .xml.bz2")
            if size <= step or not _is_multistream(window):
                units.append(Unit("", (path,), size, source=source.name))
                continue
        for i, start in enumerate(range(0, size, step)):
            stop = start + step if start + step < size else None
            units.append(
                Unit(f".{i:05d}", (path,), min(step, size - start), start, stop, source.name)
            )
    return units


def _is_multistream(window: Window) -> bool:
    """Whether the second stream begins with a page: parallel compressors cut anywhere."""
    second = _next_stream(window, 1, 1 << 24)
    try:
        return next(_unpacked(window, second))[0].lstrip().startswith(b"<page>")
    except (_BadStream, StopIteration):
        return False


def _next_stream(window: Window, at: int, within: int | None = None) -> int:
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


def _unpacked(window: Window, at: int) -> Iterator[tuple[bytes, int]]:
    """The stream at `at` in pieces, each with its end or -1. Raises _BadStream."""
    unpack = bz2.BZ2Decompressor()
    while not unpack.eof:
        data = window.view(at, SLICE) if unpack.needs_input else b""
        if unpack.needs_input and not data:
            raise _BadStream("cut off")
        at += len(data)
        try:
            piece = unpack.decompress(data, _PIECE)
        except OSError as error:
            raise _BadStream(str(error)) from error
        yield piece, at - len(unpack.unused_data) if unpack.eof else -1


def read_dump(unit: Unit, source: Source, config: ExtractConfig) -> Iterator[Item]:
    """Every page of a unit, and what becomes of it."""
    path = unit.paths[0]
    name = archive_name(path)
    with open_file(path) as file:
        window = Window(file)
        wiki = _wiki(window, source)
        for element in _pages(window, unit, name, source):
            if isinstance(element, Dropped):
                yield "damaged", element
            else:
                yield "page", _article(element, wiki, name, source, config)


def _wiki(window: Window, source: Source) -> Wiki:
    """What the first stream says before its first page."""
    text = _head(window).decode("utf-8", "replace").partition("<page>")[0]
    found = re.search(r"<base>([^<]+)/[^</]*</base>", text)
    language = re.search(r"xml:lang=\"([\w-]+)\"", text)
    code = source.language or (language.group(1) if language else "en")
    base = found.group(1) if found else f"https://{code}.wikipedia.org/wiki"
    spaces = re.findall(r"<namespace key=\"(?:-2|6|14)\"[^>]*>([^<]+)<", text)
    return Wiki(base, code, frozenset([*_UNLINKED, *(space.lower() for space in spaces)]))


def _head(window: Window) -> bytes:
    """The beginning of a dump as UTF-8; of a damaged one what can be had, which may be nothing."""
    head = b""
    try:
        for piece, _ in _unpacked(window, 0):
            head += piece
            if len(head) > _PIECE:
                break
    except _BadStream:
        pass  # what is there will do; the reader of the pages reports the damage
    return b"".join(_as_utf8(iter([head])))


def _as_utf8(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """XML as UTF-8 without declaration, whatever it came in."""
    decoder: Any = None
    for i, piece in enumerate(pieces):
        if i == 0 and piece[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            decoder = codecs.getincrementaldecoder("utf-16")("replace")
        data = decoder.decode(piece).encode() if decoder else piece
        yield _XML_DECLARATION.sub(b"", data.removeprefix(codecs.BOM_UTF8)) if i == 0 else data


def _pages(window: Window, unit: Unit, name: str, source: Source) -> Iterator[Any]:
    """The page elements of the streams that start in the range; drop rows for bad streams."""
    at = _next_stream(window, unit.start) if unit.start else 0
    fresh = bool(at)
    while window.view(at, 1) and (unit.stop is None or at < unit.stop):
        run = _Run(window, at, unit.stop, fresh)
        try:
            yield from run.pages()
            return
        except (_BadStream, etree.XMLSyntaxError):
            at, fresh = _next_stream(window, run.at + 1), True
            yield damage_row(run.at, at - run.at, name, source.name)


class _Run:
    """Streams read one after the other until one is bad. `at` is the stream at hand."""

    def __init__(self, window: Window, at: int, stop: int | None, fresh: bool) -> None:
        self.at = at
        self._window = window
        self._stop = stop
        self._fresh = fresh  # the root element is not in it, and a page may be cut

    def pages(self) -> Iterator[Any]:
        parser = etree.XMLPullParser(
            ("end",), tag="{*}page", huge_tree=True, resolve_entities=False
        )
        pieces = _as_utf8(self._pieces())
        if self._fresh:
            parser.feed(_ROOT)
            pieces = _from_page(pieces)
        for piece in pieces:
            parser.feed(piece)
            for _, page in parser.read_events():
                yield page
                page.clear()
                while page.getprevious() is not None:
                    del page.getparent()[0]

    def _pieces(self) -> Iterator[bytes]:
        while self._window.view(self.at, 1) and (self._stop is None or self.at < self._stop):
            for piece, end in _unpacked(self._window, self.at):
                if piece:
                    yield piece
                if end >= 0:
                    self.at = end


def _from_page(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces from the first page on."""
    head = b""
    for piece in pieces:
        head += piece
        at = head.find(b"<page>")
        if at >= 0:
            yield head[at:]
            yield from pieces
            return
        head = head[-8:]


def _article(
    page: Any, wiki: Wiki, name: str, source: Source, config: ExtractConfig
) -> Document | Dropped:
    title = _field(page, "title")
    url = f"{wiki.base}/{quote(title.replace(' ', '_'), safe=_TITLE)}"
    revisions = page.findall("{*}revision")
    text = _field(revisions[-1], "text") if revisions else ""
    made = _text_or_reason(page, text, wiki, config)
    number = _field(page, "id")
    if isinstance(made, tuple) and len(made) == 2:
        reason, detail = made
        identity = digest(source.name, url, number)
        return Dropped(identity, url, source.name, "ingest", reason, detail, number, name)
    text, has_math, has_code = made
    return Document(
        id=digest(source.name, url, blake3(text.encode()).digest()),
        url=url,
        source=source.name,
        text=text,
        site=site(url),
        date=_field(revisions[-1], "timestamp"),
        record_id=number,
        warc_file=name,
        charset="utf-8",
        title=title,
        language=wiki.language,
        language_score=1.0,
        has_math=has_math,
        has_code=has_code,
        rights=source.licence or LICENCE,
        domain=source.domain or DOMAIN,
    )


_TITLE = "!$&'()*+,/:;=@~"  # what stands in titles as it is, besides letters and digits


def _field(element: Any, name: str) -> str:
    return element.findtext("{*}" + name) or ""


def _text_or_reason(
    page: Any, wikitext: str, wiki: Wiki, config: ExtractConfig
) -> tuple[Reason, str] | tuple[str, bool, bool]:
    namespace = _field(page, "ns") or "0"
    if namespace != "0":
        return "not_an_article", namespace
    if page.find("{*}redirect") is not None:
        return "redirect_page", page.find("{*}redirect").get("title", "")
    if len(wikitext) > config.max_html_bytes:
        return "too_large", str(len(wikitext))
    try:
        text, has_math, has_code = plain_text(wikitext, wiki.unlinked)
    except ValueError:
        return "unreadable_markup", ""
    return (text, has_math, has_code) if text else ("empty_text", "")
