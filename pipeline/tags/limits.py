"""What a page would cost a tree builder, reckoned before one sees it.

A tree builder looks back over its open elements at many tags, so a bomb of nested elements costs
the square of its depth (measured with lexbor: 100,000 open `div`s take 12 s). Counting tags that
can nest is a few array operations and bounds that cost; in a page of many tags the open elements
are kept by name.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.tags.attribute_limits import crowded, is_crowded, total
from pipeline.tags.open_elements import crowd
from pipeline.tags.tag_pairs import ROUNDS, unpaired
from pipeline.tags.tag_reading import named_tags, read_tags

_LESS, _SLASH = ord("<"), ord("/")
# First two letters of tags that are void or that a sibling closes: they do not nest by themselves.
_FLAT = ("p>", "p ", "p\n", "li", "br", "im", "in", "hr", "me", "td", "th", "tr", "op", "wb",
    "co", "pa",
         "dd", "dt", "so", "tb", "tf", "rp", "rt", "!-", "!d", "!D", "?x")  # fmt: skip


def _flat_table() -> NDArray[np.bool_]:
    table = np.zeros(65536, dtype=np.bool_)
    for pair in _FLAT:
        for form in (pair, pair.upper()):
            table[ord(form[0]) | ord(form[1]) << 8] = True
    return table


_IS_FLAT = _flat_table()
# The one html and the one body of a page take the attributes of all that follow.
_FEW_ROOTS, _MOST_OF_ROOTS = 4, 5_000
_FEW_TAGS = 1_000  # half of them formatting elements that half of them make anew: 250,000
_MOST_STEPS = 100_000_000  # back over open elements; each takes lexbor 3 to 5 ns
_MOST_REMADE = 1_000_000  # formatting elements; a tree of so many takes 500 MB


def _table(names: str) -> NDArray[np.bool_]:
    """Which `_first_two` begin one of `names`, which are a letter or two, in any case."""
    table = np.zeros(65536, dtype=np.bool_)
    for name in names.split():
        ends = name[1:] + name[1:].upper() or " \t\n\f\r/>"
        for end in ends.encode():
            for first in (name[0] + name[0].upper()).encode():
                table[first | end << 8] = True
    return table


_IS_ROOT = _table("ht bo")  # html, body
_IS_FORMATTING = _table("b i s u bi co em fo sm st tt")  # of `a` and `nobr` one is open at most
Names = NDArray[np.uint16]
Html = str | bytes  # bytes are UTF-8


class Limits(Protocol):
    """The part of the recipe that bounds a page."""

    @property
    def max_html_bytes(self) -> int: ...
    @property
    def max_nodes(self) -> int: ...
    @property
    def max_depth(self) -> int: ...
    def __hash__(self) -> int: ...


def parser_bytes(html: Html) -> bytes:
    """The page as lexbor reads it; lone surrogates go."""
    return html if isinstance(html, bytes) else html.encode("utf-8", "ignore")


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
    names = _first_two(body, tags)
    if (
        not _tags_excess(body, data, tags, names, limits)
        and _is_paired(body, tags, names)
        and not crowded(body, opens[(names & 0xFF) >= ord("A")], signs, kinds)
    ):
        return ""
    # What looks like a tag may be a comparison in a script: ask again, of real tags alone.
    spans = list(read_tags(body))
    tags = np.array([at for at, _ in spans], dtype=np.intp)
    if reason := _tags_excess(body, data, tags, _first_two(body, tags), limits):
        return reason
    if is_crowded(body[at:stop] for at, stop in spans):
        return "too_many_nodes"
    return crowd(named_tags(body, spans), _MOST_STEPS, _MOST_REMADE)


def _tags_excess(
    body: bytes, data: NDArray[np.uint8], tags: NDArray[np.intp], names: Names, limits: Limits
) -> str:
    """too_many_nodes or too_deep by the tags that begin at `tags`, else nothing."""
    if len(tags) > 2 * limits.max_nodes and _too_many(data[tags + 1], limits.max_nodes):
        return "too_many_nodes"
    most_depth = max(4 * limits.max_depth, 1000)
    if len(tags) > most_depth and _depth(body, tags, names) > most_depth:
        return "too_deep"
    roots = _IS_ROOT[names]
    if np.count_nonzero(roots) > _FEW_ROOTS and total(body, tags[roots].tolist()) > _MOST_OF_ROOTS:
        return "too_many_nodes"
    return ""


def _too_many(first: NDArray[np.uint8], most: int) -> bool:
    """Whether there are too many start tags, or too many of these, end tags and comments together;
    `first` are the bytes that follow a `<`.
    """
    opens = np.count_nonzero(first >= ord("A"))
    others = sum(np.count_nonzero(first == sign) for sign in b"/!?")
    return bool(opens > 2 * most or opens + others > 4 * most)


def _is_paired(body: bytes, tags: NDArray[np.intp], names: Names) -> bool:
    """Whether tags are so few, or so many close what they open, that both limits are far."""
    count = len(tags)
    if count * count <= _MOST_STEPS and (
        count <= _FEW_TAGS or count * np.count_nonzero(_IS_FORMATTING[names]) <= _MOST_REMADE
    ):
        return True
    left = unpaired(body, tags)
    return (
        (left.opens + 2 * ROUNDS) * count <= _MOST_STEPS
        and 2 * left.options * count <= _MOST_STEPS
        and (left.formatting + ROUNDS) * count <= _MOST_REMADE
    )


def _first_two(body: bytes, tags: NDArray[np.intp]) -> Names:
    """The two bytes that follow the `<` of each tag."""
    pairs: Names = np.ndarray((len(body) - 1,), dtype="<u2", buffer=body, strides=(1,))
    return pairs[tags + 1]


def _depth(body: bytes, tags: NDArray[np.intp], names: Names) -> int:
    """The most elements that are open at once, as far as tags tell."""
    closes = (names & 0xFF) == _SLASH
    names = np.where(closes, _first_two(body, tags + 1), names)
    counts = ((names & 0xFF) >= ord("A")) & ~_IS_FLAT[names]
    depth = np.cumsum(counts.astype(np.int8) * (1 - 2 * closes.astype(np.int8)))
    return int((depth - np.minimum.accumulate(np.minimum(depth, 0))).max(initial=0))
