"""Proxies of mixtures: plans of one phase over the shards that there are, so that none is written.

A component's groups keep the proportions in which its tokens are seen by the dataset's own plan.
"""

from collections.abc import Mapping
from typing import Any

from pipeline.errors import UsageError

PHASE = "main"  # whose groups proxies read: what is reserved stays so


def proxy_sizes(plan: Mapping[str, Any]) -> dict[str, int]:
    """Tokens by component that a proxy of this plan's dataset can read, each once."""
    sizes: dict[str, int] = {}
    for row in _main(plan).values():
        sizes[row[plan["by"]]] = sizes.get(row[plan["by"]], 0) + row["tokens"]
    return sizes


def proxy_plan(
    plan: Mapping[str, Any], shares: Mapping[str, float], tokens: int, seed: int
) -> dict[str, Any]:
    """The plan of a run of so many tokens with these shares, which loaders read.

    Another seed reads other samples, where not all are read. UsageError for a share of a component
    that the dataset lacks.
    """
    groups, sizes = _main(plan), proxy_sizes(plan)
    if unknown := sorted(name for name, share in shares.items() if share and not sizes.get(name)):
        raise UsageError(
            f"the dataset has no {plan['by']} {unknown[0]!r}; it has {', '.join(sorted(sizes))}"
        )
    inside = _inside(plan, groups)
    weights = {
        name: shares.get(row[plan["by"]], 0.0) * inside[name]
        for name, row in groups.items()
        if shares.get(row[plan["by"]], 0.0) > 0
    }
    phase = {
        "name": PHASE,
        "tokens": tokens,
        "weights": weights,
        "max_epochs": dict.fromkeys(weights, float(plan["max_copies"])),
    }
    return {"version": plan["version"], "seed": seed, "phases": [phase], "groups": groups}


def _main(plan: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: row for name, row in plan["groups"].items() if row["phase"] == PHASE}


def _inside(plan: Mapping[str, Any], groups: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """The part of its component that a group is, by what the plan sees of it."""
    own: Mapping[str, float] = next(
        (phase["weights"] for phase in plan["phases"] if phase["name"] == PHASE), {}
    )
    seen = {name: own.get(name, 0.0) for name in groups}
    by = plan["by"]
    totals: dict[str, float] = {}
    for name, row in groups.items():
        totals[row[by]] = totals.get(row[by], 0.0) + seen[name]
    return {name: seen[name] / (totals[row[by]] or 1.0) for name, row in groups.items()}
