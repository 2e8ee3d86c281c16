"""What jobs and the frame ask of each other, as protocols."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from pipeline.document import Unit
from pipeline.frame.graph import Transform
from pipeline.frame.unit_lists import UnitList


class Plan(Protocol):
    """The units of a job that reads no other, and what is known of the files that they read."""

    @property
    def units(self) -> Sequence[Unit]: ...

    @property
    def notes(self) -> Sequence[str]:
        """Sentences on what is not known, and what cannot be."""

    @property
    def addresses(self) -> Mapping[str, str]:
        """What files are opened by that units name otherwise, as secrets are in their paths."""

    def edited(self, folder: str, recorded: Callable[[str], str]) -> set[str]:
        """The names of units whose files are not what they were when the units were made.

        `folder` is the name of the job's folder; `recorded` tells the digest of what a unit has
        read (`Part.read`), "" of one that is not finished.
        """

    def keep(self) -> None:
        """Keeps for later runs what is known now."""


class Runs(Protocol):
    """What the pipelines before the last one of a job need: to be run once, and a folder."""

    def once(self, name: str, units: UnitList, graph: Transform) -> None: ...

    def work_file(self, name: str) -> str: ...
