"""mix: a tokenizer that counts, then columns alone to mixture/ (phase and group of every chosen
document) and plan.json.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from classifiers.tagging.domains import DOMAINS
from pipeline import files
from pipeline.errors import UsageError
from pipeline.frame.job_run import Job, JobRun
from pipeline.frame.manifests import Manifest
from pipeline.frame.unit_lists import UnitList
from pipeline.jobs.mix_tokenizer import counted
from pipeline.mix import STAGE
from pipeline.mix.decision import decide, long_characters
from pipeline.mix.decision_file import decision_text
from pipeline.mix.group_names import distinct
from pipeline.mix.inventory import Summary, read_summary
from pipeline.mix.keep_rates import alarms, counted_rates
from pipeline.mix.plan_file import counted_groups, groups_of, make_plan, targets_of
from pipeline.mix.reach import COUNTED, KEPT, foretold, reach
from pipeline.mix.shares.weights import is_wanted
from pipeline.mix.transform import AssignParts, summarise_parts
from pipeline.recipe import Recipe
from pipeline.recipe_types import suggestion
from pipeline.tokenize.encode import load_tokenizer


def obeys(recipe: Recipe) -> dict[str, Any]:
    """What the fingerprint is of. Raises UsageError for components that cannot be."""
    _check_components(recipe)
    given = recipe.tokenize.tokenizer
    trained = {} if given else recipe.tokenize.chosen("vocabulary", "digits", "train_megabytes")
    return {
        "mix": recipe.mix.model_dump(mode="json", exclude={"benchmarks", "ngram"}),
        "classify": recipe.classify.chosen("gate", "keep"),
        "tokenizer": load_tokenizer(given).card.digest if given else trained,
    }


def _check_components(recipe: Recipe) -> None:
    """UsageError where two components give one file name or none has a share, for one that no
    document can be of, and for one that is to be reserved and has no share.
    """
    mix, known = recipe.mix, _components(recipe)
    declared = {source.domain for source in recipe.sources}
    distinct(known if mix.by != "domain" or "" in declared else declared)
    chosen = mix.annealing.domains if mix.annealing else ()
    for key, names in (("mix.weights", mix.weights), ("mix.annealing.domains", chosen)):
        for name in names:
            if name not in known and not _is_open(recipe):
                remedy = suggestion(name, known, "known are")
                raise UsageError(f"{key} names {name!r}, which is no {mix.by}; {remedy}")
    if known and not any(is_wanted(name, mix.weights) for name in known):
        raise UsageError(f"mix.weights gives every {mix.by} nothing; give one a share above 0")
    for name in chosen:
        if not is_wanted(name, mix.weights):
            raise UsageError(
                f"mix.annealing.domains names {name!r}, for which mix.weights leaves nothing; "
                "give it a weight or take it out"
            )


def _components(recipe: Recipe) -> set[str]:
    """What documents can be of: the domains that rules give and sources declare, the sources, or
    the languages that are kept.
    """
    if recipe.mix.by == "source":
        return {source.name for source in recipe.sources}
    if recipe.mix.by == "language":
        return {*recipe.screen.languages, *(source.language for source in recipe.sources)} - {""}
    return {*DOMAINS, *(source.domain for source in recipe.sources)} - {""}


def _is_open(recipe: Recipe) -> bool:
    """Whether documents may be of other components, as all languages are kept."""
    return recipe.mix.by == "language" and not recipe.screen.languages


def foretell(recipe: Recipe, done: Mapping[str, Manifest]) -> str:
    """What the job that has just counted texts says of the budget; "" for nothing."""
    last = [*done][-1]
    characters = done[last].apart.get(COUNTED)
    if not recipe.mix.tokens or characters is None:
        return ""
    order = [name for name in KEPT if name not in done]
    asked = recipe.classify
    gated = asked.models or asked.referenced.dump or asked.referenced.model
    vocabulary = 0 if recipe.tokenize.tokenizer else recipe.tokenize.vocabulary
    gate = asked.keep if gated and asked.gate != "off" else 1.0
    english = {*recipe.screen.languages} == {"en"}
    copies = recipe.mix.max_copies
    found = reach(characters, tuple(order), gate, copies, vocabulary=vocabulary, is_english=english)
    return foretold(recipe.mix, found, last)


def run(job: JobRun) -> Manifest:
    """What there is in all parts, its tokens counted, one decision, one pipeline that obeys it."""
    recipe, mix = job.recipe, job.recipe.mix
    found = _summary(job, "summary", {})
    tokens = counted(job, _units(job), found)
    if mix.long and found.names:
        least = long_characters(found.names, tokens.rates, mix)
        found = _summary(job, "long", least)
    decision = decide(found, tokens.rates, mix, recipe.classify, recipe.seed)
    text, path = decision_text(decision), job.work_file("decision.json")
    files.write_bytes_atomic(path, text.encode())
    done = job.run_units(_units(job, also=(text,)), AssignParts(path) | job.commit())
    groups = groups_of(decision, counted_groups(done.totals.apart))
    targets = targets_of(decision)
    plan = make_plan(groups, targets, mix)
    told = alarms(counted_rates(done.totals.apart))
    job.extra |= {
        "tokenizer": job.own_path(tokens.tokenizer),
        "digest": tokens.digest,
        "targets": asdict(targets),
        "plan": plan,
        "notes": [*plan["notes"], *tokens.notes, *told],
    }
    written = files.join(job.folder, "plan", f"{job.set_name}.json")
    files.write_json(written, plan)
    job.keep(written)
    return job.finish(done)


def _summary(job: JobRun, name: str, long_from: dict[str, int]) -> Summary:
    path = job.work_file(f"{name}.json")
    job.once(name, _units(job), summarise_parts(path, job.recipe.mix.by, long_from))
    return read_summary(path)


def _units(job: JobRun, also: tuple[str, ...] = ()) -> UnitList:
    clusters = (("near", "clusters"),) if job.recipe.mix.rehydrate else ()
    return job.units_of(("curate", "curated"), ("classify", "scores"), *clusters, also=also)


JOB = Job(
    "mix",
    obeys,
    run,
    reads=("curate", "near", "classify"),
    keeps="mixture",
    drops=(STAGE,),
    foretell=foretell,
    work=1 / 64,  # it reads a column or two
    version=5,
)
