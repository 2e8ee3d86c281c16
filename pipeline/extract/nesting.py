"""How deep a page nests, and how many attributes a tag has, before a parser sees it.

A tree builder looks back over its open elements at many tags, so a bomb of nested elements costs
the square of its depth (measured with lexbor: 100,000 open `div`s take 12 s). Counting tags that
can nest is a few array operations and bounds that cost.
"""

import re

import numpy as np
from numpy.typing import NDArray

_LESS, _SLASH = ord("<"), ord("/")
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


_LONG_TAG = re.compile(rb"<[a-zA-Z][^<>]{20000,}")
_LONG = 20_000  # bytes
_ATTRIBUTE = re.compile(rb"""[^\s"'>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?""")


def excess(html: str, max_depth: int, max_attributes: int, max_tags: int) -> str:
    """too_deep where more elements that nest than `max_depth` are open at some point,
    too_many_nodes where there are more than `max_tags` (a tree of 1.3 million takes 500 MB), or
    where a tag has more than `max_attributes` (a parser compares each with all before: 150,000 take
    lexbor 190 s), else nothing.
    """
    body = html.encode("utf-8", "surrogatepass") + b"   "
    data = np.frombuffer(body, dtype=np.uint8)
    tags = np.flatnonzero(data[:-3] == _LESS)
    if len(tags) > max_tags and np.count_nonzero(data[tags + 1] >= ord("A")) > max_tags:
        return "too_many_nodes"
    if len(tags) > max_depth and _depth(data, tags) > max_depth:
        return "too_deep"
    gaps = np.diff(tags, append=len(body))
    for at in np.flatnonzero(gaps > _LONG).tolist():
        tag = _LONG_TAG.match(body, int(tags[at]))
        if tag and sum(1 for _ in _ATTRIBUTE.finditer(tag.group())) > max_attributes:
            return "too_many_nodes"
    return ""


def _depth(data: NDArray[np.uint8], tags: NDArray[np.intp]) -> int:
    """The most elements that are open at once, as far as tags tell."""
    first, second, third = (data[tags + at].astype(np.int32) for at in (1, 2, 3))
    closes = first == _SLASH
    names = np.where(closes, (second << 8) | third, (first << 8) | second)
    letters = np.where(closes, second, first) >= ord("A")
    steps = np.where(letters & ~_IS_FLAT[names], np.where(closes, -1, 1), 0)
    depth = np.cumsum(steps)
    return int((depth - np.minimum.accumulate(np.minimum(depth, 0))).max(initial=0))
