"""exact: keys/ of all parts to decisions/ per part: opt-outs, duplicates, lines and paragraphs to
cut.

One comparison after the other over the keys of all parts; each sees only who is left. What a host
forbids leaves first, so that it never stays in place of another.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from pipeline import dedup, screen
from pipeline.dedup.comparisons import Comparison, cut_comparisons, drop_comparisons
from pipeline.dedup.lines import recurring
from pipeline.dedup.opt_outs import POLICY_ROW, policies_by_part
from pipeline.dedup.rows import DROP
from pipeline.document import Unit
from pipeline.frame.manifests import Manifest
from pipeline.frame.range_files import RangeFiles, range_files
from pipeline.frame.run import Job, JobRun, Runs
from pipeline.frame.shuffle import MapRanges, SaveRows, ShuffleRows
from pipeline.frame.transforms import CommitParts, MapUnits
from pipeline.jobs.decision_parts import exact_made
from pipeline.jobs.dedup_memory import refuse_too_many
from pipeline.jobs.earlier_runs import earlier_documents, earlier_keys, earlier_marks
from pipeline.jobs.exact_units import (
    Decider,
    host_policies,
    opt_outs,
    rows_to_compare,
    site_pages,
)
from pipeline.recipe import DedupConfig, Recipe


def obeys(recipe: Recipe) -> dict[str, Any]:
    """What the fingerprint is of."""
    names = ("url", "exact", "site_lines", "paragraphs", "survivor", "scope")
    return {
        "dedup": recipe.dedup.chosen(*names),
        "against": earlier_marks(recipe.dedup.against),
        "site_policies": recipe.screen.rights != "ignore",
    }


def run(job: JobRun) -> Manifest:
    """A pipeline for each comparison, and one that writes the decisions of every part."""
    source, config = job.inputs["extract"], job.recipe.dedup
    earlier, before = earlier_keys(config.against), earlier_documents(config.against)
    available, workers = job.engine.available_bytes(), job.engine.workers
    refuse_too_many(source.kept, before, config, available, workers)
    pairs = (("extract", "documents"), ("extract", "keys"))
    units = job.units_of(*pairs, also=(job.set_name,))  # decisions depend on all parts
    keys = [replace(unit, paths=unit.paths[1:]) for unit in units]
    policies = policy_units(job, units)
    decide = compare(job, keys, earlier, config, source.kept + before, policies)
    graph = MapUnits("DecideParts", partial(exact_made, decide)) | CommitParts(job.folder)
    return job.finish(job.run_units(units, graph))


def policy_units(job: JobRun, units: list[Unit]) -> list[Unit]:
    """Units of (policies, documents) under the names of `units`; none where nothing is to obey."""
    met = sum(part.rows["policies"] for part in job.inputs["extract"].parts)
    if not met or job.recipe.screen.rights == "ignore":
        return []
    found = job.units_of(("extract", "policies"), ("extract", "documents"))
    return [replace(one, name=unit.name) for one, unit in zip(found, units, strict=True)]


def compare(
    job: Runs,
    units: list[Unit],
    earlier: list[Unit],
    config: DedupConfig,
    rows: int,
    policies: Sequence[Unit] = (),
) -> Decider:
    """Runs all comparisons; what it gives turns a unit into its decisions.

    The first path of a unit is its part of keys; units of earlier runs name the curated part and
    the decisions of `near` after it. `rows` is about how many documents there are. `policies` are
    the same units with the paths of the site policies and the documents, none where no site policy
    is obeyed.
    """
    store = range_files(job.work_file("rows"), units, earlier, rows)
    done: tuple[str, ...] = ()
    if policies:
        job.once("policies", list(policies), policies_graph(store))
        job.once("opt_outs", list(policies), opt_outs_graph(store))
        done = ("opt_outs",)
    for each in drop_comparisons(config, store.own):
        job.once(each.name, [*units, *earlier], comparison_graph(store, each, done))
        done = (*done, each.name)
    job.once("sites", units, sites_graph(store, done))
    crowded = store.load_all("sites", recurring.SITE_ROW)
    for each in cut_comparisons(config, store.own, crowded):
        job.once(each.name, [*units, *earlier], comparison_graph(store, each, done))
    return Decider(store, done, config)


def policies_graph(store: RangeFiles) -> Any:
    """The policies of every host, to the parts that have documents of it."""
    return (
        MapUnits("policies", partial(host_policies, store))
        | ShuffleRows(("host",), store.ranges, POLICY_ROW)
        | MapRanges(policies_by_part)
        | SaveRows(store, "policies", ("part",), POLICY_ROW)
    )


def opt_outs_graph(store: RangeFiles) -> Any:
    """The documents that those policies forbid."""
    found = MapUnits("opt_outs", partial(opt_outs, store))
    return found | SaveRows(store, "opt_outs", ("part",), DROP)


def comparison_graph(store: RangeFiles, comparison: Comparison, done: tuple[str, ...]) -> Any:
    """Rows of equal key brought together and reduced, and what is found brought to its part."""
    name = comparison.name
    return (
        MapUnits(name, partial(rows_to_compare, store, comparison, done))
        | ShuffleRows(comparison.key, store.ranges, comparison.row_type)
        | MapRanges(comparison.reduce)
        | SaveRows(store, name, ("part",), comparison.result_type)
    )


def sites_graph(store: RangeFiles, done: tuple[str, ...]) -> Any:
    """The sites that have so many pages that only some of them are counted."""
    pages = MapUnits("sites", partial(site_pages, store, done))
    crowded = recurring.crowded_sites
    return pages | SaveRows(store, "sites", ("site",), recurring.SITE_ROW, crowded)


JOB = Job("exact", obeys, run, reads=("extract",), drops=(screen.STAGE, dedup.STAGE), version=3)
