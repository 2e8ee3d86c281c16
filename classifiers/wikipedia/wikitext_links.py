"""Links of a `pages-articles` dump (XML in bz2), page by page, without a tree.

In wikitext a link inside a reference or a citation template is cited, any other is linked. A page
is found by its tags and its text by its own, as text is escaped: a parser costs as much as
unpacking does.
"""

import re
from collections.abc import Iterator
from html import unescape
from xml.sax.saxutils import escape

from classifiers.wikipedia.summary import Link

_MOST_PAGE = 64 << 20  # bytes; a revision has at most 2 MB
_ID = re.compile(rb"<id>(\d{1,18})</id>")
_ARTICLE = re.compile(rb"<ns>\s*0\s*</ns>")
# All of it as it stands in a dump, escaped. A literal beginning, and no flag, makes a search run
# over what is none at the speed of a scan.
_COMMENT = re.compile(
    rb"&lt;(?:!--.*?(?:--&gt;|\Z)|[nN][oO][wW][iI][kK][iI]&gt;.*?(?:&lt;/[nN][oO][wW][iI][kK][iI]&gt;|\Z))",
    re.DOTALL,
)
_REF = re.compile(
    rb"&lt;(?:[rR][eE][fF]\b([^&]*+(?:&(?![lg]t;)[^&]*+)*+)&gt;|/[rR][eE][fF]\s*&gt;)"
)
_CITATION = re.compile(
    rb"\s*(?:cite|citation|vcite|vancite|harvc|sfnref)(?:\b|_)(?!\s+needed)", re.IGNORECASE
)
_SENTENCE = ".,;:!?"
_REMARK = _SENTENCE + ")"
_TEMPLATE = 4_000  # bytes of a citation before a link, and behind it, that are looked at
# A link runs to a space, a bracket, a bar or a quote: in wikitext none of them may stand in it.
_LINK = re.compile(rb"//[^\s\[\]{}|]+")
_END = re.compile(r"&(?:lt|gt|quot);|[\s\"<>]")


def article_links(pieces: Iterator[bytes], to_end: bool = True) -> Iterator[Link]:
    """The links of the articles (namespace 0, no redirects) in XML that comes in pieces.

    Raises EOFError where XML that goes `to_end` has none; no stream may begin in a last range.
    """
    for page in _pages(pieces, to_end):
        at = page.find(b"<text")
        head = page[: at if at >= 0 else len(page)]
        if b"//" in page and _ARTICLE.search(head) and b"<redirect" not in head:
            found = _ID.search(head)
            number = int(found[1]) if found else 0
            for url, cited in escaped_links(_text(page, at)):
                yield number, url, cited


def _text(page: bytes, at: int) -> bytes:
    """What the text element that begins `at` a place holds, up to the next tag."""
    begin = page.find(b">", at) + 1
    is_empty = not begin or at < 0 or page[begin - 2 : begin - 1] == b"/"
    end = page.find(b"<", begin)
    return b"" if is_empty or end < 0 else page[begin:end]


def _pages(pieces: Iterator[bytes], to_end: bool) -> Iterator[bytes]:
    """Each page without its end tag; of one that never ends the beginning is let go."""
    held, searched, is_read = b"", 0, False
    for piece in pieces:
        held, is_read = held + piece, True
        at = 0
        while (end := held.find(b"</page>", max(at, searched))) >= 0:
            yield held[max(at, held.rfind(b"<page>", at, end)) : end]
            at = end + 7
        held = held[max(at, len(held) - _MOST_PAGE) :]
        searched = max(0, len(held) - 6)
    if to_end and is_read and not held.rstrip().endswith(b"</mediawiki>"):
        raise EOFError("it has no end")


def wikitext_links(text: str) -> Iterator[tuple[str, bool]]:
    """`escaped_links` of plain wikitext."""
    return escaped_links(escape(text, {'"': "&quot;"}).encode("utf-8", "replace"))


def escaped_links(text: bytes) -> Iterator[tuple[str, bool]]:
    """(URL, cited) of every link in wikitext, in linear time.

    Named references, references of many lines and citation templates outside of references count;
    links in comments do not.
    """
    if b"//" not in text:
        return
    text = _COMMENT.sub(b" ", text)
    references = list(_references(text))
    at = 0
    for match in _LINK.finditer(text):
        start = match.start()
        before = text[max(0, start - 7) : start]
        scheme = _scheme(before)
        if not scheme:
            continue
        while at < len(references) and references[at][1] <= start:
            at += 1
        cited = at < len(references) and references[at][0] <= start
        is_bracketed = b"[" in before[-len(scheme) - 1 :]
        url = scheme + _whole(match[0])
        yield url if is_bracketed else _free(url), cited or _in_citation(text, start)


def _scheme(before: bytes) -> str:
    """The scheme of a link from what stands before it; "" where that makes it none."""
    if before[-1:] == b"[":
        return "http:"
    lower = before.lower()
    scheme = b"https:" if lower[-6:] == b"https:" else b"http:"
    if not lower.endswith(scheme) or lower[: -len(scheme)][-1:].isalnum():
        return ""
    return scheme.decode()


def _whole(link: bytes) -> str:
    """A link up to where it ends, unescaped."""
    url = link.decode("utf-8", "replace")
    if "&" in url or not url.isascii():
        url = unescape(_END.split(url, maxsplit=1)[0])
    return url.partition("''")[0]


def _free(url: str) -> str:
    """A link without brackets around it: what ends a sentence or a remark is no part of it, as
    MediaWiki reads one.
    """
    return url.rstrip(_SENTENCE if "(" in url else _REMARK)


def _references(text: bytes) -> Iterator[tuple[int, int]]:
    """Where references stand, in order; one that never ends is none."""
    start = -1
    for mark in _REF.finditer(text):
        if mark[1] is None:
            if start >= 0:
                yield start, mark.start()
            start = -1
        elif not mark[1].rstrip().endswith(b"/"):
            start = mark.end()


def _in_citation(text: bytes, at: int) -> bool:
    """Whether a place lies within a citation template, or in a template within one."""
    if text.find(b"}}", at, at + _TEMPLATE) < 0:
        return False
    least, closed = max(0, at - _TEMPLATE), 0
    while (start := text.rfind(b"{{", least, at)) >= 0:
        end = text.rfind(b"}}", start, at)
        if end >= 0:
            closed, at = closed + 1, end
        elif closed:
            closed, at = closed - 1, start
        elif _CITATION.match(text, start + 2):
            return True
        else:
            at = start
    return False
