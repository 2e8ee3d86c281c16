"""near: signatures of all parts to decisions/ and clusters/ per part.

Pairs of equal bands, then rounds of connected components until one changes nothing, then a verdict
on every component.
"""

from functools import partial
from operator import attrgetter
from typing import Any

import apache_beam as beam
import numpy as np

from pipeline.dedup import STAGE
from pipeline.dedup.near import clusters, pairs, survivors
from pipeline.dedup.rows import DROP
from pipeline.document import Unit
from pipeline.frame.manifests import Manifest
from pipeline.frame.range_files import RangeFiles, range_files, range_units
from pipeline.frame.run import Job, JobRun, Runs
from pipeline.frame.shuffle import (
    Branches,
    JoinRows,
    MapNumberedRanges,
    MapRanges,
    SaveRows,
    ShuffleRows,
)
from pipeline.frame.transforms import CommitParts, MapUnits
from pipeline.jobs.decision_parts import all_stay, near_made
from pipeline.jobs.earlier_runs import earlier_curated, earlier_documents, earlier_marks
from pipeline.jobs.near_units import (
    NearFound,
    band_rows,
    candidates,
    counts_of,
    edges,
    found_roots,
    judged,
    linked_pairs,
    members,
    read_counts,
    save_round,
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
    units: list[Unit],
    earlier: list[Unit],
    config: DedupConfig,
    minhash: MinhashConfig,
    rows: int,
) -> NearFound:
    """Finds near-duplicates; what it gives turns a unit into its decisions and clusters.

    The first path of a unit is its curated part; those of earlier runs name decisions after it.
    """
    store = range_files(job.work_file("rows"), units, earlier, rows)
    every = [*units, *earlier]
    job.once("pairs", every, pairs_graph(store, config, minhash))
    stars, rounds = connect(job, store)
    job.once("roots", range_units(store), roots_graph(store, stars))
    job.once("judge", every, judge_graph(store, config, minhash))
    return NearFound(store, {"rounds": rounds, **counts_of(store)})


def connect(job: Runs, store: RangeFiles) -> tuple[str, int]:
    """Runs rounds until one changes nothing; gives the name of the stars, and how many rounds."""
    name, mark, number = "pairs", (-1, -1), 0
    while True:
        number += 1
        after = f"stars{number}"
        job.once(after, range_units(store), round_graph(store, name, after))
        name, before = after, mark
        marks = [read_counts(store.path(f"{after}-mark", at)) for at in range(store.ranges)]
        mark = (sum(m.get("edges", 0) for m in marks), sum(m.get("sum", 0) for m in marks))
        if mark == before:
            return name, number


def pairs_graph(store: RangeFiles, config: DedupConfig, minhash: MinhashConfig) -> Any:
    """Documents of one band brought together, and the pairs that their signatures confirm."""
    return (
        MapUnits("bands", partial(band_rows, store, config, minhash))
        | ShuffleRows(("band",), store.ranges, pairs.BAND_ROW)
        | MapNumberedRanges(partial(candidates, store))
        | SaveRows(store, "pairs", _BY_A, clusters.EDGE, clusters.distinct)
    )


def round_graph(store: RangeFiles, before: str, after: str) -> Any:
    """One large and one small star over all edges."""
    return (
        MapUnits(after, partial(edges, store, before))
        | "LargeRows" >> beam.Map(clusters.large_star_rows)
        | "Large" >> ShuffleRows(_BY_A, store.ranges, clusters.EDGE)
        | "LargeStar" >> MapRanges(clusters.large_star)
        | "SmallRows" >> beam.Map(clusters.small_star_rows)
        | "Small" >> ShuffleRows(_BY_A, store.ranges, clusters.EDGE)
        | MapNumberedRanges(partial(save_round, store, after))
    )


def roots_graph(store: RangeFiles, stars: str) -> Any:
    """The component of every candidate by its part, and of every pair by the root itself."""
    read = {
        name: MapUnits("roots", partial(edges, store, of))
        for name, of in {"pairs": "pairs", "stars": stars}.items()
    }
    saved = {
        "Roots": MapRanges(found_roots)
        | SaveRows(store, "roots", ("part",), survivors.ROOT_ROW, np.unique),
        "Linked": MapRanges(linked_pairs) | SaveRows(store, "linked", _BY_ROOT, survivors.PAIR),
    }
    return JoinRows(_BY_A, store.ranges, clusters.EDGE, read) | Branches(saved)


def judge_graph(store: RangeFiles, config: DedupConfig, minhash: MinhashConfig) -> Any:
    """The members of every component brought together, and the verdict brought to their parts."""
    drops = "Drops" >> beam.Map(attrgetter("drops"))
    groups = "Clusters" >> beam.Map(attrgetter("clusters"))
    saved = {
        "Drops": drops | SaveRows(store, "drops", ("part",), DROP),
        "Clusters": groups | SaveRows(store, "clusters", ("part",), survivors.CLUSTER),
    }
    return (
        MapUnits("members", partial(members, store, config, minhash))
        | ShuffleRows(_BY_ROOT, store.ranges, survivors.MEMBER)
        | MapNumberedRanges(partial(judged, store, minhash.threshold))
        | Branches(saved)
    )


JOB = Job("near", obeys, run, reads=("curate",), drops=(STAGE,), version=2)
