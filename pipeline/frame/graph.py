"""Graphs: what happens to the elements of a pipeline, told without an engine.

A graph is a chain of transforms, `A(...) | B(...) | CommitParts(folder)`: values that hold
functions and their configs, no data. `beam_graph` gives it to Beam, `in_process` runs it here; both
call the same functions.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from pipeline.document import Batch, Unit
from pipeline.errors import MachineError, machine_sentence
from pipeline.frame.row_groups import Group, Rows

Function = Callable[[Any], Iterable[Any]]
Count = Callable[[str, int], None]  # a stage and the microseconds of CPU that it took


class Transform:
    """Elements in, elements out. `a | b` is `b` over what `a` gives."""

    def __or__(self, other: "Transform") -> "Chain":
        return Chain((*steps(self), *steps(other)))


@dataclass(frozen=True)
class Chain(Transform):
    """Transforms one after the other."""

    steps: tuple[Transform, ...]


def steps(transform: Transform) -> tuple[Transform, ...]:
    """The transforms of a chain, or the one that is none."""
    return transform.steps if isinstance(transform, Chain) else (transform,)


class Each(Transform):
    """Base of what looks at one element at a time."""

    @property
    def label(self) -> str:
        """What it is called, and what its CPU time is counted under."""
        return type(self).__name__

    def start(self) -> Function:
        """The function from an element to any number of them.

        Called once per worker: it loads what is heavy, and nothing heavy is pickled.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Map(Each):
    """Element to element by a plain function."""

    function: Callable[[Any], Any]

    @property
    def label(self) -> str:
        return name_of(self.function)

    def start(self) -> Function:
        return lambda element: (self.function(element),)


@dataclass(frozen=True)
class Shuffle(Transform):
    """Arrays of rows brought together by ranges of their hashed key fields.

    `reduce` makes of the number of a range and its `Group` any number of elements.
    """

    key: tuple[str, ...]
    ranges: int
    dtype: np.dtype[Any]
    reduce: Callable[[int, Group], Iterable[Any]]


@dataclass(frozen=True)
class Combine(Transform):
    """Arrays of rows merged by ranges of their hashed key fields, before they travel and after.

    `merge` must give the same in any order and grouping: what meets in one place is what it leaves,
    however many rows there are of one key. Gives an array for each range.
    """

    key: tuple[str, ...]
    ranges: int
    dtype: np.dtype[Any]
    merge: Callable[[Rows], Rows]


@dataclass(frozen=True)
class Join(Transform):
    """The arrays of rows that several transforms make of elements, brought together by key.

    `reduce` makes of the number of a range and its groups, by the names of `sources`, any number of
    elements.
    """

    ranges: int
    sources: Mapping[str, "Source"]
    reduce: Callable[[int, Mapping[str, Group]], Iterable[Any]]


@dataclass(frozen=True)
class Source:
    """What a `Join` is of: arrays of rows and their key, of as many fields as those of others."""

    transform: Transform
    key: tuple[str, ...]
    dtype: np.dtype[Any]


@dataclass(frozen=True)
class Branches(Transform):
    """Several transforms over the same elements, by name; a graph ends with them."""

    transforms: Mapping[str, Transform]


@dataclass(frozen=True)
class Gather(Transform):
    """Small values merged into one and written to a file; no value, no file.

    `merge` must give the same in any order and grouping. Most bytes of a grouped element: ten
    values; what is gathered is bounded by its kind (a sample, a histogram), not by the corpus.
    """

    path: str
    merge: Callable[[list[Any]], Any]
    encode: Callable[[Any], bytes]


def name_of(function: Callable[..., Any]) -> str:
    """What a function is called, for labels and profiles."""
    while isinstance(function, partial):
        function = function.args[0] if function.func in (of_pieces, of_chunks) else function.func
    return getattr(function, "__name__", type(function).__name__)


def of_pieces(function: Callable[[Rows], Any], number: int, group: Group) -> Iterator[Any]:
    """What `function` makes of each piece of a group: a `reduce`, but for its first argument."""
    for rows in group.pieces():
        yield function(rows)


def of_chunks(
    function: Callable[[Iterable[Rows]], Iterable[Any]], number: int, group: Group
) -> Iterable[Any]:
    """What `function` makes of the chunks of a group, which it may read again."""
    return function(group)


def star(reduce: Callable[[int, Any], Iterable[Any]]) -> Function:
    """`reduce` as a function of a pair."""
    return lambda pair: reduce(*pair)


def applied(function: Function, element: Any, label: str, count: Count) -> Iterator[Any]:
    """What `function` makes of an element: CPU is counted, and a defect names the unit."""
    with _watched(label, element, count):
        made = iter(function(element))
    while True:
        with _watched(label, element, count):
            one = next(made, _END)
        if one is _END:
            return
        yield one


_END = object()


@contextmanager
def _watched(label: str, element: Any, count: Count) -> Iterator[None]:
    start = time.thread_time_ns()
    try:
        yield
    except Exception as error:
        work = _work(element)
        if sentence := machine_sentence(error, work or label):
            raise MachineError(sentence) from error
        if work:
            error.add_note(f"while working on {work}")
        raise
    finally:
        count(label, (time.thread_time_ns() - start) // 1_000)


def _work(element: Any) -> str:
    """The unit that an element is of, where it is of one."""
    unit = element.unit if isinstance(element, Batch) else element
    if not isinstance(unit, Unit):
        return ""
    return f"unit {unit.name} ({unit.paths[0] if unit.paths else 'no file'})"
