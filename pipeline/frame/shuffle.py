"""Rows brought together by key, merged, and left in files by range.

Rows are NumPy structured arrays, split by ranges of a hashed key, and travel as the bytes of their
columns: what is grouped costs no Python object each. In how many ranges they are split changes
nothing but how much meets in one place. Rows come together in no order: who needs one, sorts.

Most bytes of a grouped element: the rows that one unit has in one range; of a group: all rows over
`ranges`, which the caller chooses from the number of rows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from pipeline.frame.graph import Shuffle
from pipeline.frame.range_files import EVERY_PART, RangeFiles, range_of
from pipeline.frame.row_groups import Group, Rows

MERGED_BYTES = 8 << 20  # of rows that are held before they are merged


def split_rows(rows: Rows, key: Sequence[str], ranges: int) -> Iterator[tuple[int, bytes]]:
    """(range, bytes of its rows) for every range that has some."""
    place = range_of(rows, key, ranges)
    order = np.argsort(place, kind="stable")
    numbers, starts = np.unique(place[order], return_index=True)
    ends = np.append(starts, len(rows))[1:]
    for number, start, end in zip(numbers.tolist(), starts, ends, strict=True):
        yield number, rows[order[start:end]].tobytes()


class Merging:
    """Rows of a range that are merged as they come; as many are held as `merge` leaves."""

    def __init__(self, dtype: np.dtype[Any], merge: Callable[[Rows], Rows]) -> None:
        self._dtype = dtype
        self._merge = merge
        self._blobs: list[bytes] = []
        self._size, self._limit = 0, MERGED_BYTES

    def add(self, blob: bytes) -> None:
        self._blobs.append(blob)
        self._size += len(blob)
        if self._size > self._limit:
            data = self.rows().tobytes()
            self._blobs, self._size = [data], len(data)
            self._limit = 2 * len(data) + MERGED_BYTES  # a merge costs what it holds

    def rows(self) -> Rows:
        """What is left of all rows so far."""
        return self._merge(np.frombuffer(b"".join(self._blobs), dtype=self._dtype))


def save_rows(
    store: RangeFiles,
    name: str,
    key: tuple[str, ...],
    dtype: np.dtype[Any],
    reduce: Callable[[Rows], Rows] | None = None,
) -> Shuffle:
    """Arrays of rows brought together by key and left in a file for each range, sorted.

    `reduce` sees sorted rows in pieces, of which equal rows are in one. Rows that are `wide` are
    for every part of the range.
    """
    return Shuffle(key, store.ranges, dtype, partial(saved, store, name, reduce))


def saved(
    store: RangeFiles,
    name: str,
    reduce: Callable[[Rows], Rows] | None,
    number: int,
    group: Group,
) -> Iterator[str]:
    """Writes a range; gives the path."""
    wide = "wide" in (group.dtype.names or ())
    yield store.save(name, number, Widened(group) if wide else group, group.dtype, reduce)


class Widened:
    """Chunks in which rows that are `wide` name no part any more."""

    def __init__(self, chunks: Iterable[Rows]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[Rows]:
        for rows in self._chunks:
            named = rows.copy()
            named["part"][rows["wide"] == 1] = EVERY_PART
            yield named
