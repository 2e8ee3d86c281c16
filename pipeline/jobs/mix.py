"""mix: columns alone to mixture/ (phase and group of every chosen document) and plan.json."""

from typing import Any

from pipeline import files
from pipeline.frame.job_run import Job, JobRun
from pipeline.frame.manifests import Manifest
from pipeline.frame.unit_lists import UnitList
from pipeline.mix import STAGE
from pipeline.mix.columns import read_summary
from pipeline.mix.decision import decide, decision_text
from pipeline.mix.keep_rates import alarms, counted_rates
from pipeline.mix.plan_file import counted_groups, make_plan
from pipeline.mix.transform import AssignParts, summarise_parts
from pipeline.recipe import Recipe


def obeys(recipe: Recipe) -> dict[str, Any]:
    """What the fingerprint is of."""
    return {
        "mix": recipe.mix.model_dump(mode="json", exclude={"benchmarks", "ngram"}),
        "classify": recipe.classify.chosen("gate", "keep"),
    }


def run(job: JobRun) -> Manifest:
    """A histogram of all parts, one decision, and one pipeline that obeys it."""
    recipe, summary = job.recipe, job.work_file("summary.json")
    job.once("summary", _units(job), summarise_parts(summary))
    decision = decide(read_summary(summary), recipe.mix, recipe.classify, recipe.seed)
    text, path = decision_text(decision), job.work_file("decision.json")
    files.write_bytes_atomic(path, text.encode())
    done = job.run_units(_units(job, also=(text,)), AssignParts(path) | job.commit())
    plan = make_plan(decision, counted_groups(done.totals.apart), recipe.mix)
    told = alarms(counted_rates(done.totals.apart))
    job.extra |= {"plan": plan, "notes": [*decision.notes, *told]}
    written = files.join(job.folder, "plan", f"{job.set_name}.json")
    files.write_json(written, plan)
    job.keep(written)
    return job.finish(done)


def _units(job: JobRun, also: tuple[str, ...] = ()) -> UnitList:
    return job.units_of(("curate", "curated"), ("classify", "scores"), also=also)


JOB = Job(
    "mix",
    obeys,
    run,
    reads=("curate", "classify"),
    keeps="mixture",
    drops=(STAGE,),
    work=1 / 64,  # it reads a column or two
    version=3,
)
