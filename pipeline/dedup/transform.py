"""Wiring of deduplication: decisions obeyed, documents signed, rows brought together by key.

`exact` and `near` are a few small pipelines each, whose graphs are here; `driver` runs them in
order. What one leaves for the next are files of rows in the job's work folder, one per range of a
hashed key; a part finds its rows in the range of its number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam
import numpy as np

from pipeline.dedup import opt_outs, steps
from pipeline.dedup.comparisons import Pass
from pipeline.dedup.desk import Desk
from pipeline.dedup.lines import recurring
from pipeline.dedup.near import clusters, pairs, survivors
from pipeline.dedup.rows import DROP, Rows
from pipeline.frame.shuffle import join_rows, split_rows
from pipeline.frame.transforms import MapBatches, MapUnits
from pipeline.recipe import DedupConfig, MinhashConfig

_BY_A = ("a_hi", "a_lo")
_BY_ROOT = ("root_hi", "root_lo")


@dataclass
class ReadDecided(beam.PTransform):
    """Units of (documents, decisions) to batches of what `exact` has left, cut.

    Documents that `exact` has dropped are in its own drops; here they were never met.
    """

    config: DedupConfig

    def expand(self, units: Any) -> Any:
        return units | MapUnits("ReadDecided", partial(partial, steps.read_decided, self.config))


@dataclass
class SignDocuments(beam.PTransform):
    """Puts the signature of every measured document beside it, None for very short ones."""

    config: MinhashConfig

    def expand(self, batches: Any) -> Any:
        return batches | MapBatches("SignDocuments", partial(partial, steps.sign, self.config))


@dataclass
class Together(beam.PTransform):
    """Named collections of row arrays to (range, {name: rows}): all rows whose keys fall into
    it.

    Most bytes of a grouped element: the rows that one part, or one range before, has in one
    range.
    """

    key: tuple[str, ...]
    ranges: int
    dtypes: Mapping[str, np.dtype[Any]]

    def expand(self, arrays: Any) -> Any:  # a dictionary of collections
        blobs = {
            name: rows
            | f"Split {name}"
            >> beam.FlatMap(split_rows, self.key, self.ranges).with_output_types(tuple[int, bytes])
            for name, rows in arrays.items()
        }
        return blobs | beam.CoGroupByKey() | beam.Map(partial(_joined, dict(self.dtypes)))


def _joined(dtypes: dict[str, np.dtype[Any]], group: Any) -> Any:
    """One element of CoGroupByKey, whose types Beam cannot follow, to (range, {name: rows})."""
    number, blobs = group
    return number, {name: join_rows(blobs[name], dtype) for name, dtype in dtypes.items()}


@dataclass
class SaveRows(beam.PTransform):
    """Brings rows together by key, reduces each range once more, and leaves it on the desk."""

    desk: Desk
    name: str
    key: tuple[str, ...]
    dtype: np.dtype[Any]
    reduce: Callable[[Rows], Rows] | None = None

    def expand(self, arrays: Any) -> Any:
        together = Together(self.key, self.desk.ranges, {"rows": self.dtype})
        return {"rows": arrays} | together | beam.Map(_save, self.desk, self.name, self.reduce)


def _save(
    group: tuple[int, dict[str, Rows]],
    desk: Desk,
    name: str,
    reduce: Callable[[Rows], Rows] | None,
) -> str:
    number, rows = group
    return desk.save(name, number, reduce(rows["rows"]) if reduce else rows["rows"])


def policies_graph(desk: Desk, units: Any) -> Any:
    row = opt_outs.POLICY_ROW
    return (
        {"rows": units | MapUnits("policies", partial(partial, steps.policy_rows, desk))}
        | Together(("host",), desk.ranges, {"rows": row})
        | beam.Map(lambda group: opt_outs.policies_by_part(group[1]["rows"]))
        | "ByPart" >> SaveRows(desk, "policies", ("part",), row)
    )


def opt_outs_graph(desk: Desk, units: Any) -> Any:
    rows = units | MapUnits("opt_outs", partial(partial, steps.opt_out_rows, desk))
    return rows | SaveRows(desk, "opt_outs", ("part",), DROP)


def pass_graph(desk: Desk, step: Pass, done: tuple[str, ...], units: Any) -> Any:
    return (
        {"rows": units | MapUnits(step.name, partial(partial, steps.pass_rows, desk, step, done))}
        | Together(step.key, desk.ranges, {"rows": step.row_type})
        | beam.Map(_reduced, step)
        | "ByPart" >> SaveRows(desk, step.name, ("part",), step.result_type)
    )


def _reduced(group: tuple[int, dict[str, Rows]], step: Pass) -> Rows:
    return step.reduce(group[1]["rows"])


def sites_graph(desk: Desk, done: tuple[str, ...], units: Any) -> Any:
    rows = units | MapUnits("sites", partial(partial, steps.site_rows, desk, done))
    crowded = recurring.crowded_sites
    return rows | SaveRows(desk, "sites", ("site",), recurring.SITE_ROW, crowded)


def pairs_graph(desk: Desk, config: DedupConfig, minhash: MinhashConfig, units: Any) -> Any:
    rows = units | MapUnits("bands", partial(partial, steps.band_rows, desk, config, minhash))
    return (
        {"rows": rows}
        | Together(("band",), desk.ranges, {"rows": pairs.BAND_ROW})
        | beam.Map(steps.candidates, desk)
        | "ByFirst" >> SaveRows(desk, "pairs", _BY_A, clusters.EDGE, clusters.distinct)
    )


def round_graph(desk: Desk, before: str, after: str, units: Any) -> Any:
    edges = {"rows": clusters.EDGE}
    rows = units | MapUnits(after, partial(partial, steps.edges_of, desk, before))
    large = (
        {"rows": rows | "LargeRows" >> beam.Map(clusters.large_star_rows)}
        | "Large" >> Together(_BY_A, desk.ranges, edges)
        | "LargeStar" >> beam.Map(lambda group: clusters.large_star(group[1]["rows"]))
    )
    return (
        {"rows": large | "SmallRows" >> beam.Map(clusters.small_star_rows)}
        | "Small" >> Together(_BY_A, desk.ranges, edges)
        | beam.Map(steps.save_round, desk, after)
    )


def roots_graph(desk: Desk, stars: str, units: Any) -> Any:
    """The component of every candidate by its part, and of every pair by the root itself."""
    found = units | "Stars" >> MapUnits("roots", partial(partial, steps.edges_of, desk, stars))
    edges = units | "Pairs" >> MapUnits("roots", partial(partial, steps.edges_of, desk, "pairs"))
    roots = found | "RootRows" >> beam.Map(survivors.root_rows)
    linked = (
        {"pairs": edges, "stars": found}
        | Together(_BY_A, desk.ranges, {"pairs": clusters.EDGE, "stars": clusters.EDGE})
        | beam.Map(lambda group: survivors.pair_rows(group[1]["pairs"], group[1]["stars"]))
    )
    return (
        roots | "Roots" >> SaveRows(desk, "roots", ("part",), survivors.ROOT_ROW, np.unique),
        linked | "Linked" >> SaveRows(desk, "linked", _BY_ROOT, survivors.PAIR),
    )


def judge_graph(desk: Desk, config: DedupConfig, minhash: MinhashConfig, units: Any) -> Any:
    rows = units | MapUnits("members", partial(partial, steps.members, desk, config, minhash))
    verdicts = (
        {"rows": rows}
        | Together(_BY_ROOT, desk.ranges, {"rows": survivors.MEMBER})
        | beam.Map(steps.judged, desk, minhash.threshold)
    )
    drops = verdicts | "Drops" >> beam.Map(lambda verdict: verdict.drops)
    groups = verdicts | "Clusters" >> beam.Map(lambda verdict: verdict.clusters)
    return (
        drops | "SaveDrops" >> SaveRows(desk, "drops", ("part",), DROP),
        groups | "SaveClusters" >> SaveRows(desk, "clusters", ("part",), survivors.CLUSTER),
    )
