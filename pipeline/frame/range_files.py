"""What the pipelines of one job leave for each other: files of rows, one per range of a hashed key.

A range holds the rows whose key fields hash into it; a part finds its rows in the range of its
number. How many ranges there are changes no decision.

A file is rows, sorted by every field. Where the first field is a part, the parts and the places at
which their rows begin stand behind them, so that one part's rows are read alone; the last two
numbers are those of the places and of the file's bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import files
from pipeline.document import Unit
from pipeline.frame.row_groups import CHUNK_BYTES, Rows, mixed, sorted_pieces
from pipeline.frame.unit_lists import UnitList, unit_list

RANGE_DOCUMENTS = 50_000  # documents whose rows fall into one range: 20 MB of band rows
MOST_RANGES = 10_000  # from there on a range holds more
FEW = 10_000  # rows that are told to every worker
EVERY_PART = 2**32 - 1  # in place of a part: the row is for all parts of the range
END = 16  # bytes: how many places there are, and how many bytes in all
TAIL_BYTES = 64 << 10  # of a file that are read to find a part: the places of 5,000 parts

_PLACE = np.dtype([("part", "<u4"), ("start", "<i8")])


def range_of(rows: Rows, key: Sequence[str], ranges: int) -> NDArray[np.int64]:
    """The range each row falls into: a mixed hash of its key fields, modulo `ranges`."""
    return (mixed(rows, key) % np.uint64(ranges)).astype(np.int64)


def ranges_of_parts(ranges: int, parts: NDArray[Any]) -> NDArray[np.int64]:
    """The range in which each part finds its rows."""
    rows = np.zeros(len(parts), dtype=[("part", "<u4")])
    rows["part"] = parts
    return range_of(rows, ("part",), ranges)


@dataclass(frozen=True)
class RangeFiles:
    """Where rows lie, and in how many ranges."""

    folder: str
    ranges: int
    own: int  # parts of this run; those of earlier runs have higher numbers

    def path(self, name: str, number: int) -> str:
        """The file of the rows called `name` of a range."""
        return files.join(self.folder, f"{name}-{number:05}.rows")

    def save(
        self,
        name: str,
        number: int,
        chunks: Iterable[Rows],
        dtype: np.dtype[Any],
        reduce: Callable[[Rows], Rows] | None = None,
    ) -> str:
        """Writes the rows of a range, sorted by every field; gives the path."""
        places, written = [np.zeros(0, dtype=_PLACE)], 0
        with files.atomic(self.path(name, number)) as file:
            last = np.zeros(0, dtype=dtype)
            for piece in sorted_pieces(chunks, dtype):
                # Rows that are all equal may be too many for one piece.
                new = piece[piece != last] if reduce and len(last) else piece
                rows, last = (reduce(new) if reduce else new), piece[-1:]
                file.write(rows.tobytes())
                places.append(_places(rows, written))
                written += len(rows)
            index = np.concatenate(places)
            file.write(index.tobytes())
            end = [len(index), written * dtype.itemsize + index.nbytes + END]
            file.write(np.array(end, dtype="<i8").tobytes())
        return self.path(name, number)

    def chunks(self, name: str, number: int, dtype: np.dtype[Any]) -> Iterator[Rows]:
        """The rows of a range, some at a time; none where none were written."""
        path = self.path(name, number)
        end = _end(path, CHUNK_BYTES)
        tail, size = _tail(end)
        stop, step = size - tail, CHUNK_BYTES - CHUNK_BYTES % dtype.itemsize
        if len(end) == size:
            yield np.frombuffer(end[:stop], dtype=dtype)
            return
        for start in range(0, stop, step):
            data = files.read_range(path, start, min(start + step, stop))
            yield np.frombuffer(data, dtype=dtype)

    def load(self, name: str, number: int, dtype: np.dtype[Any]) -> Rows:
        """All rows of a range."""
        return np.concatenate([np.zeros(0, dtype), *self.chunks(name, number, dtype)])

    def of_part(self, names: Sequence[str], part: int, dtype: np.dtype[Any]) -> Rows:
        """The rows called one of `names` that are for a part, or for every one of its range.

        Their first field is `part`.
        """
        if (dtype.names or ("",))[0] != "part":
            raise TypeError(f"rows of {dtype} are not found by part")
        number = int(ranges_of_parts(self.ranges, np.array([part]))[0])
        paths = [self.path(name, number) for name in names]
        found = [one for path in paths for one in _of_part(path, part, dtype)]
        return np.concatenate([np.zeros(0, dtype), *found])


@dataclass(frozen=True)
class PartRows:
    """The rows called `name` of each part: told to every worker where they are few, else read."""

    store: RangeFiles
    name: str
    dtype: np.dtype[Any]
    few: Rows | None

    def __call__(self, part: int) -> Rows:
        if self.few is None:
            return self.store.of_part((self.name,), part, self.dtype)
        of_part: Rows = self.few[self.few["part"] == part]
        return of_part


def part_rows(store: RangeFiles, name: str, dtype: np.dtype[Any]) -> PartRows:
    """The rows that a pipeline has left for parts as `name`."""
    rows = store.load(name, 0, dtype) if store.ranges == 1 else None
    return PartRows(store, name, dtype, rows if rows is not None and len(rows) <= FEW else None)


def _places(rows: Rows, before: int) -> Rows:
    """Where the rows of each part begin, behind `before` others; none without parts."""
    if (rows.dtype.names or ("",))[0] != "part":
        return np.zeros(0, dtype=_PLACE)
    parts, starts = np.unique(rows["part"], return_index=True)
    places = np.zeros(len(parts), dtype=_PLACE)
    places["part"], places["start"] = parts, starts + before
    return places


def _end(path: str, length: int) -> bytes:
    """The last bytes of a file of rows; none where there is no file."""
    try:
        return files.read_end(path, length)
    except FileNotFoundError:
        return b""


def _tail(end: bytes) -> tuple[int, int]:
    """Bytes of what stands behind the rows of a file, and of the whole of it."""
    count, size = np.frombuffer(end[-END:], "<i8").tolist() if end else (0, 0)
    return (_PLACE.itemsize * count + END if end else 0), size


def _of_part(path: str, part: int, dtype: np.dtype[Any]) -> list[Rows]:
    end = _end(path, TAIL_BYTES)
    tail, size = _tail(end)
    if tail > len(end):
        end = _end(path, tail)
    places = np.frombuffer(end[len(end) - tail : -END], dtype=_PLACE)
    stops = dtype.itemsize * np.append(places["start"][1:], (size - tail) // dtype.itemsize)
    starts = dtype.itemsize * places["start"]
    wanted = (places["part"] == part) | (places["part"] == EVERY_PART)
    before = size - len(end)  # bytes of the file that have not been read
    found = []
    for start, stop in zip(starts[wanted].tolist(), stops[wanted].tolist(), strict=True):
        read = start >= before
        data = end[start - before : stop - before] if read else files.read_range(path, start, stop)
        found.append(np.frombuffer(data, dtype=dtype))
    return found


def range_files(folder: str, own: int, documents: int) -> RangeFiles:
    """Files for the rows of about so many documents; `own` is the number of the run's parts."""
    return RangeFiles(folder, min(MOST_RANGES, max(1, -(-documents // RANGE_DOCUMENTS))), own)


def range_units(store: RangeFiles, *names: str) -> UnitList:
    """A unit for every range, for a pipeline that reads the rows called `names`."""
    sizes = files.sizes(store.folder)
    return unit_list(
        Unit(
            name=f"range{at:05}",
            paths=(),
            bytes=sum(sizes.get(store.path(name, at).rpartition("/")[2], 0) for name in names),
            start=at,
        )
        for at in range(store.ranges)
    )
