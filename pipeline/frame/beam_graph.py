"""Graphs given to Beam: each transform as a PTransform that calls the same functions.

With `engine`, `workers` and `preload` the only file that knows Beam.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics

from pipeline import files
from pipeline.document import Unit
from pipeline.frame.graph import (
    Branches,
    Each,
    Gather,
    Join,
    Shuffle,
    Transform,
    applied,
    steps,
)
from pipeline.frame.shuffle import join_rows, split_rows
from pipeline.frame.unit_lists import read_slice, slices

CPU_COUNTERS = "cpu_microseconds"  # namespace of the counters
_MERGED_AT_ONCE = 10  # values held before they are merged


def deal(root: Any, path: str, folder: str = "") -> Any:
    """The units of the list at `path`, one element each; those that `folder` has parts of are left
    out.

    The list is data, not part of the graph: workers read it by range, so a graph stays small for
    any number of units. Most bytes of a grouped element: two numbers.
    """
    return (
        root
        | beam.Create([path], reshuffle=False)
        | "Slices" >> beam.FlatMap(_numbered).with_output_types(tuple[int, tuple[int, int]])
        | beam.GroupByKey()
        | "Deal" >> beam.FlatMap(_units, path, folder).with_output_types(Unit)
    )


def _numbered(path: str) -> Iterable[tuple[int, tuple[int, int]]]:
    return enumerate(slices(path))


def _units(pair: tuple[int, Iterable[tuple[int, int]]], path: str, folder: str) -> Iterator[Unit]:
    for start, stop in pair[1]:
        yield from read_slice(path, start, stop, folder)


def over(graph: Transform, elements: Any, at: str = "") -> Any:
    """What a graph makes of a PCollection; `at` tells its place among others, for the labels."""
    for number, step in enumerate(steps(graph)):
        elements = _step(step, elements, f"{at}{number}")
    return elements


def _step(step: Transform, elements: Any, at: str) -> Any:
    match step:
        case Each():
            return elements | f"{at} {step.label}" >> beam.ParDo(_EachFn(step))
        case Shuffle():
            return _shuffled(step, elements, at)
        case Join():
            return _joined(step, elements, at)
        case Branches():
            return [
                over(branch, elements, f"{at} {name} ") for name, branch in step.transforms.items()
            ]
        case Gather():
            return _gathered(step, elements, at)
    raise TypeError(f"no transform: {step!r}")


class _EachFn(beam.DoFn):  # type: ignore[misc]
    def __init__(self, step: Each) -> None:
        self._step = step

    def setup(self) -> None:
        self._function = self._step.start()

    def process(self, element: Any) -> Iterator[Any]:
        return applied(self._function, element, self._step.label, _count)


def _count(label: str, microseconds: int) -> None:
    Metrics.counter(CPU_COUNTERS, label).inc(microseconds)


def _split(step: Shuffle | Join) -> Any:
    return beam.FlatMap(split_rows, step.key, step.ranges).with_output_types(tuple[int, bytes])


def _shuffled(step: Shuffle, arrays: Any, at: str) -> Any:
    return (
        arrays
        | f"{at} Split" >> _split(step)
        | f"{at} Group" >> beam.GroupByKey()
        | f"{at} Join" >> beam.MapTuple(partial(_numbered_rows, step.dtype))
    )


def _numbered_rows(dtype: Any, number: int, blobs: Iterable[bytes]) -> tuple[int, Any]:
    return number, join_rows(blobs, dtype)


def _joined(step: Join, elements: Any, at: str) -> Any:
    blobs = {
        name: over(source, elements, f"{at} {name} ") | f"{at} Split {name}" >> _split(step)
        for name, (source, _) in step.sources.items()
    }
    kinds = {name: dtype for name, (_, dtype) in step.sources.items()}
    return (
        blobs
        | f"{at} Group" >> beam.CoGroupByKey()
        | f"{at} Join" >> beam.Map(partial(_joined_rows, kinds))
    )


def _joined_rows(kinds: dict[str, Any], group: Any) -> tuple[int, dict[str, Any]]:
    """One element of CoGroupByKey, whose types Beam cannot follow."""
    number, blobs = group
    return number, {name: join_rows(some, kinds[name]) for name, some in blobs.items()}


def _gathered(step: Gather, values: Any, at: str) -> Any:
    return (
        values
        | f"{at} Merge" >> beam.CombineGlobally(_Merge(step.merge)).without_defaults()
        | f"{at} Write" >> beam.Map(_write_value, step.path, step.encode)
    )


class _Merge(beam.CombineFn):  # type: ignore[misc]
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
