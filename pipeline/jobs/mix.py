"""mix: columns alone to mixture/ (phase and group of every chosen document) and plan.json."""

from typing import Any

from classifiers.tagging.domains import DOMAINS
from pipeline import files
from pipeline.errors import UsageError
from pipeline.frame.job_run import Job, JobRun
from pipeline.frame.manifests import Manifest
from pipeline.frame.unit_lists import UnitList
from pipeline.mix import STAGE
from pipeline.mix.columns import read_summary
from pipeline.mix.decision import decide, decision_text
from pipeline.mix.group_names import distinct
from pipeline.mix.keep_rates import alarms, counted_rates
from pipeline.mix.plan_file import counted_groups, make_plan
from pipeline.mix.transform import AssignParts, summarise_parts
from pipeline.mix.weights import is_wanted
from pipeline.recipe import Recipe
from pipeline.recipe_types import suggestion


def obeys(recipe: Recipe) -> dict[str, Any]:
    """What the fingerprint is of. Raises UsageError for domains that cannot be."""
    _check_domains(recipe)
    return {
        "mix": recipe.mix.model_dump(mode="json", exclude={"benchmarks", "ngram"}),
        "classify": recipe.classify.chosen("gate", "keep"),
    }


def _check_domains(recipe: Recipe) -> None:
    """UsageError where two domains give one file name or none has a share, for one that no document
    can be of, and for one that is to be reserved and has no share.
    """
    declared = {source.domain for source in recipe.sources}
    distinct({*declared, *(DOMAINS if "" in declared else ())} - {""})
    known = {*DOMAINS, *declared} - {""}
    weights, annealing = recipe.mix.weights, recipe.mix.annealing
    chosen = annealing.domains if annealing else ()
    for key, names in (("mix.weights", weights), ("mix.annealing.domains", chosen)):
        for name in names:
            if name not in known:
                remedy = suggestion(name, known, "known are")
                raise UsageError(f"{key} names {name!r}, which is no domain; {remedy}")
    if not any(is_wanted(name, weights) for name in known):
        raise UsageError("mix.weights gives every domain nothing; give one a share above 0")
    for name in chosen:
        if not is_wanted(name, weights):
            raise UsageError(
                f"mix.annealing.domains names {name!r}, for which mix.weights leaves nothing; "
                "give it a weight or take it out"
            )


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
    version=4,
)
