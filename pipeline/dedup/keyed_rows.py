"""Rows by key, chunk after chunk: the first of each key, sums, lookups.

All rows of a key may be too many for one array. So they are read as chunks, twice or three times:
first what is known of each key is found, then each row is held against it. What is held is a row
for each key, however many rows it has.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.rows import Flags, Places, Rows, starts

Rank = Callable[[Rows], Sequence[NDArray[Any]]]  # of rows of one key, the most important first


def first_of_each(chunks: Iterable[Rows], key: Sequence[str], rank: Rank) -> Rows:
    """The row of each key that comes first, sorted by key."""
    return merged(chunks, lambda rows: _firsts(rows, key, rank))


def merged(chunks: Iterable[Rows], merge: Callable[[Rows], Rows]) -> Rows:
    """What `merge`, which must give the same in any order and grouping, leaves of all chunks."""
    found: Rows | None = None
    for rows in chunks:
        left = merge(rows)
        found = left if found is None else merge(np.concatenate([found, left]))
    assert found is not None, "there is a chunk, if only an empty one"
    return found


def _firsts(rows: Rows, key: Sequence[str], rank: Rank) -> Rows:
    rows = rows[np.lexsort([*reversed(rank(rows)), *(rows[name] for name in reversed(key))])]
    return rows[starts(*(rows[name] for name in key))]


def places_of(rows: Rows, key: Sequence[str], found: Rows) -> Places:
    """Where the key of each row stands in `found`, which is sorted by key and knows it."""
    order = np.lexsort([rows[name] for name in reversed(key)])
    first = starts(*(rows[name][order] for name in key))
    heads = rows[order[first]]
    places = np.empty(len(rows), dtype=np.int64)
    places[order] = np.searchsorted(_packed(found, key), _packed(heads, key))[np.cumsum(first) - 1]
    return places


def _packed(rows: Rows, key: Sequence[str]) -> NDArray[Any]:
    """Keys of unsigned numbers as bytes whose order is theirs."""
    whole = np.stack([rows[name].astype(np.uint64) for name in key], axis=1).astype(">u8")
    return np.ascontiguousarray(whole).view(f"S{8 * len(key)}")[:, 0]


def is_one_of(rows: Rows, key: Sequence[str], found: Rows) -> Flags:
    """Whether the key of each row is one of those of `found`, which is sorted by key."""
    known, asked = _packed(found, key), _packed(rows, key)
    if not len(known):
        return np.zeros(len(rows), dtype=np.bool_)
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.asarray(known[at] == asked, dtype=np.bool_)
