"""Rows brought together by key, and left in files by range.

Rows are NumPy structured arrays, split by ranges of a hashed key, and travel as the bytes of their
columns: what is grouped costs no Python object each. In how many ranges they are split changes
nothing but how much meets in one place. Rows come together in no order: who needs one, sorts.

Most bytes of a grouped element: the rows that one unit has in one range; of a group: all rows over
`ranges`, which the caller chooses from the number of rows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from pipeline.frame.graph import Chain, Each, Function, Shuffle
from pipeline.frame.range_files import RangeFiles, Rows, range_of


def split_rows(rows: Rows, key: Sequence[str], ranges: int) -> Iterator[tuple[int, bytes]]:
    """(range, bytes of its rows) for every range that has some."""
    place = range_of(rows, key, ranges)
    order = np.argsort(place, kind="stable")
    edges = np.searchsorted(place[order], np.arange(ranges + 1))
    for number in np.flatnonzero(np.diff(edges)):
        yield int(number), rows[order[edges[number] : edges[number + 1]]].tobytes()


def join_rows(blobs: Iterable[bytes], dtype: Any) -> Rows:
    """The rows of a range from all that was split off for it."""
    return np.frombuffer(b"".join(blobs), dtype=dtype)


@dataclass(frozen=True)
class MapRanges(Each):
    """(range, rows) to what `function` makes of the rows, or of the number of the range and them
    where it is `numbered`.
    """

    function: Callable[..., Any]
    numbered: bool = False

    @property
    def label(self) -> str:
        plain = self.function.func if isinstance(self.function, partial) else self.function
        return plain.__name__

    def start(self) -> Function:
        if self.numbered:
            return lambda pair: (self.function(*pair),)
        return lambda pair: (self.function(pair[1]),)


def save_rows(
    store: RangeFiles,
    name: str,
    key: tuple[str, ...],
    dtype: np.dtype[Any],
    reduce: Callable[[Rows], Rows] | None = None,
) -> Chain:
    """Arrays of rows brought together by key, each range reduced once more and left in its file."""
    save = partial(saved, store, name, reduce)
    return Shuffle(key, store.ranges, dtype) | MapRanges(save, numbered=True)


def saved(
    store: RangeFiles,
    name: str,
    reduce: Callable[[Rows], Rows] | None,
    number: int,
    rows: Rows,
) -> str:
    """Writes a range; gives the path."""
    return store.save(name, number, reduce(rows) if reduce else rows)
