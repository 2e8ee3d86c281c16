"""Graphs run here, in one process: what an engine does, over data that is little.

An engine pays 0.4 s (Beam's local runner) to 27 s (a loaded Flink cluster) for a pipeline, whatever
it does. The functions are those that the engine calls, and no byte of output depends on the place.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline import files
from pipeline.frame.graph import (
    Branches,
    Count,
    Each,
    Gather,
    Join,
    Shuffle,
    Transform,
    applied,
    steps,
)
from pipeline.frame.shuffle import join_rows, split_rows


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
            return _shuffled(step, elements)
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


def _shuffled(step: Shuffle, arrays: Iterable[Any]) -> Iterator[Any]:
    blobs = _split(step, arrays)
    for number in sorted(blobs):
        yield number, join_rows(blobs.pop(number), step.dtype)


def _split(step: Shuffle | Join, arrays: Iterable[Any]) -> dict[int, list[bytes]]:
    blobs: dict[int, list[bytes]] = defaultdict(list)
    for rows in arrays:
        for number, blob in split_rows(rows, step.key, step.ranges):
            blobs[number].append(blob)
    return blobs


def _joined(step: Join, elements: Iterable[Any], count: Count) -> Iterator[Any]:
    held = list(elements)
    found = {
        name: (_split(step, over(source, held, count)), dtype)
        for name, (source, dtype) in step.sources.items()
    }
    for number in sorted({number for blobs, _ in found.values() for number in blobs}):
        yield (
            number,
            {name: join_rows(blobs.pop(number, ()), kind) for name, (blobs, kind) in found.items()},
        )


def _branched(step: Branches, elements: Iterable[Any], count: Count) -> Iterator[Any]:
    held = list(elements)
    for branch in step.transforms.values():
        yield from over(branch, held, count)


def _gathered(step: Gather, values: Iterable[Any]) -> Iterator[str]:
    held = list(values)
    if held:
        files.write_bytes_atomic(step.path, step.encode(step.merge(held)))
        yield step.path
