"""One job at work: what is missing of its units is run, checked, and told in its manifest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import pyarrow as pa

from pipeline import files
from pipeline.arrow import Made
from pipeline.errors import CheckError, DamageError
from pipeline.frame import parts
from pipeline.frame.contracts import Plan
from pipeline.frame.engines.engine import Engine
from pipeline.frame.graph import Transform
from pipeline.frame.integrity.inspection import (
    Found,
    inspect,
    keep_stamps,
    kept_stamps,
    stamps_now,
    stamps_path,
)
from pipeline.frame.integrity.mending import mend
from pipeline.frame.integrity.own_files import is_kept, keep
from pipeline.frame.integrity.work_files import WORK, left_by, write_done
from pipeline.frame.integrity.written_files import Holds, holds_none
from pipeline.frame.manifests import (
    Manifest,
    forget,
    manifest_path,
    read_manifest,
    units_of,
    write_manifest,
)
from pipeline.frame.part_tables import Done, collect, done_in, list_slices
from pipeline.frame.progress import Progress
from pipeline.frame.transforms import CommitParts, MapUnits
from pipeline.frame.unit_lists import UnitList
from pipeline.recipe import Recipe


@dataclass(frozen=True)
class Job:
    """A job: what of the recipe it obeys, what it reads, and how it runs.

    `version` is raised with any change of the job's rules that changes its output. `drops` names
    the places where documents leave, in the order in which they are met: a stage, or "stage:reason"
    where a stage drops at several places.
    """

    name: str
    obeys: Callable[[Recipe], dict[str, Any]]
    run: Callable[["JobRun"], Manifest]
    reads: tuple[str, ...] = ()
    plan: Callable[[Recipe, str], Plan] | None = None  # of a job that reads no other, and `out`
    keeps: str = ""  # the dataset with a row for every document that stays, where there is one
    drops: tuple[str, ...] = ()
    holds: Holds = holds_none  # files that no part and no record of the job tells
    # Said after each job before this one, of all that have ended; UsageError stops the run.
    foretell: Callable[[Recipe, Mapping[str, Manifest]], str] | None = None
    work: float = 1.0  # that a byte makes, beside one of a page that is extracted
    version: int = 1


@dataclass
class JobRun:
    """One job at work: its recipe, its folder, the manifests it reads, and the engine."""

    job: Job
    recipe: Recipe
    folder: str
    fingerprint: str
    obeys: dict[str, Any]
    set_name: str  # the digest of the set of inputs, which names the manifest
    planned: UnitList  # of a job that reads no other
    inputs: dict[str, Manifest]
    before: str  # the job whose kept documents come into this one, where it reads it
    engine: Engine
    progress: Progress
    durable: bool = False  # what is written is on the disk before it is told
    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)  # as a `Plan` has them
    extra: dict[str, Any] = field(default_factory=dict)
    _has_own: bool = False
    _work: dict[str, str] = field(default_factory=dict)  # stamps of what pipelines have left
    _before: set[str] = field(default_factory=set)  # units that were finished, and are not read
    _left: set[str] = field(init=False)  # pipelines that have ended in a run before this one

    def __post_init__(self) -> None:
        """Looks at what a run before this one has left, before this one writes there."""
        self._left = left_by(self.work)

    @cached_property
    def work(self) -> str:
        """A folder for what passes between the pipelines of this job; gone when it is finished."""
        return files.join(self.folder, WORK, self.set_name)

    def work_file(self, name: str) -> str:
        """A path in the folder `work`."""
        return files.join(self.work, name)

    def keep(self, *paths: str) -> None:
        """Records files of the job that are no parts: they are whole."""
        self._has_own = True
        keep(self.folder, self.set_name, list(paths), durable=self.durable)

    def has(self, path: str) -> bool:
        """Whether a file or folder that a run before this one has kept is still what it was."""
        found = is_kept(self.folder, self.set_name, path)
        self._has_own |= found
        return found

    def commit(self, make: Callable[[Any], Made] | None = None) -> CommitParts:
        """The last transform of a graph that makes this job's parts."""
        return CommitParts(self.folder, make, self.durable)

    def own_path(self, path: str) -> str:
        """A path inside the job's folder from there on; "" for one that lies elsewhere."""
        return path.removeprefix(self.folder) if path.startswith(self.folder) else ""

    def units_of(self, *datasets: tuple[str, str], also: tuple[str, ...] = ()) -> UnitList:
        """`manifests.units_of` the manifests that this job reads."""
        return units_of(self.inputs, datasets, also)

    def run_units(self, units: UnitList, graph: Transform) -> Done:
        """Runs `graph` over the units that have no parts yet; gives the parts of all."""
        seen = parts.markers(self.folder)
        finished = parts.finished(seen)
        self._before = set(finished)
        # They are made again, perhaps of a file that is no longer what it was then.
        parts.forget(self.folder, parts.unfinished(seen))
        missing = units.without(finished)
        if missing:
            counts = (len(units), len(missing))
            self.engine.prepare(missing, self.job.work)
            with self.progress.job(self.job.name, self.folder, *counts, seen):
                listed = self.work_file("units.jsonl")
                self.engine.run(missing, listed, graph, self.folder, self.job.work)
        return self._collected(units)

    def _collected(self, units: UnitList) -> Done:
        """The markers of all units read and their parts checked, in tables."""
        target = self.work_file("parts")
        files.remove_folder(target)
        listed = list_slices(self.work_file("all_units.jsonl"), units)
        read = partial(
            collect, job=self.job.name, folder=self.folder, keeps=self.job.keeps, target=target
        )
        self.engine.run(listed, self.work_file("slices.jsonl"), MapUnits("CollectParts", read))
        return done_in(target)

    def once(self, name: str, units: UnitList, graph: Transform) -> None:
        """Runs `graph` over all units, unless a run before this one has done so to the end.

        Where nothing has come in there is nothing to run.
        """
        nothing = any(manifest.kept == 0 for manifest in self.inputs.values())
        if nothing or not units or name in self._left:
            return
        self.engine.run(units, self.work_file(f"{name}.units"), graph, work=self.job.work)
        self._work = write_done(self.work, name, self._work)

    def forget_edited(self, plan: Plan) -> None:
        """Forgets the units whose files have been edited since they were made."""
        done = set(parts.finished(parts.markers(self.folder)))

        def recorded(unit: str) -> str:
            return parts.read_marker(self.folder, unit).read if unit in done else ""

        gone = plan.edited(self.folder.rpartition("/")[2], recorded)
        if gone:
            forget(self.folder, gone)
            files.remove_folder(self.work)
        plan.keep()

    @property
    def is_finished(self) -> bool:
        """Whether a run before this one has made all of it."""
        return files.exists(manifest_path(self.folder, self.set_name))

    def reused(self) -> Manifest | None:
        """The manifest of a run before this one, its files still what it wrote; what it left is
        swept. None where something is missing, or has to be made again.
        """
        if not self.is_finished:
            return None
        try:
            manifest = read_manifest(self.folder, self.set_name)
            found = inspect(manifest, self.job.holds, self._kept_stamps(manifest))
        except DamageError as damage:
            found = Found([damage.path])
        if found.damaged:
            mend(self.folder, found.damaged, self.progress.tell)
            return None
        if found.read:
            keep_stamps(manifest, found.stamps)
        self._sweep()
        return manifest

    def _kept_stamps(self, manifest: Manifest) -> pa.Table | None:
        try:
            return kept_stamps(stamps_path(manifest))
        except DamageError as damage:
            self.progress.tell(f"{damage.path} has changed; all files of {self.job.name} are read")
            return None

    def finish(self, done: Done) -> Manifest:
        """Holds what came in against the job before and writes the manifest."""
        before = self.inputs.get(self.before)
        if before is not None and done.totals.came_in != before.kept:
            raise CheckError(
                f"{self.job.name}: {done.totals.came_in} documents came in where {before.job} has "
                f"kept {before.kept}; this is a defect of the program, please report it"
            )
        manifest = write_manifest(
            self.folder,
            self.set_name,
            done,
            has_own=self._has_own,
            durable=self.durable,
            job=self.job.name,
            fingerprint=self.fingerprint,
            inputs={name: manifest.identity for name, manifest in sorted(self.inputs.items())},
            recipe=self.obeys,
            extra=self.extra,
        )
        keep_stamps(manifest, stamps_now(manifest, self.job.holds, self._before))
        self._sweep()
        return manifest

    def _sweep(self) -> None:
        files.remove_folder(self.work)
        files.sweep(self.folder)
