"""How deep a page nests, and how many attributes a tag has, before a parser sees it.

A tree builder looks back over its open elements at many tags, so a bomb of nested elements costs
the square of its depth (measured with lexbor: 100,000 open `div`s take 12 s). Counting tags that
can nest is a few array operations and bounds that cost.
"""

import re

import numpy as np

_LESS, _SLASH = ord("<"), ord("/")
# First two letters of tags that are void or that a sibling closes: they do not nest by themselves.
_FLAT = ("p>", "p ", "p\n", "li", "br", "im", "in", "hr", "me", "td", "th", "tr", "op", "wb",
    "co", "pa",
         "dd", "dt", "so", "tb", "tf", "rp", "rt", "!-", "!d", "!D", "?x")  # fmt: skip


def _flat_table() -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    table = np.zeros(65536, dtype=np.bool_)
    for pair in _FLAT:
        for form in (pair, pair.upper()):
            table[(ord(form[0]) << 8) | ord(form[1])] = True
    return table


_IS_FLAT = _flat_table()


def deeper_than(html: str, limit: int) -> bool:
    """Whether more than `limit` elements that nest are open at some point of the page."""
    if html.count("<") <= limit:
        return False
    data = np.frombuffer(html.encode("utf-8", "surrogatepass") + b"   ", dtype=np.uint8)
    tags = np.flatnonzero(data[:-3] == _LESS)
    first, second, third = (data[tags + at].astype(np.int32) for at in (1, 2, 3))
    closes = first == _SLASH
    names = np.where(closes, (second << 8) | third, (first << 8) | second)
    letters = np.where(closes, second, first) >= ord("A")
    counts = letters & ~_IS_FLAT[names]
    steps = np.where(counts, np.where(closes, -1, 1), 0)
    depth = np.cumsum(steps)
    return bool((depth - np.minimum.accumulate(np.minimum(depth, 0))).max(initial=0) > limit)


_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{20000,}")
_ATTRIBUTE = re.compile(r"""[^\s"'>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?""")


def more_attributes_than(html: str, limit: int) -> bool:
    """Whether some tag has more than `limit` attributes: a parser compares each with all before
    (measured with lexbor: 150,000 attributes take 190 s)."""
    for tag in _LONG_TAG.finditer(html):
        if sum(1 for _ in _ATTRIBUTE.finditer(tag.group())) > limit:
            return True
    return False
