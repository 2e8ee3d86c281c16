"""Beam: rows brought together by key, small values merged into one.

Rows are NumPy structured arrays, split by ranges of a hashed key, and travel as the bytes of their
columns: what is grouped costs no Python object each. In how many ranges they are split changes
nothing but how much meets in one place. Rows come together in no order: who needs one, sorts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam
import numpy as np

from pipeline import files
from pipeline.frame.range_files import RangeFiles, Rows, range_of

_MERGED_AT_ONCE = 10  # values held before they are merged


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


@dataclass
class ShuffleRows(beam.PTransform):
    """Arrays of rows to (range, array): all rows whose key fields hash into a range.

    Most bytes of a grouped element: the rows that one unit has in one range; of a group: all rows
    over `ranges`, which the caller chooses from the number of rows.
    """

    key: tuple[str, ...]
    ranges: int
    dtype: Any

    def expand(self, arrays: Any) -> Any:
        return (
            arrays
            | "Split" >> _split(self.key, self.ranges)
            | beam.GroupByKey()
            | "Join" >> beam.MapTuple(partial(_numbered, self.dtype))
        )


def _split(key: tuple[str, ...], ranges: int) -> Any:
    return beam.FlatMap(split_rows, key, ranges).with_output_types(tuple[int, bytes])


def _numbered(dtype: Any, number: int, blobs: Iterable[bytes]) -> tuple[int, Rows]:
    return number, join_rows(blobs, dtype)


@dataclass
class JoinRows(beam.PTransform):
    """Units to (range, {name: rows}): the rows that several transforms make of them, by one key.

    Most bytes of a grouped element: as of `ShuffleRows`.
    """

    key: tuple[str, ...]
    ranges: int
    dtype: Any
    sources: Mapping[str, Any]  # transforms of units to rows

    def expand(self, units: Any) -> Any:
        blobs = {
            name: units | name >> source | f"Split {name}" >> _split(self.key, self.ranges)
            for name, source in self.sources.items()
        }
        return blobs | beam.CoGroupByKey() | "Join" >> beam.Map(partial(_joined, self.dtype))


def _joined(dtype: Any, group: Any) -> tuple[int, dict[str, Rows]]:
    """One element of CoGroupByKey, whose types Beam cannot follow."""
    number, blobs = group
    return number, {name: join_rows(some, dtype) for name, some in blobs.items()}


@dataclass
class MapRanges(beam.PTransform):
    """(range, rows) to what `function` makes of the rows."""

    function: Callable[[Any], Any]

    def expand(self, ranges: Any) -> Any:
        return ranges | "Map" >> beam.MapTuple(partial(_of_rows, self.function))


def _of_rows(function: Callable[[Any], Any], _number: int, rows: Any) -> Any:
    return function(rows)


@dataclass
class MapNumberedRanges(beam.PTransform):
    """(range, rows) to what `function` makes of the number of the range and its rows."""

    function: Callable[[int, Any], Any]

    def expand(self, ranges: Any) -> Any:
        return ranges | "Map" >> beam.MapTuple(partial(_of_range, self.function))


def _of_range(function: Callable[[int, Any], Any], number: int, rows: Any) -> Any:
    return function(number, rows)


@dataclass
class SaveRows(beam.PTransform):
    """Arrays of rows brought together by key, each range reduced once more and left in its file."""

    store: RangeFiles
    name: str
    key: tuple[str, ...]
    dtype: np.dtype[Any]
    reduce: Callable[[Rows], Rows] | None = None

    def expand(self, arrays: Any) -> Any:
        return (
            arrays
            | ShuffleRows(self.key, self.store.ranges, self.dtype)
            | MapNumberedRanges(partial(_saved, self.store, self.name, self.reduce))
        )


def _saved(
    store: RangeFiles,
    name: str,
    reduce: Callable[[Rows], Rows] | None,
    number: int,
    rows: Rows,
) -> str:
    return store.save(name, number, reduce(rows) if reduce else rows)


@dataclass
class Branches(beam.PTransform):
    """Several transforms over the same elements, by name."""

    transforms: Mapping[str, Any]

    def expand(self, elements: Any) -> Any:
        return tuple(elements | name >> each for name, each in self.transforms.items())


@dataclass
class Gather(beam.PTransform):
    """Small values of all units merged into one and written to a file.

    `merge` must give the same in any order and grouping. Most bytes of a grouped element: ten
    values; what is gathered here is bounded by its kind (a sample, a histogram), not by the corpus.
    """

    path: str
    merge: Callable[[list[Any]], Any]
    encode: Callable[[Any], bytes]

    def expand(self, values: Any) -> Any:
        return (
            values
            | beam.CombineGlobally(_Merge(self.merge)).without_defaults()
            | "Write" >> beam.Map(_write_value, self.path, self.encode)
        )


class _Merge(beam.CombineFn):
    def __init__(self, merge: Callable[[list[Any]], Any]) -> None:
        self._merge = merge

    def create_accumulator(self) -> list[Any]:
        return []

    def add_input(self, accumulator: list[Any], value: Any) -> list[Any]:
        return self._bounded([*accumulator, value])

    def merge_accumulators(self, accumulators: Iterable[list[Any]]) -> list[Any]:
        return self._bounded([value for accumulator in accumulators for value in accumulator])

    def extract_output(self, accumulator: list[Any]) -> Any:
        return self._merge(accumulator)

    def _bounded(self, values: list[Any]) -> list[Any]:
        return values if len(values) < _MERGED_AT_ONCE else [self._merge(values)]


def _write_value(value: Any, path: str, encode: Callable[[Any], bytes]) -> str:
    files.write_bytes_atomic(path, encode(value))
    return path
