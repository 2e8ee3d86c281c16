"""Units and records through functions, and parts committed.

Here a pure function becomes a transform of a graph; `shuffle` has what brings rows together. A
stage's own `transform.py` names its functions and their configs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from pipeline.arrow import Made
from pipeline.document import Batch, Document, Dropped, Lost, Page, Record, Unit
from pipeline.frame.graph import Each, Function
from pipeline.frame.parts import commit
from pipeline.recipe import Recipe

Step = Callable[[Record], Record | Dropped | Lost]
OfUnit = Callable[[Unit], Iterable[Any]]


class EachRecord(Each):
    """Base of the transforms of a stage: batch to batch, every record through `step`.

    What `step` gives returns the record, changed or not, or the drop row it became. `drops` names
    the drops: a stage, or "stage:reason" where a stage drops at several places of a job.
    """

    drops: ClassVar[tuple[str, ...]] = ()

    def step(self) -> Step:
        """The function that every record goes through."""
        raise NotImplementedError

    def start(self) -> Function:
        step = self.step()
        return lambda batch: (apply_step(step, batch),)


class RecipeStage(EachRecord):
    """Base of the stages that follow from a recipe alone."""

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        """The stage that a recipe asks for."""
        raise NotImplementedError


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


@dataclass(frozen=True)
class MapUnits(Each):
    """Unit to any number of elements by `function`, or by the function that `make` builds.

    `make` is called once per worker, for a function that first has to load something.
    """

    name: str
    function: OfUnit | None = None
    make: Callable[[], OfUnit] | None = None

    def __post_init__(self) -> None:
        if (self.function is None) == (self.make is None):
            raise TypeError(f"{self.name} needs a function or one that makes it")

    @property
    def label(self) -> str:
        return self.name

    def start(self) -> Function:
        if self.make is not None:
            return self.make()
        assert self.function is not None
        return self.function


@dataclass(frozen=True)
class CommitParts(Each):
    """Writes what a unit has made: each table whole, the marker last. Gives names of parts."""

    folder: str
    make: Callable[[Any], Made] | None = None  # None: the elements are what was made
    durable: bool = False  # on the disk before its marker is

    def start(self) -> Function:
        return self._committed

    def _committed(self, element: Any) -> Iterable[str]:
        made: Made = self.make(element) if self.make else element
        yield commit(self.folder, made, durable=self.durable).name
