"""plan.json: how often every group is seen, in words that loaders read.

    {"version": 1, "seed": 1729, "by": "domain", "max_copies": 4.0, "counted": true, "notes": [],
     "phases": [{"name": "main", "tokens": null, "weights": {"main-news-2": 1.0},
                 "max_epochs": {"main-news-2": 4.0}}],
     "groups": {"main-news-2": {"phase": "main", "domain": "news", "bucket": 2, "copies": 1,
                                "documents": 10, "characters": 25000, "tokens": 6100}},
     "components": {"news": {"natural": 6100, "share": 1.0, "seen": 6100, "room": 24400,
                             "long": 0}}}

`tokens` of a phase null means all that is there once; weights sum to 1 within a phase; only groups
that hold documents are named. `counted` says whether tokens are those of shards, or those that
rates tell. Of a component: tokens that passed its gate, its share of the tokens, what is seen of
it, what all its copies are, and what it has in long documents.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.mix.assign import ANNEAL, LONG, MAIN, PHASES, Counts
from pipeline.mix.decision import Decision
from pipeline.mix.decision_notes import plan_notes
from pipeline.mix.group_names import group_name
from pipeline.mix.score_buckets import BUCKETS
from pipeline.mix.shares.amounts import Amounts, Stocks, amounts
from pipeline.mix.shares.rehydration import COPIES
from pipeline.mix.shares.seen_groups import Group, seen_of_groups
from pipeline.mix.shares.weights import shares_of
from pipeline.recipe_types import MixConfig

VERSION = 1
_ONCE = 1e-9  # that an epoch may be away from one

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Targets:
    """What a plan is made from, besides the groups."""

    seed: int
    by: str
    curve: bool
    natural: Mapping[str, float]  # tokens by component that pass its gate
    room: Mapping[str, float]  # all copies of main documents, and reserved ones once
    long: Mapping[str, float]  # of those, tokens of long documents
    notes: tuple[str, ...]


def targets_of(decision: Decision) -> Targets:
    """The targets of a decision."""
    natural, room, long = (
        dict(zip(decision.names, of.tolist(), strict=True))
        for of in (decision.natural, decision.room, decision.long_tokens)
    )
    notes = decision.notes
    return Targets(decision.seed, decision.by, decision.curve, natural, room, long, notes)


def counted_groups(apart: Mapping[str, int]) -> Counts:
    """Documents and characters by group, from what the parts have counted apart."""
    prefix = "apart:documents:"
    names = [key.removeprefix(prefix) for key in apart if key.startswith(prefix)]
    return {name: (apart[f"{prefix}{name}"], apart[f"apart:characters:{name}"]) for name in names}


def groups_of(decision: Decision, counts: Counts) -> dict[str, Group]:
    """The groups that hold documents, their tokens by the rates of the decision."""
    found = {}
    for at, component in enumerate(decision.names):
        cells = [(MAIN, b, copies) for b in range(BUCKETS) for copies in COPIES]
        for phase, bucket, copies in [*cells, (LONG, 0, 1), (ANNEAL, 0, 1)]:
            name = group_name(phase, component, bucket, copies)
            if name not in counts:
                continue
            documents, characters = counts[name]
            # Reserved documents are the best: their rate is that of the best bucket.
            best = int(decision.counts[at]) - 1 if phase == ANNEAL else bucket
            rate = decision.rates[at].mean() if phase == LONG else decision.rates[at, best]
            tokens = documents + round(characters * float(rate))
            found[name] = Group(phase, component, bucket, copies, documents, characters, tokens)
    return found


def recounted(groups: Mapping[str, Group], tokens: Mapping[str, int]) -> dict[str, Group]:
    """The groups with the tokens that shards hold."""
    return {name: replace(group, tokens=tokens[name]) for name, group in groups.items()}


def make_plan(
    groups: Mapping[str, Group], targets: Targets, mix: MixConfig, *, counted: bool = False
) -> dict[str, Any]:
    """The plan of groups: shares as the recipe has them, of the tokens that the groups hold."""
    mix = mix.model_copy(update={"budget": "up_to"})  # what an exact one refuses is refused before
    names = tuple(sorted(targets.natural))
    natural = np.array([targets.natural[name] for name in names])
    stocks = _stocks(groups, names, mix)
    found = amounts(stocks, mix, natural if mix.tokens else None)
    lost = _lost(mix, names, natural, stocks)
    seen = _seen(groups, names, found, targets, mix)
    return {
        "version": VERSION,
        "seed": targets.seed,
        "by": targets.by,
        "max_copies": mix.max_copies,
        "counted": counted,
        "notes": [*plan_notes(mix, names, found), *targets.notes, *lost],
        "phases": [
            _phase(phase, some, groups, mix) for phase, some in seen.items() if sum(some.values())
        ],
        "groups": {name: _row(group, targets.by) for name, group in groups.items()},
        "components": _components(names, found, stocks, targets, mix),
    }


def _stocks(groups: Mapping[str, Group], names: tuple[str, ...], mix: MixConfig) -> Stocks:
    main, room, long, anneal = (np.zeros(len(names)) for _ in range(4))
    for group in groups.values():
        at = names.index(group.component)
        if group.phase == MAIN:
            main[at] += group.tokens * _copies(group, mix)
            room[at] += group.tokens * mix.max_copies
        else:
            (long if group.phase == LONG else anneal)[at] += group.tokens
    return Stocks(names, main, room, long, anneal)


def _copies(group: Group, mix: MixConfig) -> float:
    return min(float(group.copies), mix.max_copies)


def _seen(
    groups: Mapping[str, Group],
    names: tuple[str, ...],
    found: Amounts,
    targets: Targets,
    mix: MixConfig,
) -> dict[str, dict[str, float]]:
    """By phase the tokens that are seen of groups."""
    seen: dict[str, dict[str, float]] = {phase: {} for phase in PHASES}
    for at, component in enumerate(names):
        mine = {name: group for name, group in groups.items() if group.component == component}
        main = {name: group for name, group in mine.items() if group.phase == MAIN}
        wanted = float(found.main[at]), float(found.replay[at])
        kept, replayed = seen_of_groups(main, *wanted, mix, rises=targets.curve)
        seen[MAIN] |= kept
        seen[ANNEAL] |= replayed
        for phase, amount in ((LONG, found.long[at]), (ANNEAL, found.anneal[at])):
            seen[phase] |= {name: float(amount) for name in mine if mine[name].phase == phase}
    return seen


def _phase(
    phase: str, seen: Mapping[str, float], groups: Mapping[str, Group], mix: MixConfig
) -> dict[str, Any]:
    total = sum(seen.values())
    own = {name for name, group in groups.items() if group.phase == phase}
    once = (
        not mix.tokens
        and set(seen) == own
        and all(
            abs(amount - groups[name].tokens) <= _ONCE * groups[name].tokens
            for name, amount in seen.items()
        )
    )
    return {
        "name": phase,
        "tokens": None if once else round(total),
        "weights": {name: amount / total for name, amount in seen.items() if amount},
        "max_epochs": {name: float(mix.max_copies) for name, amount in seen.items() if amount},
    }


def _row(group: Group, by: str) -> dict[str, Any]:
    row = asdict(group)
    return {"phase": row.pop("phase"), by: row.pop("component"), **row}


def _lost(mix: MixConfig, names: tuple[str, ...], natural: Floats, stocks: Stocks) -> list[str]:
    """Of components that were to be seen and have no document left."""
    if not stocks.natural.any():
        return [
            f"The mixture is empty: the budget of {mix.tokens:,} tokens is less than a document."
            if mix.tokens and natural.any()
            else "The mixture is empty: no document is left for it."
        ]
    wanted = (natural > 0) & (shares_of(names, mix, natural) > 0) & (stocks.natural == 0)
    gone = ", ".join(name for name, is_gone in zip(names, wanted, strict=True) if is_gone)
    return [f"No document is left of {gone}: the budget is too small."] if gone else []


def _components(
    names: tuple[str, ...], found: Amounts, stocks: Stocks, targets: Targets, mix: MixConfig
) -> dict[str, dict[str, float]]:
    """What is told of components. Without a budget all that there is was chosen, so that the groups
    tell it better than rates do.
    """
    if not mix.tokens:
        room = stocks.room + stocks.long + stocks.anneal
        targets = replace(
            targets,
            natural=dict(zip(names, stocks.natural.tolist(), strict=True)),
            room=dict(zip(names, room.tolist(), strict=True)),
        )
    return {
        name: {
            "natural": round(targets.natural[name]),
            "share": float(found.shares[at]),
            "seen": round(float(found.seen[at])),
            "room": round(targets.room[name]),
            "long": round(targets.long[name]),
        }
        for at, name in enumerate(names)
    }


def groups_in(plan: Mapping[str, Any]) -> dict[str, Group]:
    """The groups that a plan names."""
    return {
        name: Group(component=row[plan["by"]], **{k: v for k, v in row.items() if k != plan["by"]})
        for name, row in plan["groups"].items()
    }
