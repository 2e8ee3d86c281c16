"""Runs what is missing: units, pipelines, resume, conservation, manifests.

`<out>/<job>-<fingerprint>/` is a job's artefact. The fingerprint hashes what the job obeys, the
names of parts what they were made from, and a manifest per set of inputs comes last. So a finished
part is never made again, and a manifest that is there is right.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Protocol

from pipeline import files
from pipeline.document import Unit, digest
from pipeline.errors import CheckError, UsageError
from pipeline.frame import parts
from pipeline.frame.engine import LITTLE_BYTES, Engine, check_engine, engine
from pipeline.frame.graph import Transform
from pipeline.frame.manifests import (
    FORMAT,
    Manifest,
    check_files,
    manifest_path,
    read_manifest,
    units_of,
    write_manifest,
)
from pipeline.frame.part_tables import Done, collect, done_in, list_slices
from pipeline.frame.progress import Progress
from pipeline.frame.transforms import MapUnits
from pipeline.frame.unit_lists import UnitList, unit_list
from pipeline.recipe import Recipe, fingerprint


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
    units: Callable[[Recipe], list[Unit]] | None = None  # of a job that reads no other
    keeps: str = ""  # the dataset with a row for every document that stays, where there is one
    drops: tuple[str, ...] = ()
    version: int = 1


class Runs(Protocol):
    """What the pipelines before the last one of a job need: to be run once, and a folder."""

    def once(self, name: str, units: UnitList, graph: Transform) -> None: ...

    def work_file(self, name: str) -> str: ...


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
    extra: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def work(self) -> str:
        """A folder for what passes between the pipelines of this job; gone when it is finished."""
        return files.join(self.folder, "work", self.set_name)

    def work_file(self, name: str) -> str:
        """A path in the folder `work`."""
        return files.join(self.work, name)

    def own_path(self, path: str) -> str:
        """A path inside the job's folder from there on; "" for one that lies elsewhere."""
        return path.removeprefix(self.folder) if path.startswith(self.folder) else ""

    def units_of(self, *datasets: tuple[str, str], also: tuple[str, ...] = ()) -> UnitList:
        """`manifests.units_of` the manifests that this job reads."""
        return units_of(self.inputs, datasets, also)

    def run_units(self, units: UnitList, graph: Transform) -> Done:
        """Runs `graph` over the units that have no parts yet; gives the parts of all."""
        seen = parts.markers(self.folder)
        missing = units.without(parts.finished(seen))
        if missing:
            counts = (len(units), len(missing))
            with self.progress.job(self.job.name, self.folder, *counts, seen):
                self.engine.run(missing, self.work_file("units.jsonl"), graph, self.folder)
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
        done = self.work_file(f"{name}.done")
        nothing = any(manifest.kept == 0 for manifest in self.inputs.values())
        if nothing or not units or files.exists(done):
            return
        self.engine.run(units, self.work_file(f"{name}.units"), graph)
        files.write_bytes_atomic(done, b"")

    @property
    def is_finished(self) -> bool:
        """Whether a run before this one has made all of it."""
        return files.exists(manifest_path(self.folder, self.set_name))

    def reused(self) -> Manifest:
        """The manifest of a run before this one, its files still there; what it left is swept."""
        manifest = read_manifest(self.folder, self.set_name)
        check_files(manifest)
        self._sweep()
        return manifest

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
            job=self.job.name,
            fingerprint=self.fingerprint,
            inputs={name: manifest.identity for name, manifest in sorted(self.inputs.items())},
            recipe=self.obeys,
            extra=self.extra,
        )
        self._sweep()
        return manifest

    def _sweep(self) -> None:
        files.remove_folder(self.work)
        files.sweep(self.folder)


@dataclass(frozen=True)
class Settings:
    """How to run, none of which changes what is made."""

    runner: str = "local"
    workers: int = 1
    options: tuple[str, ...] = ()
    until: str = ""
    quiet: bool = False
    little: int = LITTLE_BYTES  # bytes that a pipeline may read and run in this process


def run_jobs(
    recipe: Recipe, jobs: tuple[Job, ...], out: str, settings: Settings
) -> tuple[dict[str, Manifest], Engine]:
    """Runs what is missing of `jobs`, in order; gives their manifests and the engine's figures."""
    chosen = jobs_until(jobs, settings.until)
    files.prepare_folder(out)
    done: dict[str, Manifest] = {}
    record: dict[str, Any] = {"recipe": recipe.model_dump(mode="json"), "jobs": {}}
    modules = tuple(job.run.__module__ for job in jobs)
    in_use = f"another run is writing into {out!r}; wait for it"
    with (
        files.locked(files.join(out, ".lock"), in_use),
        engine(
            settings.runner, settings.workers, settings.options, modules, settings.little
        ) as motor,
    ):
        for job in chosen:
            at_work = job_run(job, recipe, out, done, motor, Progress(settings.quiet))
            entry = {"folder": at_work.folder.rsplit("/", 1)[-1]}
            record["jobs"][job.name] = entry
            files.write_json(files.join(out, "run.json"), record)
            entry["manifest"] = at_work.set_name
            done[job.name] = at_work.reused() if at_work.is_finished else job.run(at_work)
            files.write_json(files.join(out, "run.json"), record)
    return done, motor


def job_run(
    job: Job, recipe: Recipe, out: str, done: dict[str, Manifest], motor: Engine, progress: Progress
) -> JobRun:
    """`job` at work in its folder below `out`, after the jobs that are `done`, in their order."""
    obeys = job.obeys(recipe)
    mark = fingerprint(FORMAT, job.name, job.version, recipe.seed, obeys)
    folder = files.join(out, f"{job.name}-{mark}")
    inputs = {name: done[name] for name in job.reads}
    before = next(reversed(done), "")
    planned = unit_list(job.units(recipe) if job.units else ())
    made = [f"{name}{manifest.identity}" for name, manifest in sorted(inputs.items())]
    set_name = digest(*planned.table["name"].to_pylist(), *made)[:16]
    return JobRun(
        job=job,
        recipe=recipe,
        folder=folder,
        fingerprint=mark,
        obeys=obeys,
        set_name=set_name,
        planned=planned,
        inputs=inputs,
        before=before,
        engine=motor,
        progress=progress,
    )


def check_settings(settings: Settings, jobs: tuple[Job, ...]) -> None:
    """Raises UsageError for an unknown runner or job, too few workers or less than no bytes."""
    jobs_until(jobs, settings.until)
    check_engine(settings.runner, settings.workers)
    if settings.little < 0:
        given = settings.little >> 20
        raise UsageError(f"--little-megabytes {given} is less than none; give 0 or more")


def jobs_until(jobs: tuple[Job, ...], until: str) -> tuple[Job, ...]:
    """The jobs up to `until`, or all where it is empty. Raises UsageError for an unknown one."""
    names = [job.name for job in jobs]
    if until and until not in names:
        raise UsageError(f"unknown job {until!r} for --until; known are {', '.join(names)}")
    return jobs[: names.index(until) + 1] if until else jobs
