"""Rows by key, chunk after chunk: the first of each key, sums, lookups.

All rows of a key may be too many for one array. So they are read as chunks, twice or three times:
first what is known of each key is found, then each row is held against it. What is held is a row
for each key, however many rows it has.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.rows import Flags, Rows, starts

Rank = Callable[[Rows], Sequence[NDArray[Any]]]  # of rows of one key, the most important first


def first_of_each(chunks: Iterable[Rows], key: Sequence[str], rank: Rank) -> Rows:
    """The row of each key that comes first, sorted by key."""
    return merged(chunks, lambda rows: _firsts(rows, key, rank))


def merged(chunks: Iterable[Rows], merge: Callable[[Rows], Rows]) -> Rows:
    """What `merge`, which must give the same in any order and grouping, leaves of all chunks."""
    held: list[Rows] = []
    found, count = 0, 0  # rows that the last merge has left, and that came since
    for rows in chunks:
        held.append(merge(rows))
        count += len(held[-1])
        if count > found:  # so that what is left is not merged again with every chunk
            held = [merge(np.concatenate(held))]
            found, count = len(held[0]), 0
    return held[0] if len(held) == 1 else merge(np.concatenate(held))


def _firsts(rows: Rows, key: Sequence[str], rank: Rank) -> Rows:
    rows = rows[np.lexsort([*reversed(rank(rows)), *(rows[name] for name in reversed(key))])]
    return rows[starts(*(rows[name] for name in key))]


def places_of(asked: Sequence[NDArray[Any]], known: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    """The place of each asked key among the known ones, which are columns too; -1 where none is."""
    keys = zip(*(column.tolist() for column in known), strict=True)
    at = {key: place for place, key in enumerate(keys)}
    found = zip(*(column.tolist() for column in asked), strict=True)
    return np.array([at.get(key, -1) for key in found], dtype=np.int64)


class Known:
    """Rows that are sorted by their key, looked up by it."""

    def __init__(self, rows: Rows, key: Sequence[str]) -> None:
        self.rows = rows
        self._key = key
        self._packed = _packed(rows, key)

    def of(self, rows: Rows) -> Rows:
        """The known row of the key of each row, all of which are known."""
        order = np.lexsort([rows[name] for name in reversed(self._key)])
        first = starts(*(rows[name][order] for name in self._key))
        at = np.searchsorted(self._packed, _packed(rows[order[first]], self._key))
        places = np.empty(len(rows), dtype=np.int64)
        places[order] = at[np.cumsum(first) - 1]
        return self.rows[places]

    def has(self, rows: Rows) -> Flags:
        """Whether the key of each row is known."""
        asked = _packed(rows, self._key)
        if not len(self._packed):
            return np.zeros(len(rows), dtype=np.bool_)
        at = np.minimum(np.searchsorted(self._packed, asked), len(self._packed) - 1)
        return np.asarray(self._packed[at] == asked, dtype=np.bool_)


def _packed(rows: Rows, key: Sequence[str]) -> NDArray[Any]:
    """Keys of unsigned numbers as bytes whose order is theirs."""
    whole = np.stack([rows[name].astype(np.uint64) for name in key], axis=1).astype(">u8")
    return np.ascontiguousarray(whole).view(f"S{8 * len(key)}")[:, 0]
