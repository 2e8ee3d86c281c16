"""Graphs given to Beam: each transform as a PTransform that calls the same functions.

No other file of ours says in Beam's words what a graph does.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics

from pipeline import files
from pipeline.document import Unit
from pipeline.frame.engines.claims import Claims
from pipeline.frame.engines.opaque import Opaque
from pipeline.frame.graph import (
    Branches,
    Combine,
    Each,
    Gather,
    Join,
    Shuffle,
    Transform,
    applied,
    name_of,
    star,
    steps,
)
from pipeline.frame.row_groups import Group
from pipeline.frame.shuffle import Merging, split_rows
from pipeline.frame.unit_lists import Slice, read_slice, slices

CPU_COUNTERS = "cpu_microseconds"  # namespace of the counters
_MERGED_AT_ONCE = 10  # values held before they are merged
_FANOUT = 16  # places that merge the rows of one range before they meet


def deal(root: Any, path: str, folder: str = "", claims: Claims | None = None) -> Any:
    """The units of the list at `path`, one element each; those that `folder` has parts of are left
    out.

    The list is data, not part of the graph: workers read it by range, so a graph stays small for
    any number of units. Most bytes of a grouped element: two numbers; of a short list one unit,
    about 1 kB. With `claims` each worker gets one element, and takes slices as long as there are.
    """
    if claims:
        workers = [(worker, None) for worker in range(claims.workers)]
        pairs = root | beam.Create(workers, reshuffle=False)
        units: Callable[[Any], Iterator[Unit]] = partial(_claimed, path, folder, claims)
    else:
        slices_of = beam.FlatMap(_numbered).with_output_types(tuple[int, Slice])
        pairs = root | beam.Create([path], reshuffle=False) | "Slices" >> slices_of
        units = partial(_dealt, path, folder)
    return pairs | beam.GroupByKey() | "Deal" >> beam.FlatMap(units).with_output_types(Unit)


def _numbered(path: str) -> Iterable[tuple[int, Slice]]:
    return enumerate(slices(path))


def _dealt(path: str, folder: str, pair: tuple[int, Iterable[Slice]]) -> Iterator[Unit]:
    for some in pair[1]:
        yield from read_slice(path, Slice(*some), folder)


def _claimed(path: str, folder: str, claims: Claims, _pair: object) -> Iterator[Unit]:
    known = slices(path)
    while (number := claims.next()) < len(known):
        yield from read_slice(path, known[number], folder)


def over(graph: Transform, elements: Any, at: str = "") -> Any:
    """What a graph makes of a PCollection; `at` tells its place among others, for the labels."""
    for number, step in enumerate(steps(graph)):
        elements = _step(step, elements, f"{at}{number}")
    return elements


def _step(step: Transform, elements: Any, at: str) -> Any:
    match step:
        case Each():
            done = beam.ParDo(_EachFn(step)).with_output_types(Opaque)
            return elements | f"{at} {step.label}" >> done
        case Shuffle():
            return _shuffled(step, elements, at)
        case Combine():
            return _combined(step, elements, at)
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


def _split(key: Sequence[str], ranges: int) -> Any:
    split = beam.FlatMap(lambda rows: split_rows(rows, key, ranges))  # of `Opaque` rows
    return split.with_output_types(tuple[int, bytes])


def _shuffled(step: Shuffle, arrays: Any, at: str) -> Any:
    group = partial(_group, step.dtype, step.key)
    return (
        arrays
        | f"{at} Split" >> _split(step.key, step.ranges)
        | f"{at} Group" >> beam.GroupByKey()
        | f"{at} {name_of(step.reduce)}" >> beam.ParDo(_ReduceFn(step.reduce, group))
    )


def _group(dtype: Any, key: Sequence[str], blobs: Iterable[bytes]) -> Group:
    return Group(blobs, dtype, key)


def _joined(step: Join, elements: Any, at: str) -> Any:
    blobs = {
        name: over(source.transform, elements, f"{at} {name} ")
        | f"{at} Split {name}" >> _split(source.key, step.ranges)
        for name, source in step.sources.items()
    }
    groups = partial(_groups, {name: (s.dtype, s.key) for name, s in step.sources.items()})
    return (
        blobs
        | f"{at} Group" >> beam.CoGroupByKey()
        | f"{at} {name_of(step.reduce)}" >> beam.ParDo(_ReduceFn(step.reduce, groups))
    )


def _groups(
    kinds: dict[str, tuple[Any, Sequence[str]]], blobs: dict[str, Iterable[bytes]]
) -> dict[str, Group]:
    return {name: Group(some, *kinds[name]) for name, some in blobs.items()}


class _ReduceFn(beam.DoFn):  # type: ignore[misc]
    """What came together, made into groups and reduced in one step: groups never travel."""

    def __init__(self, reduce: Callable[[int, Any], Iterable[Any]], group: Any) -> None:
        self._reduce = reduce
        self._group = group

    def process(self, pair: tuple[int, Any]) -> Iterator[Any]:
        element = (pair[0], self._group(pair[1]))
        return applied(star(self._reduce), element, name_of(self._reduce), _count)


def _combined(step: Combine, arrays: Any, at: str) -> Any:
    return (
        arrays
        | f"{at} Split" >> _split(step.key, step.ranges)
        | f"{at} Merge" >> beam.CombinePerKey(_MergeRows(step)).with_hot_key_fanout(_FANOUT)
        | f"{at} Rows" >> beam.Values()
    )


class _MergeRows(beam.CombineFn):  # type: ignore[misc]
    """Accumulators are the bytes of what is left of the rows so far."""

    def __init__(self, step: Combine) -> None:
        self._dtype, self._merge = step.dtype, step.merge

    def create_accumulator(self) -> Merging:
        return Merging(self._dtype, self._merge)

    def add_input(self, accumulator: Merging, blob: bytes) -> Merging:
        accumulator.add(blob)
        return accumulator

    def merge_accumulators(self, accumulators: Iterable[Merging]) -> Merging:
        whole = self.create_accumulator()
        for one in accumulators:
            whole.add(one.rows().tobytes())
        return whole

    def extract_output(self, accumulator: Merging) -> Any:
        return accumulator.rows()


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
