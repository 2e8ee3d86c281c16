"""Rows that were brought together, in amounts that fit: chunks, pieces, sorted pieces.

What a process holds of a group does not grow with it. Chunks are some of its rows, whichever come;
a piece has all rows of its keys; sorted pieces, one behind the other, are the sorted group. A group
that is larger than a piece is laid into temporary files first.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = np.ndarray[Any, np.dtype[Any]]

CHUNK_BYTES = 32 << 20
PIECE_BYTES = 128 << 20
_SAMPLE = 1_000  # rows of a chunk that tell where pieces are cut


def mixed(rows: Rows, key: Sequence[str]) -> NDArray[np.uint64]:
    """A hash of the key fields of every row."""
    found = np.zeros(len(rows), dtype=np.uint64)
    for name in key:
        found ^= rows[name].astype(np.uint64)
        found *= np.uint64(0x9E3779B97F4A7C15)
        found ^= found >> np.uint64(29)
    return found


class Group:
    """The rows of one kind of a range, as the bytes that came; read as often as is asked."""

    def __init__(self, blobs: Iterable[bytes], dtype: np.dtype[Any], key: Sequence[str]) -> None:
        # What can be read once only is kept.
        self._blobs = list(blobs) if iter(blobs) is blobs else blobs
        self.dtype = dtype
        self._key = key

    def __iter__(self) -> Iterator[Rows]:
        """Chunks, in no order."""
        held: list[bytes] = []
        size = 0
        for blob in self._blobs:
            held.append(blob)
            size += len(blob)
            if size >= CHUNK_BYTES:
                yield np.frombuffer(b"".join(held), dtype=self.dtype)
                held, size = [], 0
        yield np.frombuffer(b"".join(held), dtype=self.dtype)

    @property
    def bytes(self) -> int:
        return sum(map(len, self._blobs))

    def whole(self) -> Rows:
        """All rows at once, for what is known to be little."""
        return np.frombuffer(b"".join(self._blobs), dtype=self.dtype)

    def pieces(self) -> Iterator[Rows]:
        """Arrays that each have all rows of their keys."""
        count = -(-self.bytes // PIECE_BYTES)
        if count <= 1:
            yield self.whole()
            return
        # Ranges were told apart by the low part of the same hash.
        yield from laid_apart(
            self, self.dtype, count, lambda rows: (mixed(rows, self._key) >> 40) % np.uint64(count)
        )


class Spool:
    """Chunks that come once, kept so that they can be read again: here, if many in a file."""

    def __init__(self, chunks: Iterable[Rows], dtype: np.dtype[Any]) -> None:
        self._file = tempfile.SpooledTemporaryFile(PIECE_BYTES)  # noqa: SIM115, see __exit__
        self._dtype = dtype
        for rows in chunks:
            self._file.write(rows.tobytes())

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Rows]:
        self._file.seek(0)
        step = CHUNK_BYTES - CHUNK_BYTES % self._dtype.itemsize
        while data := self._file.read(step):
            yield np.frombuffer(data, dtype=self._dtype)


def laid_apart(
    chunks: Iterable[Rows], dtype: np.dtype[Any], count: int, place: Callable[[Rows], Any]
) -> Iterator[Rows]:
    """The rows of each of `count` places, by way of temporary files."""
    with tempfile.TemporaryDirectory(prefix="gristmill-") as folder:
        paths = [f"{folder}/{number}" for number in range(count)]
        for rows in chunks:
            places = place(rows)
            for number in np.unique(places).tolist():
                with open(paths[number], "ab") as file:
                    file.write(rows[places == number].tobytes())
        for path in paths:
            yield _read(path, dtype)


def _read(path: str, dtype: np.dtype[Any]) -> Rows:
    try:
        return np.fromfile(path, dtype=dtype)
    except FileNotFoundError:
        return np.zeros(0, dtype=dtype)


def in_order(rows: Rows) -> Rows:
    """Rows sorted by every field, the first the most important."""
    return rows[np.lexsort([rows[field] for field in reversed(rows.dtype.names or ())])]


def sorted_pieces(chunks: Iterable[Rows], dtype: np.dtype[Any]) -> Iterator[Rows]:
    """The rows of `chunks`, which can be read again, sorted by every field, in arrays that fit."""
    count = -(-sum(rows.nbytes for rows in chunks) // PIECE_BYTES)
    if count <= 1:
        yield in_order(np.concatenate([np.zeros(0, dtype=dtype), *chunks]))
        return
    field, edges = _edges(chunks, dtype, count)
    if not field:
        yield from chunks  # all rows are equal
        return
    parts = laid_apart(
        chunks, dtype, len(edges) + 1, lambda rows: np.searchsorted(edges, rows[field], "right")
    )
    for rows in parts:
        yield from sorted_pieces(_cut(rows), dtype)


def _edges(chunks: Iterable[Rows], dtype: np.dtype[Any], count: int) -> tuple[str, NDArray[Any]]:
    """The first field that has several values, and up to `count` of them where pieces begin."""
    for field in dtype.names or ():
        # Of each chunk its ends alone: all values together would be the group again.
        ends = np.unique(
            np.concatenate([np.unique(rows[field])[[0, -1]] for rows in chunks if len(rows)])
        )
        if len(ends) > 1:
            some = [rows[field][:: max(1, len(rows) // _SAMPLE)] for rows in chunks]
            cuts = np.sort(np.concatenate([*some, ends]))
            at = np.linspace(0, len(cuts) - 1, 2 * count + 1).astype(int)[1:-1]
            edges = np.unique(np.append(cuts[at], ends[-1]))
            return field, edges[edges > ends[0]]
    return "", np.zeros(0)


def _cut(rows: Rows) -> list[Rows]:
    step = max(1, CHUNK_BYTES // rows.dtype.itemsize)
    edges = [*range(0, len(rows), step), len(rows)]
    return [rows[start:stop] for start, stop in pairwise(edges)]
