"""Runs what is missing: units, pipelines, resume, conservation, manifests.

`<out>/<job>-<fingerprint>/` is a job's artefact. The fingerprint hashes what the job obeys, the
names of parts what they were made from, and a manifest per set of inputs comes last. So a finished
part is never made again, and a manifest that is there is right.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipeline import files
from pipeline.document import digest
from pipeline.errors import DamageError, UsageError
from pipeline.frame.contracts import Plan
from pipeline.frame.engines.engine import LITTLE_BYTES, Engine, check_engine, engine
from pipeline.frame.integrity.mending import mend
from pipeline.frame.job_run import Job, JobRun
from pipeline.frame.manifests import FORMAT, Manifest
from pipeline.frame.progress import Progress
from pipeline.frame.unit_lists import unit_list
from pipeline.recipe import Recipe
from pipeline.recipe_types import fingerprint
from pipeline.secrets import masked_all


@dataclass(frozen=True)
class Settings:
    """How to run, none of which changes what is made."""

    runner: str = "local"
    workers: int = 1
    options: tuple[str, ...] = ()
    until: str = ""
    quiet: bool = False
    little: int = (
        LITTLE_BYTES  # work, in bytes of archives, of a pipeline that runs in this process
    )
    durable: bool = True  # what is committed is on the disk before it is told


def run_jobs(
    recipe: Recipe,
    jobs: tuple[Job, ...],
    out: str,
    settings: Settings,
    plans: Mapping[str, Plan] | None = None,
) -> tuple[dict[str, Manifest], Engine]:
    """Runs what is missing of `jobs`, in order; gives their manifests and the engine's figures.

    `plans` are those of the jobs that have one, by name, where they have been made before.
    """
    chosen = jobs_until(jobs, settings.until)
    plans = plans_of(jobs, recipe, out) if plans is None else plans
    files.prepare_folder(out)
    modules = tuple(job.run.__module__ for job in jobs)
    how = (settings.runner, settings.workers, settings.options, modules, settings.little)
    in_use = f"another run is writing into {out!r}; wait for it"
    with files.locked(files.join(out, ".lock"), in_use), engine(*how) as motor:
        run = Run(recipe, out, motor, Progress(settings.quiet), settings.durable)
        while missing := chosen[len(run.done) :]:
            with run.mending():
                at_work = run.begin(missing[0], plans.get(missing[0].name))
                run.done[at_work.job.name] = at_work.reused() or missing[0].run(at_work)
                run.tell()
                run.foretell(missing[1:])
    return run.done, motor


def plans_of(jobs: tuple[Job, ...], recipe: Recipe, out: str) -> dict[str, Plan]:
    """The plans of the jobs that have one, by name; `out` keeps what is known of files."""
    return {job.name: job.plan(recipe, out) for job in jobs if job.plan is not None}


@dataclass
class Run:
    """Jobs of a recipe, each run into its folder below `out` after those before it."""

    recipe: Recipe
    out: str
    engine: Engine
    progress: Progress
    durable: bool = False
    done: dict[str, Manifest] = field(default_factory=dict)
    named: dict[str, dict[str, str]] = field(default_factory=dict)  # what run.json says of jobs
    mended: set[str] = field(default_factory=set)  # paths that have been made again

    @contextmanager
    def mending(self) -> Iterator[None]:
        """Forgets a file that is damaged: no job counts as done, and what is missing is made again.

        Raises DamageError for one that no job of this run has made, or that is damaged again.
        """
        try:
            yield
        except DamageError as damage:
            if damage.path in self.mended or not self._forgotten(damage.path):
                raise
            self.mended.add(damage.path)
            self.done.clear()

    def _forgotten(self, path: str) -> bool:
        """Whether a damaged file is of a job of this run, which makes it again then."""
        for entry in self.named.values():
            folder = files.join(self.out, entry["folder"])
            if path.startswith(f"{folder}/"):
                mend(folder, [path], self.progress.tell)
                return True
        return False

    def begin(self, job: Job, plan: Plan | None = None) -> JobRun:
        """A job at work, named in run.json; its manifest is once it is told."""
        at_work = self.job_run(job, plan)
        entry = {"folder": at_work.folder.rsplit("/", 1)[-1]}
        self.named[job.name] = entry
        self.tell()
        entry["manifest"] = at_work.set_name
        if plan is not None:
            at_work.forget_edited(plan)
        return at_work

    def foretell(self, to_come: tuple[Job, ...]) -> None:
        """Says what jobs to come know already of what they will find."""
        for job in to_come:
            if job.foretell and (told := job.foretell(self.recipe, self.done)):
                self.progress.tell(told)

    def tell(self) -> None:
        """Writes run.json, without secrets."""
        recipe = masked_all(self.recipe.model_dump(mode="json"))
        value = {"recipe": recipe, "jobs": self.named}
        files.write_sealed(files.join(self.out, "run.json"), value, durable=self.durable)

    def job_run(self, job: Job, plan: Plan | None = None) -> JobRun:
        """A job at work."""
        obeys = job.obeys(self.recipe)
        mark = fingerprint(FORMAT, job.name, job.version, self.recipe.seed, obeys)
        inputs = {name: self.done[name] for name in job.reads}
        planned = unit_list(plan.units if plan else ())
        made = [f"{name}{manifest.identity}" for name, manifest in sorted(inputs.items())]
        return JobRun(
            job=job,
            recipe=self.recipe,
            folder=files.join(self.out, f"{job.name}-{mark}"),
            fingerprint=mark,
            obeys=obeys,
            set_name=digest(*planned.table["name"].to_pylist(), *made)[:16],
            planned=planned,
            inputs=inputs,
            before=next(reversed(self.done), ""),
            engine=self.engine,
            progress=self.progress,
            durable=self.durable,
            addresses=plan.addresses if plan else {},
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
