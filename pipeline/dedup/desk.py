"""What the pipelines of one job leave for each other: files of rows, one per range of a key.

A range holds the rows whose hashed key fields fall into it; a part finds its rows in the range of
its number. How many ranges there are changes no decision.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline import files
from pipeline.dedup.rows import Rows, concatenate
from pipeline.document import Unit
from pipeline.frame.shuffle import range_of

RANGE_DOCUMENTS = 50_000  # documents whose rows fall into one range: 20 MB of band rows


@dataclass(frozen=True)
class Desk:
    """Where rows lie, in how many ranges, and the numbers of parts by their units' names."""

    folder: str
    ranges: int
    own: int  # parts of this run; those of earlier runs have higher numbers
    numbers: Mapping[str, int]

    def path(self, name: str, number: int) -> str:
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
        return concatenate([self.load(name, at, dtype) for at in range(self.ranges)], dtype)

    def of_part(self, names: Sequence[str], part: int, dtype: np.dtype[Any]) -> Rows:
        """The rows that passes have left for a part."""
        number = int(range_of(np.array([(part,)], [("part", "<u4")]), ("part",), self.ranges)[0])
        rows = [self.load(name, number, dtype) for name in names]
        return concatenate([each[each["part"] == part] for each in rows], dtype)


def make_desk(folder: str, units: Iterable[Unit], earlier: Iterable[Unit], documents: int) -> Desk:
    """Parts are numbered by their names, those of earlier runs after the own ones."""
    own = sorted(unit.name for unit in units)
    names = [*own, *sorted(unit.name for unit in earlier)]
    ranges = max(1, -(-documents // RANGE_DOCUMENTS))
    return Desk(folder, ranges, len(own), {name: number for number, name in enumerate(names)})
