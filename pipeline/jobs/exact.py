"""exact: keys/ of all parts to decisions/ per part: opt-outs, duplicates, lines and paragraphs to
cut.

One comparison after the other over the keys of all parts; each sees only who is left. What a host
forbids leaves first, so that it never stays in place of another.
"""

from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow.compute as pc

from pipeline import dedup, screen
from pipeline.dedup.comparisons import Comparison, drop_comparisons, paragraph_comparison
from pipeline.dedup.lines import recurring
from pipeline.dedup.opt_outs import POLICY_ROW, newest
from pipeline.dedup.rows import DROP, all_sorted
from pipeline.dedup.told_parts import ASK
from pipeline.frame.contracts import Runs
from pipeline.frame.graph import (
    Branches,
    Combine,
    Gather,
    Join,
    Map,
    Shuffle,
    Source,
    Transform,
    of_chunks,
)
from pipeline.frame.job_run import Job, JobRun
from pipeline.frame.manifests import Manifest
from pipeline.frame.range_files import RangeFiles, range_files
from pipeline.frame.shuffle import save_rows
from pipeline.frame.transforms import MapUnits
from pipeline.frame.unit_lists import UnitList
from pipeline.jobs.decision_parts import exact_made
from pipeline.jobs.dedup_memory import refuse_too_many
from pipeline.jobs.earlier_runs import earlier_documents, earlier_keys, earlier_marks
from pipeline.jobs.exact_units import (
    CutRows,
    Decider,
    host_policies,
    opt_outs,
    rows_to_compare,
    site_pages,
    told_lines,
    told_rules,
)
from pipeline.recipe import DedupConfig, LinesConfig, Recipe


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
    graph = MapUnits("DecideParts", partial(exact_made, decide)) | job.commit()
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
    if rows > recurring.SAMPLE:
        job.once("sites", every, sites_graph(store, done, crowded))
    job.once("cuts", every, cuts_graph(store, config, done, crowded))
    return Decider(store, done, config)


def policies_graph(store: RangeFiles) -> Transform:
    """The policies of every host, to the parts that have documents of it."""
    merge = Combine(("host",), store.ranges, POLICY_ROW, newest)
    sources = {
        "rules": Source(Map(itemgetter(0)) | merge, ("host",), POLICY_ROW),
        "asks": Source(Map(itemgetter(1)), ("key",), ASK),
    }
    return (
        MapUnits("policies", host_policies)
        | Join(store.ranges, sources, partial(told_rules, store))
        | save_rows(store, "policies", ("part",), POLICY_ROW)
    )


def opt_outs_graph(store: RangeFiles) -> Transform:
    """The documents that those policies forbid."""
    found = MapUnits("opt_outs", partial(opt_outs, store))
    return found | save_rows(store, "opt_outs", ("part",), DROP)


def comparison_graph(store: RangeFiles, comparison: Comparison, done: tuple[str, ...]) -> Transform:
    """Rows of equal key brought together and reduced, and what is found brought to its part."""
    name = comparison.name
    return MapUnits(name, partial(rows_to_compare, store, comparison, done)) | compared(
        store, comparison
    )


def compared(store: RangeFiles, comparison: Comparison) -> Transform:
    """What a comparison makes of its rows, left by part."""
    reduce = partial(of_chunks, comparison.reduce)
    shuffle = Shuffle(comparison.key, store.ranges, comparison.row_type, reduce)
    return shuffle | save_rows(store, comparison.name, ("part",), comparison.result_type)


def sites_graph(store: RangeFiles, done: tuple[str, ...], path: str) -> Transform:
    """The sites that have so many pages that only some of them are counted, in one file."""
    merge = Combine(("site",), store.ranges, recurring.SITE_ROW, recurring.summed_sites)
    return (
        MapUnits("sites", partial(site_pages, store, done))
        | merge
        | Map(recurring.crowded_sites)
        | Gather(path, partial(all_sorted, recurring.SITE_ROW), np.ndarray.tobytes)
    )


def cuts_graph(
    store: RangeFiles, config: DedupConfig, done: tuple[str, ...], crowded: str
) -> Transform:
    """What is cut from the documents that are left: recurring lines, and shared paragraphs."""
    shared = config.paragraphs
    compare = paragraph_comparison(config, shared, store.own) if shared else None
    rows = CutRows(store, done, crowded, config.site_lines or None, compare, config.survivor)
    saved: dict[str, Transform] = {}
    if config.site_lines:
        saved["Lines"] = lines_graph(store, config.site_lines)
    if compare:
        saved["Paragraphs"] = Map(itemgetter(2)) | compared(store, compare)
    return MapUnits("cuts", make=rows.start) | Branches(saved)


def lines_graph(store: RangeFiles, limits: LinesConfig) -> Transform:
    """The lines of every site counted, and those that recur told to the parts with pages of it."""
    merge = Combine(("site", "split"), store.ranges, recurring.LINE_ROW, recurring.summed)
    found = Map(itemgetter(0)) | merge | Map(partial(recurring.recurring_lines, config=limits))
    sources = {
        "lines": Source(found, ("site",), recurring.PART_LINE),
        "asks": Source(Map(itemgetter(1)), ("key",), ASK),
    }
    join = Join(store.ranges, sources, partial(told_lines, store))
    return join | save_rows(store, "lines", ("part",), recurring.PART_LINE)


JOB = Job(
    "exact",
    obeys,
    run,
    reads=("extract",),
    drops=(screen.STAGE, dedup.STAGE),
    work=1 / 16,
    version=5,
)
