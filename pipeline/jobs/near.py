"""near: signatures of all parts to decisions/ and clusters/ per part.

Pairs of equal bands, then rounds of connected components until one changes nothing, then a verdict
on every component; then, of what is left, texts that stand in longer ones.
"""

from functools import partial
from operator import attrgetter
from typing import Any

import numpy as np

from pipeline.dedup import STAGE
from pipeline.dedup.near import clusters, component_blocks, pairs, survivors
from pipeline.dedup.rows import DROP, all_sorted, read_rows
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
from pipeline.frame.range_files import RangeFiles, part_rows, range_files, range_units
from pipeline.frame.shuffle import save_rows
from pipeline.frame.transforms import MapUnits
from pipeline.frame.unit_lists import UnitList
from pipeline.jobs.containment_units import find_contained, nobody
from pipeline.jobs.decision_parts import all_stay, near_made
from pipeline.jobs.earlier_runs import earlier_curated, earlier_documents, earlier_marks
from pipeline.jobs.near_units import (
    Members,
    NearFound,
    band_rows,
    bucket_counts,
    candidates,
    counts_bytes,
    edges,
    judged,
    linked_pairs,
    read_counts,
    save_round,
    summed,
)
from pipeline.recipe import DedupConfig, MinhashConfig, Recipe


def obeys(recipe: Recipe) -> dict[str, Any]:
    """What the fingerprint is of."""
    names = ("minhash", "containment", "survivor", "scope")
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
    graph = MapUnits("DecideParts", made) | job.commit()
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
    buckets, giants = job.work_file("buckets.json"), job.work_file("giants.rows")
    job.once("pairs", every, pairs_graph(store, config, minhash, buckets))
    stars, rounds = connect(job, store)
    job.once("roots", range_units(store, stars), roots_graph(store, stars, giants))
    job.once("linked", range_units(store, "pairs", stars), linked_graph(store, stars, giants))
    job.once("judge", every, judge_graph(store, Members(store, config, minhash, giants)))
    drops, contained = part_rows(store, "drops", DROP), nobody(store)
    if config.containment:
        contained = find_contained(job, every, store, config, drops)
    split = {"split_components": len(read_rows(giants, component_blocks.GIANT))}
    return NearFound(store, {"rounds": rounds} | read_counts(buckets) | split, drops, contained)


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
        "Pairs": Map(attrgetter("pairs"))
        | save_rows(store, "pairs", clusters.BY_A, clusters.EDGE, clusters.distinct),
        "Counts": Map(bucket_counts) | Gather(counts, summed, counts_bytes),
    }
    return (
        MapUnits("bands", partial(band_rows, config, minhash))
        | Shuffle(("band",), store.ranges, pairs.BAND_ROW, candidates)
        | Branches(saved)
    )


def round_graph(store: RangeFiles, before: str, after: str, told: str) -> Transform:
    """One large and one small star over all edges; `told` is where it is said what came out."""
    large = partial(of_chunks, clusters.large_star)
    return (
        MapUnits(after, partial(edges, store, before))
        | Map(clusters.large_star_rows)
        | Shuffle(clusters.BY_A, store.ranges, clusters.EDGE, large)
        | Map(clusters.small_star_rows)
        | Shuffle(clusters.BY_A, store.ranges, clusters.EDGE, partial(save_round, store, after))
        | Gather(told, summed, counts_bytes)
    )


def roots_graph(store: RangeFiles, stars: str, giants: str) -> Transform:
    """The component of every candidate by its part, and the components that are split."""
    key, merge = component_blocks.ROOT_KEY, component_blocks.summed_sizes
    sizes = Combine(key, store.ranges, component_blocks.GIANT, merge)
    saved = {
        "Roots": Map(component_blocks.root_rows)
        | save_rows(store, "roots", ("part",), component_blocks.ROOT_ROW, np.unique),
        "Giants": Map(component_blocks.size_rows)
        | sizes
        | Map(component_blocks.giants)
        | Gather(giants, partial(all_sorted, component_blocks.GIANT), np.ndarray.tobytes),
    }
    return MapUnits("roots", partial(edges, store, stars)) | Branches(saved)


def linked_graph(store: RangeFiles, stars: str, giants: str) -> Transform:
    """Every pair by its component."""
    sources = {
        name: Source(MapUnits("linked", partial(edges, store, of)), clusters.BY_A, clusters.EDGE)
        for name, of in {"pairs": "pairs", "stars": stars}.items()
    }
    join = Join(store.ranges, sources, partial(linked_pairs, giants))
    return join | save_rows(store, "linked", component_blocks.BLOCK_KEY, component_blocks.PAIR)


def judge_graph(store: RangeFiles, members: Members) -> Transform:
    """The members of every component brought together, and the verdict brought to their parts."""
    judge = partial(judged, store, members.minhash.threshold)
    saved = {
        "Drops": Map(attrgetter("drops")) | save_rows(store, "drops", ("part",), DROP),
        "Clusters": Map(attrgetter("clusters"))
        | save_rows(store, "clusters", ("part",), survivors.CLUSTER),
    }
    return (
        MapUnits("members", make=members.start)
        | Shuffle(component_blocks.BLOCK_KEY, store.ranges, survivors.MEMBER, judge)
        | Branches(saved)
    )


JOB = Job("near", obeys, run, reads=("curate",), drops=(STAGE,), work=1 / 16, version=3)
