"""The pages of a dump as bytes, before an XML parser makes a tree of them.

An element takes a parser some 400 bytes of memory, so 21 kB of bz2 that hold a page of `<a/>` take
8 GB. The text of a page is escaped, so its tags are few and its bounds can be told from outside.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from pipeline.errors import prove_memory
from pipeline.ingest.reasons import Reason

_MOST_TAGS = 100_000  # and entities of a page; a revision has about 40
_MOST_TAG_BYTES = 1 << 20  # of all tags of a page, with their attributes
_KEPT = 1 << 16  # bytes of an overgrown page that say what it is
_BEGIN = re.compile(rb"<page[\s>]")
_END = re.compile(rb"</page\s*>")
_ESCAPES = (b"&lt;", b"&gt;", b"&amp;", b"&quot;", b"&apos;", b"&#")  # other entities are nodes
_EDGE = 32  # bytes that the beginning or end of a page may hang over


@dataclass(frozen=True, slots=True)
class Unread:
    """A page without a tree: its first bytes, and why."""

    head: bytes
    reason: Reason
    detail: str = ""

    def field(self, name: str) -> str:
        """The text of the first element of a name."""
        found = re.search(rf"<{name}>([^<]*)<".encode(), self.head)
        return found[1].decode("utf-8", "replace") if found else ""


def page_elements(pieces: Iterator[bytes], most: int) -> Iterator[Any]:
    """Each page as an element; `Unread` for one of more than `most` bytes, of too many tags, or
    that is no XML. What stands outside of pages is not read, so nothing declares an entity.
    """
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False)
    for page in page_bytes(pieces, most):
        if isinstance(page, Unread):
            yield page
            continue
        try:
            yield etree.fromstring(page, parser)
        except etree.XMLSyntaxError:
            prove_memory()
            yield Unread(page[:_KEPT], "unreadable_markup")


def page_bytes(pieces: Iterator[bytes], most: int) -> Iterator[bytes | Unread]:
    """Each page from its start tag to its end tag, a cut one at the end left out."""
    held = bytearray()
    inside, size, searched = False, 0, 0  # size: bytes of the page at hand, those let go included
    for piece in pieces:
        held += piece
        while found := (_END if inside else _BEGIN).search(held, searched):
            stop = found.end() if inside else found.start()
            if inside:
                yield _page(held, stop, size + stop, most)
            del held[:stop]
            inside, size, searched = not inside, 0, 0
        if inside and len(held) > most + _KEPT + _EDGE:
            size += len(held) - _KEPT - _EDGE
            del held[_KEPT:-_EDGE]
        elif not inside:
            del held[:-_EDGE]
        searched = max(len(held) - _EDGE, 0)


def _page(held: bytearray, stop: int, size: int, most: int) -> bytes | Unread:
    if size > most:
        return Unread(bytes(held[:_KEPT]), "too_large", str(size))
    page = bytes(held[:stop])
    tags = page.count(b"<") + page.count(b"&") - sum(map(page.count, _ESCAPES))
    if tags > _MOST_TAGS or _tag_bytes(page) > _MOST_TAG_BYTES:
        return Unread(page[:_KEPT], "too_large", f"{tags} tags")
    return page


def _tag_bytes(page: bytes) -> int:
    """Bytes of all tags, comments and instructions."""
    return sum(len(part.partition(b">")[0]) for part in page.split(b"<")[1:])
