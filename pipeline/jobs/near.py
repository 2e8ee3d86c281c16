"""near: signatures of all parts to decisions/ and clusters/ per part.

Pairs of equal bands, then rounds of connected components until one changes nothing, then a verdict
on every component.
"""

from functools import partial
from operator import attrgetter
from typing import Any

import numpy as np

from pipeline.dedup import STAGE
from pipeline.dedup.near import clusters, pairs, survivors
from pipeline.dedup.rows import DROP
from pipeline.frame.graph import Branches, Gather, Join, Map, Shuffle, Transform
from pipeline.frame.manifests import Manifest
from pipeline.frame.range_files import RangeFiles, range_files, range_units
from pipeline.frame.run import Job, JobRun, Runs
from pipeline.frame.shuffle import MapRanges, save_rows
from pipeline.frame.transforms import CommitParts, MapUnits
from pipeline.frame.unit_lists import UnitList
from pipeline.jobs.decision_parts import all_stay, near_made
from pipeline.jobs.earlier_runs import earlier_curated, earlier_documents, earlier_marks
from pipeline.jobs.near_units import (
    NearFound,
    band_rows,
    bucket_counts,
    component_counts,
    counts_bytes,
    edges,
    found_roots,
    judged,
    linked_pairs,
    members,
    read_counts,
    save_round,
    summed,
)
from pipeline.recipe import DedupConfig, MinhashConfig, Recipe

_BY_A = ("a_hi", "a_lo")
_BY_ROOT = ("root_hi", "root_lo")


def obeys(recipe: Recipe) -> dict[str, Any]:
    """What the fingerprint is of."""
    names = ("minhash", "survivor", "scope")
    dedup = recipe.dedup.chosen(*names)
    return {"dedup": dedup, "against": earlier_marks(recipe.dedup.against)}


def run(job: JobRun) -> Manifest:
    """The pipelines of `find`, and one that writes the decisions of every part."""
    source, config = job.inputs["curate"], job.recipe.dedup
    units = job.units_of(("curate", "curated"), also=(job.set_name,))
    made: Any = all_stay
    if config.minhash:
        earlier, before = earlier_curated(config.against), earlier_documents(config.against)
        found = find(job, units, earlier, config, config.minhash, source.kept + before)
        job.extra |= {"counts": found.counts}
        made = partial(near_made, found)
    else:
        job.extra |= {"notes": ["near-duplicates stay: dedup.minhash is off"]}
    graph = MapUnits("DecideParts", made) | CommitParts(job.folder)
    return job.finish(job.run_units(units, graph))


def find(
    job: Runs,
    units: UnitList,
    earlier: UnitList,
    config: DedupConfig,
    minhash: MinhashConfig,
    rows: int,
) -> NearFound:
    """Finds near-duplicates; what it gives turns a unit into its decisions and clusters.

    The first path of a unit is its curated part; those of earlier runs name decisions after it.
    """
    store, every = range_files(job.work_file("rows"), len(units), rows), units + earlier
    counts = [job.work_file(f"{name}.json") for name in ("buckets", "components")]
    job.once("pairs", every, pairs_graph(store, config, minhash, counts[0]))
    stars, rounds = connect(job, store)
    joined = range_units(store, "pairs", stars)
    job.once("roots", joined, roots_graph(store, stars))
    job.once("judge", every, judge_graph(store, config, minhash, counts[1]))
    return NearFound(store, {"rounds": rounds} | read_counts(counts[0]) | read_counts(counts[1]))


def connect(job: Runs, store: RangeFiles) -> tuple[str, int]:
    """Runs rounds until one changes nothing; gives the name of the stars, and how many rounds."""
    name, mark, number = "pairs", {"edges": -1, "sum": -1}, 0
    while True:
        number += 1
        after = f"stars{number}"
        told = job.work_file(f"{after}.json")
        job.once(after, range_units(store, name), round_graph(store, name, after, told))
        name, before, mark = after, mark, read_counts(told)
        if mark == before or not mark:
            return name, number


def pairs_graph(
    store: RangeFiles, config: DedupConfig, minhash: MinhashConfig, counts: str
) -> Transform:
    """Documents of one band brought together, and the pairs that their signatures confirm."""
    saved = {
        "Pairs": Map("Pairs", attrgetter("pairs"))
        | save_rows(store, "pairs", _BY_A, clusters.EDGE, clusters.distinct),
        "Counts": Map("Counts", bucket_counts) | Gather(counts, summed, counts_bytes),
    }
    return (
        MapUnits("bands", partial(band_rows, config, minhash))
        | Shuffle(("band",), store.ranges, pairs.BAND_ROW)
        | MapRanges(pairs.candidates)
        | Branches(saved)
    )


def round_graph(store: RangeFiles, before: str, after: str, told: str) -> Transform:
    """One large and one small star over all edges; `told` is where it is said what came out."""
    return (
        MapUnits(after, partial(edges, store, before))
        | Map("LargeRows", clusters.large_star_rows)
        | Shuffle(_BY_A, store.ranges, clusters.EDGE)
        | MapRanges(clusters.large_star)
        | Map("SmallRows", clusters.small_star_rows)
        | Shuffle(_BY_A, store.ranges, clusters.EDGE)
        | MapRanges(partial(save_round, store, after), numbered=True)
        | Gather(told, summed, counts_bytes)
    )


def roots_graph(store: RangeFiles, stars: str) -> Transform:
    """The component of every candidate by its part, and of every pair by the root itself."""
    read = {
        name: (MapUnits("roots", partial(edges, store, of)), clusters.EDGE)
        for name, of in {"pairs": "pairs", "stars": stars}.items()
    }
    saved = {
        "Roots": MapRanges(found_roots)
        | save_rows(store, "roots", ("part",), survivors.ROOT_ROW, np.unique),
        "Linked": MapRanges(linked_pairs) | save_rows(store, "linked", _BY_ROOT, survivors.PAIR),
    }
    return Join(_BY_A, store.ranges, read) | Branches(saved)


def judge_graph(
    store: RangeFiles, config: DedupConfig, minhash: MinhashConfig, counts: str
) -> Transform:
    """The members of every component brought together, and the verdict brought to their parts."""
    saved = {
        "Drops": Map("Drops", attrgetter("drops")) | save_rows(store, "drops", ("part",), DROP),
        "Clusters": Map("Clusters", attrgetter("clusters"))
        | save_rows(store, "clusters", ("part",), survivors.CLUSTER),
        "Counts": Map("Counts", component_counts) | Gather(counts, summed, counts_bytes),
    }
    return (
        MapUnits("members", partial(members, store, config, minhash))
        | Shuffle(_BY_ROOT, store.ranges, survivors.MEMBER)
        | MapRanges(partial(judged, store, minhash.threshold), numbered=True)
        | Branches(saved)
    )


JOB = Job("near", obeys, run, reads=("curate",), drops=(STAGE,), version=2)
