"""exact: keys/ of all parts to decisions/ per part: opt-outs, duplicates, lines and paragraphs to
cut.

One comparison after the other over the keys of all parts; each sees only who is left. What a host
forbids leaves first, so that it never stays in place of another.
"""

from functools import partial
from typing import Any

import numpy as np
import pyarrow.compute as pc

from pipeline import dedup, screen
from pipeline.dedup.comparisons import Comparison, cut_comparisons, drop_comparisons
from pipeline.dedup.lines import recurring
from pipeline.dedup.opt_outs import POLICY_ROW, policies_by_part
from pipeline.dedup.rows import DROP
from pipeline.frame.graph import Gather, Shuffle, Transform
from pipeline.frame.manifests import Manifest
from pipeline.frame.range_files import RangeFiles, range_files
from pipeline.frame.run import Job, JobRun, Runs
from pipeline.frame.shuffle import MapRanges, save_rows
from pipeline.frame.transforms import CommitParts, MapUnits
from pipeline.frame.unit_lists import UnitList
from pipeline.jobs.decision_parts import exact_made
from pipeline.jobs.dedup_memory import refuse_too_many
from pipeline.jobs.earlier_runs import earlier_documents, earlier_keys, earlier_marks
from pipeline.jobs.exact_units import (
    Decider,
    comparing,
    host_policies,
    opt_outs,
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
    reads = (("extract", "keys"), ("extract", "documents"), ("extract", "policies"))
    units = job.units_of(*reads, also=(job.set_name,))  # decisions depend on all parts
    policies = obeyed(source, job.recipe)
    decide = compare(job, units, earlier, config, source.kept + before, policies)
    graph = MapUnits("DecideParts", partial(exact_made, decide)) | CommitParts(job.folder)
    return job.finish(job.run_units(units, graph))


def obeyed(source: Manifest, recipe: Recipe) -> bool:
    """Whether there are site policies to obey."""
    met = pc.sum(source.table["policies_rows"]).as_py() if source.parts else 0
    return bool(met) and recipe.screen.rights != "ignore"


def compare(
    job: Runs,
    units: UnitList,
    earlier: UnitList,
    config: DedupConfig,
    rows: int,
    policies: bool = False,
) -> Decider:
    """Runs all comparisons; what it gives turns a unit into its decisions.

    The first path of a unit is its part of keys; units of earlier runs name the curated part and
    the decisions of `near` after it, others the documents and the site policies, which are read
    where `policies` are obeyed. `rows` is about how many documents there are.
    """
    store, every = range_files(job.work_file("rows"), len(units), rows), units + earlier
    done: tuple[str, ...] = ()
    if policies:
        job.once("policies", units, policies_graph(store))
        job.once("opt_outs", units, opt_outs_graph(store))
        done = ("opt_outs",)
    for each in drop_comparisons(config, store.own):
        job.once(each.name, every, comparison_graph(store, each, done))
        done = (*done, each.name)
    crowded = job.work_file("crowded.rows")
    job.once("sites", units, sites_graph(store, done, crowded))
    for each in cut_comparisons(config, store.own, crowded):
        job.once(each.name, every, comparison_graph(store, each, done))
    return Decider(store, done, config)


def policies_graph(store: RangeFiles) -> Transform:
    """The policies of every host, to the parts that have documents of it."""
    return (
        MapUnits("policies", host_policies)
        | Shuffle(("host",), store.ranges, POLICY_ROW)
        | MapRanges(policies_by_part)
        | save_rows(store, "policies", ("part",), POLICY_ROW)
    )


def opt_outs_graph(store: RangeFiles) -> Transform:
    """The documents that those policies forbid."""
    found = MapUnits("opt_outs", partial(opt_outs, store))
    return found | save_rows(store, "opt_outs", ("part",), DROP)


def comparison_graph(store: RangeFiles, comparison: Comparison, done: tuple[str, ...]) -> Transform:
    """Rows of equal key brought together and reduced, and what is found brought to its part."""
    name = comparison.name
    return (
        MapUnits(name, make=partial(comparing, store, comparison, done))
        | Shuffle(comparison.key, store.ranges, comparison.row_type)
        | MapRanges(comparison.reduce)
        | save_rows(store, name, ("part",), comparison.result_type)
    )


def sites_graph(store: RangeFiles, done: tuple[str, ...], path: str) -> Transform:
    """The sites that have so many pages that only some of them are counted, in one file."""
    return (
        MapUnits("sites", partial(site_pages, store, done))
        | Shuffle(("site",), store.ranges, recurring.SITE_ROW)
        | MapRanges(recurring.crowded_sites)
        | Gather(path, recurring.merge_sites, np.ndarray.tobytes)
    )


JOB = Job("exact", obeys, run, reads=("extract",), drops=(screen.STAGE, dedup.STAGE), version=3)
