"""Rows on their way between workers: NumPy structured arrays, split by ranges of a hashed key.

Rows travel as the bytes of their columns, so what is grouped costs no Python object each. In how
many ranges they are split changes nothing but how much meets in one place.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = np.ndarray[Any, np.dtype[Any]]


def range_of(rows: Rows, key: Sequence[str], ranges: int) -> NDArray[np.int64]:
    """The range each row falls into: a mixed hash of its key fields, modulo `ranges`."""
    mixed = np.zeros(len(rows), dtype=np.uint64)
    for name in key:
        mixed ^= rows[name].astype(np.uint64)
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed % np.uint64(ranges)).astype(np.int64)


def split_rows(rows: Rows, key: Sequence[str], ranges: int) -> Iterator[tuple[int, bytes]]:
    """(range, bytes of its rows) for every range that has some."""
    place = range_of(rows, key, ranges)
    order = np.argsort(place, kind="stable")
    edges = np.searchsorted(place[order], np.arange(ranges + 1))
    for number in np.flatnonzero(np.diff(edges)):
        yield int(number), rows[order[edges[number] : edges[number + 1]]].tobytes()


def join_rows(blobs: Iterable[bytes], dtype: Any) -> Rows:
    """The rows of a range from all that was split off for it, in no order."""
    return np.frombuffer(b"".join(blobs), dtype=dtype)
