"""Graphs run here, in one process: what an engine does, over data that is little.

An engine pays 0.4 s (Beam's local runner) to 27 s (a loaded Flink cluster) for a pipeline, whatever
it does. The functions are those that the engine calls, and no byte of output depends on the place.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pipeline import files
from pipeline.frame.graph import (
    Branches,
    Combine,
    Count,
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


def run_here(graph: Transform, elements: Iterable[Any], count: Count) -> None:
    """Runs `graph` over `elements` to the end; exceptions propagate."""
    for _ in over(graph, elements, count):
        pass


def over(graph: Transform, elements: Iterable[Any], count: Count) -> Iterator[Any]:
    """What a graph makes of `elements`; nothing is made before it is asked for."""
    for step in steps(graph):
        elements = _step(step, elements, count)
    yield from elements


def _step(step: Transform, elements: Iterable[Any], count: Count) -> Iterator[Any]:
    match step:
        case Each():
            return _each(step, elements, count)
        case Shuffle():
            return _shuffled(step, elements, count)
        case Combine():
            return _combined(step, elements)
        case Join():
            return _joined(step, elements, count)
        case Branches():
            return _branched(step, elements, count)
        case Gather():
            return _gathered(step, elements)
    raise TypeError(f"no transform: {step!r}")


def _each(step: Each, elements: Iterable[Any], count: Count) -> Iterator[Any]:
    function = step.start()
    for element in elements:
        yield from applied(function, element, step.label, count)


def _split(key: Sequence[str], ranges: int, arrays: Iterable[Any]) -> dict[int, list[bytes]]:
    blobs: dict[int, list[bytes]] = defaultdict(list)
    for rows in arrays:
        for number, blob in split_rows(rows, key, ranges):
            blobs[number].append(blob)
    return blobs


def _shuffled(step: Shuffle, arrays: Iterable[Any], count: Count) -> Iterator[Any]:
    blobs = _split(step.key, step.ranges, arrays)
    for number in sorted(blobs):
        group = Group(blobs.pop(number), step.dtype, step.key)
        yield from applied(star(step.reduce), (number, group), name_of(step.reduce), count)


def _combined(step: Combine, arrays: Iterable[Any]) -> Iterator[Any]:
    found: dict[int, Merging] = {}
    for rows in arrays:
        for number, blob in split_rows(rows, step.key, step.ranges):
            found.setdefault(number, Merging(step.dtype, step.merge)).add(blob)
    for number in sorted(found):
        yield found.pop(number).rows()


def _joined(step: Join, elements: Iterable[Any], count: Count) -> Iterator[Any]:
    held = list(elements)
    blobs = {
        name: _split(source.key, step.ranges, over(source.transform, held, count))
        for name, source in step.sources.items()
    }
    for number in sorted({number for found in blobs.values() for number in found}):
        groups = {
            name: Group(blobs[name].pop(number, []), source.dtype, source.key)
            for name, source in step.sources.items()
        }
        yield from applied(star(step.reduce), (number, groups), name_of(step.reduce), count)


def _branched(step: Branches, elements: Iterable[Any], count: Count) -> Iterator[Any]:
    held = list(elements)
    for branch in step.transforms.values():
        yield from over(branch, held, count)


def _gathered(step: Gather, values: Iterable[Any]) -> Iterator[str]:
    held = list(values)
    if held:
        files.write_bytes_atomic(step.path, step.encode(step.merge(held)))
        yield step.path
