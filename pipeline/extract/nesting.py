"""How deep a page nests, and how many attributes a tag has, before a parser sees it.

A tree builder looks back over its open elements at many tags, so a bomb of nested elements costs
the square of its depth (measured with lexbor: 100,000 open `div`s take 12 s). Counting tags that
can nest is a few array operations and bounds that cost.
"""

import re
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

_LESS, _GREATER, _SLASH = ord("<"), ord(">"), ord("/")
_QUOTES = (ord('"'), ord("'"))
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


_TAG = re.compile(rb"""<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*""")
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


def excess(html: str, limits: Limits) -> str:
    """Why a parser should not see the page: too_large, too_deep, too_many_nodes; else nothing.

    A tree of 1.3 million elements takes 500 MB; a parser compares each attribute of a tag with all
    before (150,000 take lexbor 190 s). The tree itself is counted again by the walk.
    """
    body = html.encode("utf-8", "surrogatepass") + b"   "
    if len(body) - 3 > limits.max_html_bytes:
        return "too_large"
    data = np.frombuffer(body, dtype=np.uint8)
    # Quotes are 34 and 39, angle brackets 60 and 62; few others lie between.
    signs = np.flatnonzero(((data - 34) <= 5) | ((data - 60) <= 2))
    kinds = data[signs]
    tags = signs[kinds == _LESS]
    most_tags, most_depth = 2 * limits.max_nodes, max(4 * limits.max_depth, 1000)
    starts = tags[data[tags + 1] >= ord("A")]
    if len(starts) > most_tags:
        return "too_many_nodes"
    if len(tags) > most_depth and _depth(data, tags) > most_depth:
        return "too_deep"
    return "too_many_nodes" if _crowded(body, starts, signs, kinds) else ""


def _crowded(
    body: bytes, starts: NDArray[np.intp], signs: NDArray[np.intp], kinds: NDArray[np.uint8]
) -> bool:
    """Whether some tag has too many attributes. Only tags that are long, or whose first `>` may
    stand inside quotes, are read; what lies inside one that was read is not read again.
    """
    closes = np.append(signs[kinds == _GREATER], len(body))
    ends = closes[np.searchsorted(closes, starts)]
    doubtful = ends - starts > _LONG
    for quote in _QUOTES:
        places = signs[kinds == quote]
        inside = np.searchsorted(places, ends) - np.searchsorted(places, starts)
        doubtful |= inside % 2 == 1
    done = 0
    for at in starts[doubtful].tolist():
        if at >= done and (tag := _TAG.match(body, at)) is not None:
            done = tag.end()
            if done - at > _LONG and _attributes(tag.group()) > _MOST_ATTRIBUTES:
                return True
    return False


def _attributes(tag: bytes) -> int:
    return sum(1 for _ in _ATTRIBUTE.finditer(tag))


def _depth(data: NDArray[np.uint8], tags: NDArray[np.intp]) -> int:
    """The most elements that are open at once, as far as tags tell."""
    first, second, third = (data[tags + at].astype(np.int32) for at in (1, 2, 3))
    closes = first == _SLASH
    names = np.where(closes, (second << 8) | third, (first << 8) | second)
    letters = np.where(closes, second, first) >= ord("A")
    steps = np.where(letters & ~_IS_FLAT[names], np.where(closes, -1, 1), 0)
    depth = np.cumsum(steps)
    return int((depth - np.minimum.accumulate(np.minimum(depth, 0))).max(initial=0))
