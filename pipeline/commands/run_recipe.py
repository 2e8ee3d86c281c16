"""`gristmill run`: check the recipe, run the jobs, show the funnel."""

from pipeline.frame.engines.engine import Engine, own_seconds
from pipeline.frame.manifests import Manifest
from pipeline.frame.run import Settings, check_settings, plans_of, run_jobs
from pipeline.jobs import JOBS
from pipeline.loader.dataset import Dataset
from pipeline.loader.token_loader import TokenLoader
from pipeline.recipe_file import load_recipe
from pipeline.report.funnel import JobCounts, funnel_table
from pipeline.terminal import console
from pipeline.tokenize.encode import load_tokenizer

SEQUENCE = 256  # tokens of the sequence that is shown
LEAST_SHOWN = 0.05  # CPU seconds of a step that has a line of its own
SHOWN = 400  # characters of it


def run_recipe(
    path: str,
    out: str,
    overrides: tuple[str, ...],
    settings: Settings,
    *,
    dry_run: bool = False,
    profile: bool = False,
) -> dict[str, Manifest]:
    """Runs the recipe at `path` into `out`; everything that can be checked is checked first."""
    told = console(quiet=settings.quiet)
    recipe = load_recipe(path, overrides)
    check_settings(settings, JOBS)
    plans = plans_of(JOBS, recipe, out)
    for job in JOBS:
        job.obeys(recipe)
    if dry_run:
        units = sum(len(plan.units) for plan in plans.values())
        told.print(f"{path} is in order: {units} units, nothing was run")
        return {}
    for note in (note for plan in plans.values() for note in plan.notes):
        told.print(note)
    manifests, motor = run_jobs(recipe, JOBS, out, settings, plans)
    told.print(funnel_table([job_counts(manifest) for manifest in manifests.values()]))
    if profile:
        told.print(profile_lines(motor))
    if "tokenize" in manifests:
        told.print(training_lines(manifests["tokenize"]))
    last = list(manifests.values())[-1]
    told.print(f"output  {last.folder}\nnext    gristmill status {out}")
    return manifests


def training_lines(manifest: Manifest) -> str:
    """Tokens and shards of the dataset, and the text of the first sequence a trainer would read."""
    extra = manifest.extra
    if not extra["dataset"]:
        return "dataset none: the mixture is empty"
    dataset = manifest.full_path(extra["dataset"])
    plan = Dataset(dataset).plan(SEQUENCE)
    head = f"dataset {dataset}\n        {extra['tokens']:,} tokens in {extra['shards']} shards"
    if not plan.samples:
        return head
    batch = TokenLoader(plan, global_batch=1).batch(0)
    text = load_tokenizer(dataset).decode(batch.tokens[0])
    shown = " ".join(text.split())[:SHOWN]
    return f"{head}\nbatch   {SEQUENCE} tokens of {plan.groups[batch.groups[0]]}: {shown} ..."


def job_counts(manifest: Manifest) -> JobCounts:
    return JobCounts(
        manifest.job,
        manifest.came_in,
        manifest.kept,
        manifest.dropped,
        tuple(manifest.extra.get("notes", ())),
        next(job.drops for job in JOBS if job.name == manifest.job),
    )


def profile_lines(motor: Engine) -> str:
    """CPU seconds and share of every stage, of Beam and start-up, and the memory of a worker."""
    total = own_seconds()
    stages = sorted(motor.cpu.items(), key=lambda item: -item[1])
    shown = [(name, seconds) for name, seconds in stages if seconds >= LEAST_SHOWN]
    others = stages[len(shown) :]
    rest = total - sum(seconds for _, seconds in stages)
    rows = [
        *shown,
        (f"{len(others)} other steps", sum(seconds for _, seconds in others)),
        ("Beam, imports and the driver", rest),
    ]
    lines = [f"{seconds:8.1f} s {seconds / total:6.1%}  {name}" for name, seconds in rows]
    peak = motor.peak_bytes / 2**20
    return "\n".join(["CPU by stage", *lines, f"peak memory of a worker {peak:,.0f} MiB"])
