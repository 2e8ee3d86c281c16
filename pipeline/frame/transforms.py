"""Beam: units dealt to workers, batches through stage functions, parts committed, rows grouped.

The only file that knows how a pure function becomes a transform. A stage's own `transform.py` names
its function and config; everything here is shared by all of them.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import apache_beam as beam
import numpy as np
from apache_beam.metrics import Metrics

from pipeline import files
from pipeline.document import Batch, Document, Dropped, Lost, Page, Record, Unit
from pipeline.frame.parts import Made, commit, read_units
from pipeline.frame.shuffle import Rows, join_rows, split_rows

_MERGED_AT_ONCE = 10  # values held before they are merged

Step = Callable[[Record], Record | Dropped | Lost]


@dataclass
class DealUnits(beam.PTransform):
    """The units of a list on disk, one element each, dealt in the order of the list.

    The list is data, not part of the graph, so a graph stays small for a million units. Most bytes
    of a grouped element: one unit, about 1 kB.
    """

    path: str

    def expand(self, root: Any) -> Any:
        return (
            root
            | beam.Create([self.path], reshuffle=False)
            | beam.FlatMap(lambda path: enumerate(read_units(path))).with_output_types(
                tuple[int, Unit]
            )
            | beam.GroupByKey()
            | beam.FlatMap(lambda pair: pair[1]).with_output_types(Unit)
        )


@dataclass
class MapBatches(beam.PTransform):
    """Batch to batch: every record through the function that `make` builds, once per worker.

    `make` loads what is heavy (models, lists); nothing heavy is pickled. The function returns the
    record, changed or not, or the drop row it became. `name` is what its CPU time is counted under.
    """

    name: str
    make: Callable[[], Step]

    def expand(self, batches: Any) -> Any:
        return batches | beam.ParDo(_StepFn(self.make, self.name)).with_output_types(Batch)


class _StepFn(beam.DoFn):
    def __init__(self, make: Callable[[], Step], label: str) -> None:
        self._make = make
        self._label = label

    def setup(self) -> None:
        self._step = self._make()

    def process(self, batch: Batch) -> Iterator[Batch]:
        with _measured(self._label), _named(batch.unit):
            result = apply_step(self._step, batch)
        yield result


def apply_step(step: Step, batch: Batch) -> Batch:
    """The batch after `step`: records that became drop rows have moved to its drops."""
    results = [step(record) for record in batch.records]
    kept = tuple(result for result in results if not isinstance(result, Dropped | Lost))
    lost = tuple(result for result in results if isinstance(result, Lost))
    rows = (*(r for r in results if isinstance(r, Dropped)), *(one.row for one in lost))
    return replace(
        batch,
        records=kept,
        dropped=batch.dropped + rows,
        lost=batch.lost + tuple(one.measured for one in lost),
    )


def pages(step: Callable[[Page], Record | Dropped | Lost]) -> Step:
    """`step` for pages; documents of text sources, which have no page, pass."""
    return lambda record: step(record) if isinstance(record, Page) else record


def documents(step: Callable[[Document], Record | Dropped | Lost]) -> Step:
    """`step` for documents, after extraction."""

    def checked(record: Record) -> Record | Dropped | Lost:
        if not isinstance(record, Document):
            raise TypeError(f"documents are expected here, not {type(record).__name__}")
        return step(record)

    return checked


@dataclass
class MapUnits(beam.PTransform):
    """Unit to any number of elements by the function that `make` builds, once per worker."""

    name: str
    make: Callable[[], Callable[[Unit], Iterable[Any]]]

    def expand(self, units: Any) -> Any:
        return units | beam.ParDo(_UnitFn(self.make, self.name))


class _UnitFn(beam.DoFn):
    def __init__(self, make: Callable[[], Callable[[Unit], Iterable[Any]]], label: str) -> None:
        self._make = make
        self._label = label

    def setup(self) -> None:
        self._function = self._make()

    def process(self, unit: Unit) -> Iterator[Any]:
        elements = iter(self._function(unit))
        while True:
            with _measured(self._label), _named(unit):
                element = next(elements, None)
            if element is None:
                return
            yield element


@dataclass
class CommitParts(beam.PTransform):
    """Writes what a unit has made: each table whole, the marker last. Gives names of parts."""

    folder: str
    make: Callable[[Any], Made] | None = None  # None: the elements are what was made

    def expand(self, elements: Any) -> Any:
        return elements | beam.ParDo(_CommitFn(self.folder, self.make)).with_output_types(str)


class _CommitFn(beam.DoFn):
    def __init__(self, folder: str, make: Callable[[Any], Made] | None) -> None:
        self._folder = folder
        self._make = make

    def process(self, element: Any) -> Iterator[str]:
        with _measured("CommitParts"):
            made: Made = self._make(element) if self._make else element
            commit(self._folder, made)
        yield made.part


@dataclass
class ShuffleRows(beam.PTransform):
    """Arrays of rows to (range, array): all rows whose key fields hash into a range, sorted.

    Rows are NumPy structured arrays and travel as their bytes, so the cost is that of the columns
    and not of Python objects. Most bytes of a grouped element: the rows that one unit has in one
    range; of a group: all rows over `ranges`, which the caller chooses from the number of rows.
    """

    key: tuple[str, ...]
    ranges: int
    dtype: Any

    def expand(self, arrays: Any) -> Any:
        return (
            arrays
            | beam.FlatMap(split_rows, self.key, self.ranges).with_output_types(tuple[int, bytes])
            | beam.GroupByKey()
            | beam.Map(_sorted_rows, self.dtype)
        )


def _sorted_rows(group: tuple[int, Iterable[bytes]], dtype: Any) -> tuple[int, Rows]:
    number, blobs = group
    return number, np.sort(join_rows(blobs, dtype), order=list(dtype.names), kind="stable")


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
            | beam.Map(_write_value, self.path, self.encode)
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


class _measured:
    """Adds the CPU time of a block to the counter of its stage."""

    def __init__(self, label: str) -> None:
        self._counter = Metrics.counter("cpu_microseconds", label)

    def __enter__(self) -> None:
        self._start = time.thread_time_ns()

    def __exit__(self, *_: object) -> None:
        self._counter.inc((time.thread_time_ns() - self._start) // 1_000)


class _named:
    """Adds the unit's name to an exception, so that a bug can be found again."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            error.add_note(f"while working on unit {self._unit.name} ({self._unit.paths[0]})")
