"""Runs what is missing: units, pipelines, resume, conservation, manifests.

`<out>/<job>-<fingerprint>/` is a job's artefact. The fingerprint hashes what the job obeys, the
names of parts what they were made from, and a manifest per set of inputs comes last. So a finished
part is never made again, and a manifest that is there is right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline import files
from pipeline.document import digest
from pipeline.errors import UsageError
from pipeline.frame.engines.engine import LITTLE_BYTES, Engine, check_engine, engine
from pipeline.frame.job_run import Job, JobRun, Plan
from pipeline.frame.manifests import FORMAT, Manifest
from pipeline.frame.progress import Progress
from pipeline.frame.unit_lists import unit_list
from pipeline.recipe import Recipe, fingerprint


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
    recipe: Recipe,
    jobs: tuple[Job, ...],
    out: str,
    settings: Settings,
    plans: Mapping[str, Plan] | None = None,
) -> tuple[dict[str, Manifest], Engine]:
    """Runs what is missing of `jobs`, in order; gives their manifests and the engine's figures.

    `plans` are those of the jobs that have one, by name, where they have been made before.
    """
    plans = plans_of(jobs, recipe, out) if plans is None else plans
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
            plan = plans.get(job.name)
            at_work = job_run(job, recipe, out, done, motor, Progress(settings.quiet), plan)
            entry = {"folder": at_work.folder.rsplit("/", 1)[-1]}
            record["jobs"][job.name] = entry
            files.write_json(files.join(out, "run.json"), record)
            entry["manifest"] = at_work.set_name
            if plan is not None:
                at_work.forget_edited(plan)
            done[job.name] = at_work.reused() if at_work.is_finished else job.run(at_work)
            files.write_json(files.join(out, "run.json"), record)
    return done, motor


def plans_of(jobs: tuple[Job, ...], recipe: Recipe, out: str) -> dict[str, Plan]:
    """The plans of the jobs that have one, by name; `out` keeps what is known of files."""
    return {job.name: job.plan(recipe, out) for job in jobs if job.plan is not None}


def job_run(
    job: Job,
    recipe: Recipe,
    out: str,
    done: dict[str, Manifest],
    motor: Engine,
    progress: Progress,
    plan: Plan | None = None,
) -> JobRun:
    """`job` at work in its folder below `out`, after the jobs that are `done`, in their order."""
    obeys = job.obeys(recipe)
    mark = fingerprint(FORMAT, job.name, job.version, recipe.seed, obeys)
    folder = files.join(out, f"{job.name}-{mark}")
    inputs = {name: done[name] for name in job.reads}
    before = next(reversed(done), "")
    planned = unit_list(plan.units if plan else ())
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
