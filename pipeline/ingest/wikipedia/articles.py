"""Wikipedia's `pages-articles` dumps (XML in bz2, multistream or not) into documents.

A multistream dump is bz2 streams of whole pages, so a byte range owns the streams that start in it
and ranges are read side by side. Text is CC BY-SA; the domain is the encyclopedia.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import quote

from blake3 import blake3

from pipeline.document import Document, Dropped, Unit, digest
from pipeline.errors import UsageError
from pipeline.ingest.archive.window import Window
from pipeline.ingest.reasons import Reason, damage_row
from pipeline.ingest.remote.file_ends import Ends
from pipeline.ingest.unit_names import archive_name
from pipeline.ingest.wikipedia.dump import (
    STREAM,
    BadStream,
    Run,
    head_of,
    is_multistream,
    next_stream,
)
from pipeline.ingest.wikipedia.page_bytes import Unread
from pipeline.ingest.wikipedia.wikitext import plain_text
from pipeline.recipe import ExtractConfig, Source
from pipeline.text import visible
from pipeline.urls import site

Item = tuple[str, Document | Dropped | None]

LICENCE = "CC-BY-SA-4.0"
DOMAIN = "encyclopedia"
_RAW_SHARE = 4  # bytes of a page in the dump, over what its text may have: UTF-8, escapes
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


def look_at_dump(path: str, file: Ends, step: int) -> tuple[int, int]:
    """Bytes of a dump, and of its ranges if it is multistream. UsageError for what is no dump."""
    window = Window(file)
    if not STREAM.match(bytes(window.view(0, 10))):
        raise UsageError(f"{path} is no bz2 file; give a pages-articles dump as .xml.bz2")
    head = head_of(window)
    if head and not _MARKUP.search(head):
        raise UsageError(f"{path} holds no pages; give a pages-articles dump as .xml.bz2")
    divisible = file.size > step and not file.is_copy and is_multistream(window)
    return file.size, step if divisible else 0


def read_dump(file: Any, unit: Unit, source: Source, config: ExtractConfig) -> Iterator[Item]:
    """Every page of a unit, and what becomes of it."""
    name = archive_name(unit.paths[0])
    window = Window(file)
    wiki = _wiki(window, source)
    for element in _pages(window, unit, name, source, _RAW_SHARE * config.max_html_bytes):
        if isinstance(element, Dropped):
            yield "damaged", element
        elif isinstance(element, Unread):
            yield "page", _unread(element, wiki, name, source)
        else:
            yield "page", _article(element, wiki, name, source, config)


def _wiki(window: Window, source: Source) -> Wiki:
    """What the first stream says before its first page."""
    text = head_of(window).decode("utf-8", "replace").partition("<page>")[0]
    found = re.search(r"<base>([^<]+)/[^</]*</base>", text)
    language = re.search(r"xml:lang=\"([\w-]+)\"", text)
    code = source.language or (language.group(1) if language else "en")
    base = found.group(1) if found else f"https://{code}.wikipedia.org/wiki"
    spaces = re.findall(r"<namespace key=\"(?:-2|6|14)\"[^>]*>([^<]+)<", text)
    return Wiki(base, code, frozenset([*_UNLINKED, *(space.lower() for space in spaces)]))


def _pages(window: Window, unit: Unit, name: str, source: Source, most: int) -> Iterator[Any]:
    """The page elements of the streams that start in the range; drop rows for bad streams."""
    at = next_stream(window, unit.start) if unit.start else 0
    while window.view(at, 1) and (unit.stop is None or at < unit.stop):
        run = Run(window, at, unit.stop)
        try:
            yield from run.pages(most)
            return
        except BadStream:
            at = next_stream(window, run.at + 1)
            yield damage_row(run.at, at - run.at, name, source.name)


def _article(
    page: Any, wiki: Wiki, name: str, source: Source, config: ExtractConfig
) -> Document | Dropped:
    title = _field(page, "title")
    url = _address(title, wiki)
    revisions = page.findall("{*}revision")
    text = _field(revisions[-1], "text") if revisions else ""
    made = _text_or_reason(page, text, wiki, config)
    number = _field(page, "id")
    if isinstance(made, tuple) and len(made) == 2:
        return _dropped(url, number, name, source, *made)
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
        rights_source="source",
        domain=source.domain or DOMAIN,
    )


def _unread(page: Unread, wiki: Wiki, name: str, source: Source) -> Dropped:
    url = _address(unescape(page.field("title")), wiki)
    return _dropped(url, page.field("id"), name, source, page.reason, page.detail)


def _dropped(
    url: str, number: str, name: str, source: Source, reason: Reason, detail: str
) -> Dropped:
    identity = digest(source.name, url, number)
    return Dropped(identity, url, source.name, "ingest", reason, detail, number, name)


def _address(title: str, wiki: Wiki) -> str:
    return f"{wiki.base}/{quote(title.replace(' ', '_'), safe=_TITLE)}"


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
        text = visible(text).strip()
    except ValueError:
        return "unreadable_markup", ""
    return (text, has_math, has_code) if text else ("empty_text", "")
