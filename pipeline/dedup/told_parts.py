"""What is known of a key, told to the parts that ask for it.

A site or host may stand in every part, and much may be known of it: rules, recurring lines. Told to
each part that would be the product of both. So where more than FEW parts of a range ask for a key,
it is told once, for all parts of the range: most rows of a key are those known of it, times FEW and
the number of ranges; and a part reads little that it has not asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from pipeline.dedup.rows import Places, Rows, groups, make

FEW = 8  # parts of a range that are told of a key one by one
AT_ONCE = 1 << 18  # rows of an array that is made

ASK = np.dtype([("key", "<u8"), ("part", "<u4")])
TOLD = np.dtype([*ASK.descr, ("wide", "u1")])

RangesOf = Callable[[Rows], Places]  # the ranges that parts lie in


def ask_rows(keys: Rows, part: int) -> Rows:
    """The keys that a part asks for. Key: key."""
    known = np.unique(keys)
    return make(ASK, len(known), key=known, part=part)


def told(chunks: Iterable[Rows], key: str, asks: Rows, ranges_of: RangesOf) -> Iterator[Rows]:
    """The rows of all chunks for each part or range that asks for their key; `part` and `wide` are
    filled in. A wide row names any part of its range.
    """
    asked = _asked(asks, ranges_of)
    for facts in chunks:
        yield from _told_of(facts, key, asked)


def _told_of(facts: Rows, key: str, asked: Rows) -> Iterator[Rows]:
    facts = facts[np.argsort(facts[key], kind="stable")]
    begin = np.searchsorted(asked["key"], facts[key], side="left")
    times = np.searchsorted(asked["key"], facts[key], side="right") - begin
    ends = np.cumsum(times)
    edges = np.searchsorted(ends, np.arange(0, int(times.sum()) + AT_ONCE, AT_ONCE), side="left")
    for start, stop in _steps(edges.tolist(), len(facts)):
        yield _repeated(facts[start:stop], begin[start:stop], times[start:stop], asked)


def _steps(edges: Sequence[int], count: int) -> Iterator[tuple[int, int]]:
    """Stretches of facts whose rows are about as many as are made at once."""
    ends = sorted({*(edge + 1 for edge in edges if edge < count), count})
    start = 0
    for stop in ends:
        if start < stop:
            yield start, stop
        start = stop


def _repeated(facts: Rows, begin: Places, times: Places, asked: Rows) -> Rows:
    rows = np.repeat(facts, times)
    offset = np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)
    who = asked[np.repeat(begin, times) + offset]
    rows["part"], rows["wide"] = who["part"], who["wide"]
    return rows


def _asked(asks: Rows, ranges_of: RangesOf) -> Rows:
    """Who is told of each key, sorted by key: parts, or one part of a range."""
    asks = np.unique(asks)
    ranges = ranges_of(asks["part"])
    order = np.lexsort([asks["part"], ranges, asks["key"]])
    asks, ranges = asks[order], ranges[order]
    first, size = groups(asks["key"], ranges)
    many = size > FEW
    few = _told(asks[~np.repeat(many, size)], 0)
    return np.sort(np.concatenate([few, _told(asks[first[many]], 1)]))


def _told(asks: Rows, wide: int) -> Rows:
    return make(TOLD, len(asks), key=asks["key"], part=asks["part"], wide=wide)
