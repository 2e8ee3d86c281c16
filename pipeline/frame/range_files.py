"""What the pipelines of one job leave for each other: files of rows, one per range of a hashed key.

A range holds the rows whose key fields hash into it; a part finds its rows in the range of its
number. How many ranges there are changes no decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import files
from pipeline.document import Unit
from pipeline.frame.unit_lists import UnitList, unit_list

RANGE_DOCUMENTS = 50_000  # documents whose rows fall into one range: 20 MB of band rows
MOST_RANGES = 10_000  # from there on a range holds more

Rows = np.ndarray[Any, np.dtype[Any]]


def range_of(rows: Rows, key: Sequence[str], ranges: int) -> NDArray[np.int64]:
    """The range each row falls into: a mixed hash of its key fields, modulo `ranges`."""
    mixed = np.zeros(len(rows), dtype=np.uint64)
    for name in key:
        mixed ^= rows[name].astype(np.uint64)
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed % np.uint64(ranges)).astype(np.int64)


@dataclass(frozen=True)
class RangeFiles:
    """Where rows lie, and in how many ranges."""

    folder: str
    ranges: int
    own: int  # parts of this run; those of earlier runs have higher numbers

    def path(self, name: str, number: int) -> str:
        """The file of the rows called `name` of a range."""
        return files.join(self.folder, f"{name}-{number:05}.rows")

    def save(self, name: str, number: int, rows: Rows) -> str:
        """Writes the rows of a range, sorted by every field; gives the path."""
        ordered = rows[np.lexsort([rows[field] for field in reversed(rows.dtype.names or ())])]
        files.write_bytes_atomic(self.path(name, number), ordered.tobytes())
        return self.path(name, number)

    def load(self, name: str, number: int, dtype: np.dtype[Any]) -> Rows:
        """The rows of a range; none where none were written."""
        path = self.path(name, number)
        return np.frombuffer(files.read_bytes(path) if files.exists(path) else b"", dtype=dtype)

    def load_all(self, name: str, dtype: np.dtype[Any]) -> Rows:
        """The rows of all ranges: only for what is known to be little."""
        found = [self.load(name, at, dtype) for at in range(self.ranges)]
        return np.concatenate([np.zeros(0, dtype), *found])

    def of_part(self, names: Sequence[str], part: int, dtype: np.dtype[Any]) -> Rows:
        """The rows called one of `names` that are for a part."""
        number = int(range_of(np.array([(part,)], [("part", "<u4")]), ("part",), self.ranges)[0])
        found = [self.load(name, number, dtype) for name in names]
        return np.concatenate([np.zeros(0, dtype), *(rows[rows["part"] == part] for rows in found)])


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
