"""The pipelines of `exact` and `near` in order, and what they have found.

Each pipeline is small and run to its end before the next; rounds of connected components are a loop
here, one pipeline each. What has been done is not done again by a run after this one.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import pyarrow as pa

from pipeline.dedup import steps, transform
from pipeline.dedup.comparisons import cut_passes, drop_passes
from pipeline.dedup.desk import Desk, make_desk
from pipeline.dedup.lines import recurring
from pipeline.document import Unit
from pipeline.recipe import DedupConfig, MinhashConfig


class Runs(Protocol):
    """What the driver needs of a job at work: pipelines run once, and a folder between them."""

    def once(self, name: str, units: list[Unit], build: Callable[[Any], Any]) -> None: ...

    def work_file(self, name: str) -> str: ...


def decide_exact(
    job: Runs,
    units: list[Unit],
    earlier: list[Unit],
    config: DedupConfig,
    rows: int,
    policies: Sequence[Unit] = (),
) -> Callable[[Unit], pa.Table]:
    """Runs the passes of `exact` over keys; gives the function from a unit to its decisions.

    The first path of a unit is its part of keys; units of earlier runs name the curated part and
    the decisions of `near` after it. `rows` is about how many documents there are. `policies` are
    the same units with the paths of the site policies and the documents, none where no site policy
    is obeyed: what a host forbids leaves first, so that it never stays in place of another.
    """
    desk = make_desk(job.work_file("rows"), units, earlier, rows)
    done: tuple[str, ...] = ()
    if policies:
        job.once("policies", list(policies), partial(transform.policies_graph, desk))
        job.once("opt_outs", list(policies), partial(transform.opt_outs_graph, desk))
        done = ("opt_outs",)
    for step in drop_passes(config, desk.own):
        job.once(step.name, [*units, *earlier], partial(transform.pass_graph, desk, step, done))
        done = (*done, step.name)
    job.once("sites", units, partial(transform.sites_graph, desk, done))
    crowded = desk.load_all("sites", recurring.SITE_ROW)
    for step in cut_passes(config, desk.own, crowded):
        job.once(step.name, [*units, *earlier], partial(transform.pass_graph, desk, step, done))
    return partial(steps.exact_decisions, desk, done, config)


def decide_near(
    job: Runs,
    units: list[Unit],
    earlier: list[Unit],
    config: DedupConfig,
    minhash: MinhashConfig,
    rows: int,
) -> steps.NearFound:
    """Runs `near` over signatures; what it gives turns a unit into its decisions and clusters.

    The first path of a unit is its curated part; those of earlier runs name decisions after it.
    """
    desk = make_desk(job.work_file("rows"), units, earlier, rows)
    every = [*units, *earlier]
    job.once("pairs", every, partial(transform.pairs_graph, desk, config, minhash))
    stars, rounds = _connected(job, desk)
    job.once("roots", _range_units(desk), partial(transform.roots_graph, desk, stars))
    job.once("judge", every, partial(transform.judge_graph, desk, config, minhash))
    return steps.NearFound(desk, {"rounds": rounds, **steps.counts_of(desk)})


def _connected(job: Runs, desk: Desk) -> tuple[str, int]:
    """Runs rounds until one changes nothing; gives the name of the stars, and how many rounds."""
    name, mark, number = "pairs", (-1, -1), 0
    while True:
        number += 1
        after = f"stars{number}"
        job.once(after, _range_units(desk), partial(transform.round_graph, desk, name, after))
        name, before = after, mark
        marks = [steps.read_counts(desk.path(f"{after}-mark", at)) for at in range(desk.ranges)]
        mark = (sum(m.get("edges", 0) for m in marks), sum(m.get("sum", 0) for m in marks))
        if mark == before:
            return name, number


def _range_units(desk: Desk) -> list[Unit]:
    return [Unit(name=f"range{at:05}", paths=(), start=at) for at in range(desk.ranges)]
