"""The pages of a dump as bytes, before an XML parser makes a tree of them.

An element takes a parser some 400 bytes of memory, so 21 kB of bz2 that hold a page of `<a/>` take
8 GB. The text of a page is escaped, so its tags are few and its bounds can be told from outside.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_TAGS = 100_000  # of a page; a revision has about 40
_MOST_TAG_BYTES = 1 << 20  # of all tags of a page, with their attributes
_KEPT = 1 << 16  # bytes of an overgrown page that say what it is
_BEGIN = re.compile(rb"<page[\s>]")
_END = re.compile(rb"</page\s*>")
_EDGE = 32  # bytes that the beginning or end of a page may hang over


@dataclass(frozen=True, slots=True)
class Overgrown:
    """A page that is not parsed: its first bytes, and what there is too much of."""

    head: bytes
    detail: str

    def field(self, name: str) -> str:
        """The text of the first element of a name."""
        found = re.search(rf"<{name}>([^<]*)<".encode(), self.head)
        return found[1].decode("utf-8", "replace") if found else ""


def page_bytes(pieces: Iterator[bytes], most: int) -> Iterator[bytes | Overgrown]:
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
        if inside and len(held) > most:
            size += len(held) - _KEPT - _EDGE
            del held[_KEPT:-_EDGE]
        elif not inside:
            del held[:-_EDGE]
        searched = max(len(held) - _EDGE, 0)


def _page(held: bytearray, stop: int, size: int, most: int) -> bytes | Overgrown:
    if size > most:
        return Overgrown(bytes(held[:_KEPT]), str(size))
    page = bytes(held[:stop])
    tags = page.count(b"<")
    if tags > MOST_TAGS or _tag_bytes(page) > _MOST_TAG_BYTES:
        return Overgrown(page[:_KEPT], f"{tags} tags")
    return page


def _tag_bytes(page: bytes) -> int:
    """Bytes of all tags, comments and instructions."""
    return sum(len(part.partition(b">")[0]) for part in page.split(b"<")[1:])
