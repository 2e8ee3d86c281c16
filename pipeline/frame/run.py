"""Runs what is missing: units, pipelines, resume, conservation, manifests.

`<out>/<job>-<fingerprint>/` is a job's artefact. The fingerprint hashes what the job obeys, the
names of parts what they were made from, and a manifest per set of inputs comes last. So a finished
part is never made again, and a manifest that is there is right.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pipeline import files
from pipeline.document import Unit, digest
from pipeline.errors import CheckError, GristmillError, UsageError
from pipeline.frame import parts
from pipeline.frame.engine import Engine, check_engine, engine
from pipeline.frame.manifests import (
    FORMAT,
    Manifest,
    check_files,
    check_part,
    counted_apart,
    manifest_path,
    read_manifest,
    write_manifest,
)
from pipeline.frame.parts import Part
from pipeline.frame.progress import Progress
from pipeline.recipe import Recipe, fingerprint

# The job whose kept documents are those that come into a job.
FOLLOWS = {
    "exact": "extract",
    "curate": "exact",
    "near": "curate",
    "classify": "near",
    "mix": "classify",
    "tokenize": "mix",
}


@dataclass
class JobRun:
    """One job at work: its recipe, its folder, the manifests it reads, and the engine."""

    name: str
    recipe: Recipe
    folder: str
    fingerprint: str
    obeys: dict[str, Any]
    set_name: str  # the digest of the set of inputs, which names the manifest
    planned: list[Unit]  # of a job that reads no other
    inputs: dict[str, Manifest]
    engine: Engine
    progress: Progress
    extra: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def work(self) -> str:
        """A folder for what passes between the pipelines of this job."""
        return files.join(self.folder, "work", self.set_name)

    def unit_of(self, part: Part, *datasets: tuple[str, str], also: tuple[str, ...] = ()) -> Unit:
        """The unit that reads `datasets`, (job, dataset) pairs, of the parts that match `part`.

        `also` names what else its output depends on: a model, a decision over all parts.
        """
        found = [(self.inputs[job], self._matching(job, part), data) for job, data in datasets]
        return Unit(
            name=parts.rekeyed(
                part.name, *(match.checksums[data] for _, match, data in found), *also
            ),
            paths=tuple(parts.path(m.folder, data, match.name) for m, match, data in found),
            bytes=sum(match.bytes[data] for _, match, data in found),
        )

    def units_of(self, *datasets: tuple[str, str], also: tuple[str, ...] = ()) -> list[Unit]:
        """The units that read `datasets`, one per part of the first one's job."""
        first, _ = datasets[0]
        return [self.unit_of(part, *datasets, also=also) for part in self.inputs[first].parts]

    def _matching(self, job: str, part: Part) -> Part:
        return self._by_base[job][parts.base_name(part.name)]

    @cached_property
    def _by_base(self) -> dict[str, dict[str, Part]]:
        return {
            job: {parts.base_name(part.name): part for part in manifest.parts}
            for job, manifest in self.inputs.items()
        }

    def run_units(self, units: list[Unit], build: Callable[[Any], Any]) -> list[Part]:
        """Runs `build` over the units that have no parts yet; gives the parts of all, in order."""
        present = parts.committed(self.folder)
        missing = [
            unit for unit in units if parts.parts_of(self.folder, unit.name, present) is None
        ]
        if missing:
            target = files.join(self.work, "units.jsonl")
            parts.write_units(target, parts.dealt(missing, self.engine.workers))
            with self.progress.job(self.name, self.folder, units, missing):
                self.pipeline(lambda root: build(_deal(root, target)))
        return self._all_parts(units)

    def own_path(self, path: str) -> str:
        """A path inside the job's folder from there on; "" for one that lies elsewhere."""
        return path.removeprefix(self.folder) if path.startswith(self.folder) else ""

    def work_file(self, name: str) -> str:
        """A path for what passes between the pipelines of this job; gone when it is finished."""
        return files.join(self.work, name)

    def once(self, name: str, units: list[Unit], build: Callable[[Any], Any]) -> None:
        """Runs `build` over all units, unless a run before this one has done so to the end.

        Where nothing has come in there is nothing to run.
        """
        done = self.work_file(f"{name}.done")
        nothing = any(manifest.kept == 0 for manifest in self.inputs.values())
        if nothing or not units or files.exists(done):
            return
        listed = self.work_file(f"{name}.units")
        parts.write_units(listed, parts.dealt(units, self.engine.workers))
        self.pipeline(lambda root: build(_deal(root, listed)))
        files.write_bytes_atomic(done, b"")

    def _all_parts(self, units: list[Unit]) -> list[Part]:
        present = parts.committed(self.folder)
        done: list[Part] = []
        for unit in sorted(units, key=lambda unit: unit.name):
            found = parts.parts_of(self.folder, unit.name, present)
            if found is None:
                raise CheckError(f"{self.name}: unit {unit.name} left no finished part; run again")
            done.extend(found)
        return done

    def _check_chain(self, done: list[Part]) -> None:
        """What comes in is what the job before has kept. Raises CheckError where it is not."""
        came_in = sum(part.came_in for part in done)
        before = self.inputs.get(FOLLOWS.get(self.name, ""))
        if before is not None and came_in != before.kept:
            raise CheckError(
                f"{self.name}: {came_in} documents came in where {before.job} has kept "
                f"{before.kept}; this is a defect of the program, please report it"
            )

    def pipeline(self, build: Callable[[Any], Any]) -> None:
        """Builds a pipeline from its root and runs it to the end."""
        with _sentences(), self.engine.pipeline() as root:
            build(root)

    def reused(self) -> Manifest:
        """The manifest of a run before this one, its files still there; what it left is swept."""
        manifest = read_manifest(self.folder, self.set_name)
        check_files(manifest)
        self._sweep()
        return manifest

    def _sweep(self) -> None:
        files.remove_folder(self.work)
        files.sweep(self.folder)

    def finish(self, done: list[Part]) -> Manifest:
        """Checks the written parts against their counts and writes the manifest."""
        for part in done:
            check_part(self.name, self.folder, part)
        self._check_chain(done)
        manifest = Manifest(
            format=FORMAT,
            job=self.name,
            fingerprint=self.fingerprint,
            folder=self.folder,
            inputs={name: manifest.identity for name, manifest in sorted(self.inputs.items())},
            recipe=self.obeys,
            parts=done,
            came_in=sum(part.came_in for part in done),
            kept=sum(part.kept for part in done),
            dropped=dict(sorted(sum((Counter(p.dropped) for p in done), Counter()).items())),
            apart=counted_apart(done),
            extra=self.extra,
        )
        write_manifest(manifest, manifest_path(self.folder, self.set_name))
        self._sweep()
        return manifest


@dataclass(frozen=True)
class Job:
    """One of the seven: what it reads, what of the recipe it obeys, and how it runs.

    `version` is raised with any change of the job's rules that changes its output.
    """

    name: str
    reads: tuple[str, ...]
    obeys: Callable[[Recipe], dict[str, Any]]
    run: Callable[[JobRun], Manifest]
    units: Callable[[Recipe], list[Unit]] | None = None  # of a job that reads no other
    version: int = 1


@dataclass(frozen=True)
class Settings:
    """How to run, none of which changes what is made."""

    runner: str = "local"
    workers: int = 1
    options: tuple[str, ...] = ()
    until: str = ""
    quiet: bool = False


def run_jobs(
    recipe: Recipe, jobs: tuple[Job, ...], out: str, settings: Settings
) -> tuple[dict[str, Manifest], Engine]:
    """Runs what is missing of `jobs`, in order; gives their manifests and the engine's figures."""
    chosen = jobs_until(jobs, settings.until)
    prepare_folder(out)
    with files.locked(
        files.join(out, ".lock"), f"another run is writing into {out!r}; wait for it"
    ):
        return _run_chosen(recipe, chosen, out, settings)


def _run_chosen(
    recipe: Recipe, chosen: tuple[Job, ...], out: str, settings: Settings
) -> tuple[dict[str, Manifest], Engine]:
    done: dict[str, Manifest] = {}
    record: dict[str, Any] = {"recipe": recipe.model_dump(mode="json"), "jobs": {}}
    with engine(settings.runner, settings.workers, settings.options) as motor:
        for job in chosen:
            at_work = job_run(job, recipe, out, done, motor, Progress(settings.quiet))
            record["jobs"][job.name] = {"folder": at_work.folder.rsplit("/", 1)[-1]}
            files.write_json(files.join(out, "run.json"), record)
            record["jobs"][job.name]["manifest"] = at_work.set_name
            is_done = files.exists(manifest_path(at_work.folder, at_work.set_name))
            done[job.name] = at_work.reused() if is_done else job.run(at_work)
            files.write_json(files.join(out, "run.json"), record)
    return done, motor


def check_settings(settings: Settings, jobs: tuple[Job, ...]) -> None:
    """Raises UsageError for an unknown runner or job, or too few workers."""
    jobs_until(jobs, settings.until)
    check_engine(settings.runner, settings.workers)


def jobs_until(jobs: tuple[Job, ...], until: str) -> tuple[Job, ...]:
    """The jobs up to `until`, or all where it is empty. Raises UsageError for an unknown one."""
    names = [job.name for job in jobs]
    if until and until not in names:
        raise UsageError(f"unknown job {until!r} for --until; known are {', '.join(names)}")
    return jobs[: names.index(until) + 1] if until else jobs


def prepare_folder(out: str) -> None:
    """Makes the output folder. Raises UsageError where that cannot be."""
    if not out:
        raise UsageError("--out is empty; give the path of a folder")
    if files.exists(out) and not files.is_folder(out):
        raise UsageError(f"output {out!r} is a file; give the path of a folder")
    try:
        files.make_folder(out)
        files.write_bytes_atomic(files.join(out, ".writable"), b"")
        files.remove(files.join(out, ".writable"))
    except OSError as error:
        raise UsageError(
            f"output {out!r} cannot be written ({error.strerror}); give another folder"
        ) from None


def job_run(
    job: Job, recipe: Recipe, out: str, done: dict[str, Manifest], motor: Engine, progress: Progress
) -> JobRun:
    obeys = job.obeys(recipe)
    mark = fingerprint(FORMAT, job.name, job.version, recipe.seed, obeys)
    folder = files.join(out, f"{job.name}-{mark}")
    inputs = {name: done[name] for name in job.reads}
    planned = job.units(recipe) if job.units else []
    made = [f"{name}{manifest.identity}" for name, manifest in sorted(inputs.items())]
    set_name = digest(*sorted(unit.name for unit in planned), *made)[:16]
    return JobRun(job.name, recipe, folder, mark, obeys, set_name, planned, inputs, motor, progress)


def _deal(root: Any, target: str) -> Any:
    from pipeline.frame.transforms import DealUnits

    return root | DealUnits(target)


_OURS = re.compile(r"pipeline\.errors\.(UsageError|CheckError): (.+)")


@contextmanager
def _sentences() -> Iterator[None]:
    """Turns our own errors, which come back from workers as text, into what they were."""
    try:
        yield
    except GristmillError as error:
        raise type(error)(_without_place(str(error))) from None
    except RuntimeError as error:
        found = _OURS.findall(str(error))
        if not found:
            raise
        kind, sentence = found[-1]
        ours = {"UsageError": UsageError, "CheckError": CheckError}[kind]
        raise ours(_without_place(sentence)) from None


def _without_place(sentence: str) -> str:
    """The sentence without the place in the graph that Beam adds."""
    return re.sub(r" \[while running .*", "", sentence, flags=re.DOTALL)
