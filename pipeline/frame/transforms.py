"""Beam: units dealt to workers, records through stage functions, parts committed.

Here a pure function becomes a transform; `shuffle` has what brings rows together. A stage's own
`transform.py` names its functions and their configs.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import apache_beam as beam
from apache_beam.metrics import Metrics

from pipeline.arrow import Made
from pipeline.document import Batch, Document, Dropped, Lost, Page, Record, Unit
from pipeline.frame.parts import commit, read_units
from pipeline.recipe import Recipe

Step = Callable[[Record], Record | Dropped | Lost]
OfUnit = Callable[[Unit], Iterable[Any]]


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
            | "Read" >> beam.FlatMap(_numbered).with_output_types(tuple[int, Unit])
            | beam.GroupByKey()
            | "Deal" >> beam.FlatMap(_units).with_output_types(Unit)
        )


def _numbered(path: str) -> Iterable[tuple[int, Unit]]:
    return enumerate(read_units(path))


def _units(pair: tuple[int, Iterable[Unit]]) -> Iterable[Unit]:
    return pair[1]


@dataclass
class EachRecord(beam.PTransform):
    """Base of the transforms of a stage: batch to batch, every record through `step`.

    `step` is called once per worker and loads what is heavy (models, lists); nothing heavy is
    pickled. What it gives returns the record, changed or not, or the drop row it became. `drops`
    names the drops: a stage, or "stage:reason" where a stage drops at several places of a job.
    """

    drops: ClassVar[tuple[str, ...]] = ()

    def step(self) -> Step:
        """The function that every record goes through."""
        raise NotImplementedError

    def expand(self, batches: Any) -> Any:
        fn = _StepFn(self.step, type(self).__name__)
        return batches | beam.ParDo(fn).with_output_types(Batch)


class RecipeStage(EachRecord):
    """Base of the stages that follow from a recipe alone."""

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        """The stage that a recipe asks for."""
        raise NotImplementedError


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
    """Unit to any number of elements by `function`, or by the function that `make` builds.

    `make` is called once per worker, for a function that first has to load something. `name` is
    what the CPU time is counted under.
    """

    name: str
    function: OfUnit | None = None
    make: Callable[[], OfUnit] | None = None

    def default_label(self) -> str:
        return self.name

    def expand(self, units: Any) -> Any:
        return units | "Map" >> beam.ParDo(_UnitFn(self.name, self.function, self.make))


class _UnitFn(beam.DoFn):
    def __init__(
        self, label: str, function: OfUnit | None, make: Callable[[], OfUnit] | None
    ) -> None:
        if (function is None) == (make is None):
            raise TypeError(f"{label} needs a function or one that makes it")
        self._label = label
        self._function = function
        self._make = make

    def setup(self) -> None:
        if self._make is not None:
            self._function = self._make()

    def process(self, unit: Unit) -> Iterator[Any]:
        assert self._function is not None
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
