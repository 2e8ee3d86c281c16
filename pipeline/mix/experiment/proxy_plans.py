"""Proxies of mixtures: plans of one phase over the shards that there are, so that none is written.

All documents of a component are read equally often.
"""

from collections.abc import Mapping
from typing import Any

from pipeline.errors import UsageError
from pipeline.recipe_types import ROUNDING

PHASE = "main"  # whose groups proxies read: what is reserved stays so


def proxy_sizes(plan: Mapping[str, Any]) -> dict[str, int]:
    """Tokens by component that a proxy of this plan's dataset can read, each once."""
    sizes: dict[str, int] = {}
    for row in _main(plan).values():
        sizes[row[plan["by"]]] = sizes.get(row[plan["by"]], 0) + row["tokens"]
    return sizes


def natural_sizes(plan: Mapping[str, Any]) -> dict[str, float]:
    """Tokens by component that there were before a budget or reserves took some, of those that a
    proxy can read.
    """
    there = proxy_sizes(plan)
    return {name: float(plan["components"][name]["natural"]) for name in there if there[name]}


def proxy_plan(
    plan: Mapping[str, Any],
    shares: Mapping[str, float],
    tokens: int,
    max_copies: float,
    seed: int,
) -> dict[str, Any]:
    """The plan of a run of so many tokens with these shares, which loaders read.

    Another seed reads other samples, where not all are read. UsageError for a share of a component
    that the dataset lacks, or has too little of.
    """
    groups, sizes = _main(plan), proxy_sizes(plan)
    if unknown := sorted(name for name, share in shares.items() if share and not sizes.get(name)):
        raise UsageError(
            f"the dataset has no {plan['by']} {unknown[0]!r}; it has {', '.join(sorted(sizes))}"
        )
    for name, share in shares.items():
        if share * tokens > max_copies * sizes.get(name, 0) * (1 + ROUNDING) + 1:
            raise UsageError(
                f"{share:.2%} of {tokens:,} tokens are wanted of {name}, which has "
                f"{sizes.get(name, 0):,}, more than {max_copies:g} copies; ask for fewer tokens"
            )
    weights = {
        name: shares[row[plan["by"]]] * row["tokens"] / sizes[row[plan["by"]]]
        for name, row in groups.items()
        if shares.get(row[plan["by"]], 0.0) > 0
    }
    epochs = dict.fromkeys(weights, float(max_copies))
    phase = {"name": PHASE, "tokens": tokens, "weights": weights, "max_epochs": epochs}
    return {"version": plan["version"], "seed": seed, "phases": [phase], "groups": groups}


def _main(plan: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: row for name, row in plan["groups"].items() if row["phase"] == PHASE}
