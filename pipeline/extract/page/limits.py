"""How deep a page nests, and how many attributes a tag has, before a parser sees it.

A tree builder looks back over its open elements at many tags, so a bomb of nested elements costs
the square of its depth (measured with lexbor: 100,000 open `div`s take 12 s). Counting tags that
can nest is a few array operations and bounds that cost.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

_LESS, _GREATER, _SLASH = ord("<"), ord(">"), ord("/")
# First two letters of tags that are void or that a sibling closes: they do not nest by themselves.
_FLAT = ("p>", "p ", "p\n", "li", "br", "im", "in", "hr", "me", "td", "th", "tr", "op", "wb",
    "co", "pa",
         "dd", "dt", "so", "tb", "tf", "rp", "rt", "!-", "!d", "!D", "?x")  # fmt: skip


def _flat_table() -> NDArray[np.bool_]:
    table = np.zeros(65536, dtype=np.bool_)
    for pair in _FLAT:
        for form in (pair, pair.upper()):
            table[(ord(form[0]) << 8) | ord(form[1])] = True
    return table


_IS_FLAT = _flat_table()
_QUOTED = np.zeros(256, dtype=np.uint8)
_QUOTED[ord('"')], _QUOTED[ord("'")] = 1, 2

_RAW = re.compile(rb"<(script|style|textarea|title|xmp|noframes|iframe)\b", re.IGNORECASE)
# Quotes hold a `>` back only where a value begins.
_TAG = re.compile(rb"""<[a-zA-Z][^>=]*(?:=\s*(?:"[^"]*"|'[^']*')?[^>=]*)*""")
_ATTRIBUTE = re.compile(rb"""[^\s"'>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?""")
_LONG = 10_000  # bytes of a tag whose attributes are counted
_MOST_ATTRIBUTES = 5_000  # of one element


class Limits(Protocol):
    """The part of the recipe that bounds a page."""

    @property
    def max_html_bytes(self) -> int: ...
    @property
    def max_nodes(self) -> int: ...
    @property
    def max_depth(self) -> int: ...


def parser_bytes(html: str) -> bytes:
    """The page as lexbor reads it; lone surrogates go."""
    return html.encode("utf-8", "ignore")


def excess(html: bytes, limits: Limits) -> str:
    """Why a parser should not see the page: too_large, too_deep, too_many_nodes; else nothing.

    A tree of 1.3 million elements takes 500 MB; a parser compares each attribute of a tag with all
    before (150,000 take lexbor 190 s). The tree itself is counted again by the walk.
    """
    if len(html) > limits.max_html_bytes:
        return "too_large"
    body = html + b"   "
    data = np.frombuffer(body, dtype=np.uint8)
    # Quotes are 34 and 39, angle brackets 60 and 62; few others lie between.
    signs = (((data - 34) <= 5) | ((data - 60) <= 2)).nonzero()[0]
    kinds = data[signs]
    opens = (kinds == _LESS).nonzero()[0]
    tags = signs[opens]
    reason = _tags_excess(data, tags, limits)
    if reason:
        # What looks like a tag may be a comparison in a script: ask again, of real tags alone.
        tags = np.array([at for at, _ in _read_tags(body)], dtype=np.intp)
        opens = signs.searchsorted(tags)
        reason = _tags_excess(data, tags, limits)
    if not reason and _crowded(body, opens[data[tags + 1] >= ord("A")], signs, kinds):
        return "too_many_nodes"
    return reason


def _tags_excess(data: NDArray[np.uint8], tags: NDArray[np.intp], limits: Limits) -> str:
    """too_many_nodes or too_deep by the tags that begin at `tags`, else nothing."""
    if np.count_nonzero(data[tags + 1] >= ord("A")) > 2 * limits.max_nodes:
        return "too_many_nodes"
    most_depth = max(4 * limits.max_depth, 1000)
    return "too_deep" if len(tags) > most_depth and _depth(data, tags) > most_depth else ""


def _crowded(
    body: bytes, opens: NDArray[np.intp], signs: NDArray[np.intp], kinds: NDArray[np.uint8]
) -> bool:
    """Whether some tag has too many attributes. Only a tag that is long, or whose first `>` may
    stand inside quotes, gives cause to read the page's tags one by one.

    `opens` are indices into `signs`, as `closes` and `ends`.
    """
    greater = kinds == _GREATER
    closes = np.append(greater.nonzero()[0], len(kinds))
    ends = closes[greater.cumsum()[opens]]
    starts = signs[opens]
    doubtful = np.append(signs, len(body))[ends] - starts > _LONG
    quoted = np.bitwise_xor.accumulate(np.append(_QUOTED[kinds], np.uint8(0)))
    doubtful |= quoted[ends] != quoted[opens]
    done = 0
    for at in starts[doubtful].tolist():
        if at >= done and (tag := _TAG.match(body, at)) is not None:
            done = tag.end()
            if done - at > _LONG and _attributes(tag.group()) > _MOST_ATTRIBUTES:
                return _has_crowded_tag(body)
    return False


def _has_crowded_tag(body: bytes) -> bool:
    """The same, of real tags."""
    return any(
        stop - at > _LONG and _attributes(body[at:stop]) > _MOST_ATTRIBUTES
        for at, stop in _read_tags(body)
    )


def _read_tags(body: bytes) -> Iterator[tuple[int, int]]:
    """Where tags begin and end, one by one: scripts, styles and comments hold none."""
    at = body.find(b"<")
    while at >= 0:
        stop = at + 1
        if tag := _TAG.match(body, at):
            stop = tag.end()
            yield at, stop
            if raw := _RAW.match(body, at):
                close = re.compile(b"</" + raw[1], re.IGNORECASE).search(body, stop)
                stop = close.start() if close else len(body)
        elif body.startswith(b"</", at):
            yield at, at + 2
        elif body.startswith(b"<!--", at):
            stop = max(body.find(b"-->", at), at + 1)
        at = body.find(b"<", stop)


def _attributes(tag: bytes) -> int:
    """How many there are, or one more than is allowed."""
    return len(list(islice(_ATTRIBUTE.finditer(tag), _MOST_ATTRIBUTES + 1)))


def _depth(data: NDArray[np.uint8], tags: NDArray[np.intp]) -> int:
    """The most elements that are open at once, as far as tags tell."""
    first, second, third = (data[tags + at].astype(np.int32) for at in (1, 2, 3))
    closes = first == _SLASH
    names = np.where(closes, (second << 8) | third, (first << 8) | second)
    letters = np.where(closes, second, first) >= ord("A")
    steps = np.where(letters & ~_IS_FLAT[names], np.where(closes, -1, 1), 0)
    depth = np.cumsum(steps)
    return int((depth - np.minimum.accumulate(np.minimum(depth, 0))).max(initial=0))
