"""What each limit would keep, from the statistics' columns alone.

In: a table with the columns of STATISTICS_SCHEMA, kept and dropped documents alike, as `curate`
writes it. Out: per rule, what it drops at its limit and what only it drops, and for limits around
it the shares that the rule, and the whole recipe, would keep. So a limit is chosen without reading
a text again.
"""

from dataclasses import dataclass
from math import inf, isinf

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.errors import UsageError
from pipeline.quality.rules import applied_rules
from pipeline.recipe import QualityConfig

FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0)  # of a rule's limit, where shares are shown
COUNTS = (0, 1, 2, 3, 5)  # the same for a limit of 0
SHARES = (0.05, 0.1, 0.2, 0.5)  # and for one of a share
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Step:
    """Shares of the documents that another limit of one rule would keep."""

    limit: float
    by_rule: float  # if there were no other rule
    by_all: float  # with all others at their limits


@dataclass(frozen=True, slots=True)
class Sweep:
    """One rule over all documents."""

    reason: str
    limit: str
    value: float  # the limit that the recipe sets
    dropped: float  # share of the documents that it drops
    alone: float  # share that no other rule of the recipe drops
    steps: tuple[Step, ...]  # limits by size


def sweep(table: pa.Table, config: QualityConfig, language: str = "") -> tuple[Sweep, ...]:
    """One `Sweep` per rule of the recipe, in the recipe's order.

    Args:
        table: statistics columns; rows of one language and structure, as limits differ by both.
        config: families and limits.
        language: ISO 639-1 code, for limits that follow from it.

    Raises UsageError for a table without rows or without a rule's column.
    """
    if not table.num_rows:
        raise UsageError("there are no documents to sweep; give the folder of a curate job")
    structured = bool(np.mean(_column(table, "structured")) > 0.5)
    rules = applied_rules(config, language, structured)
    if not rules:
        raise UsageError("the recipe has no quality rules to sweep; give some: --set quality.rules")
    fired = {
        rule.reason: _fires(_column(table, rule.statistic), rule.comparison, limit)
        for rule, limit in rules
    }
    counts = np.sum(list(fired.values()), axis=0)
    return tuple(
        Sweep(
            rule.reason,
            rule.limit,
            limit,
            float(fired[rule.reason].mean()),
            float((fired[rule.reason] & (counts == 1)).mean()),
            _steps(
                _column(table, rule.statistic),
                rule.comparison,
                limit,
                counts - fired[rule.reason] > 0,
                1.0 if rule.statistic.endswith("_share") else inf,
            ),
        )
        for rule, limit in rules
    )


def _column(table: pa.Table, name: str) -> NDArray[np.float64]:
    """A column as numbers, NaN where it is null."""
    if name not in table.schema.names:
        raise UsageError(f"column {name!r} is missing; sweep the curated/ folder of a curate job")
    column = table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(column, np.float64)


def _fires(values: NDArray[np.float64], comparison: str, limit: float) -> Bools:
    return values < limit if comparison == "at_least" else values > limit


def _limits(limit: float, most: float) -> list[float]:
    """Limits around one that may be `most`; of one that never fires itself alone."""
    if isinf(limit):
        return [limit]
    if limit == 0 and most == 1:
        return [0.0, *SHARES]
    limits = COUNTS if limit == 0 else (limit * factor for factor in FACTORS)
    return sorted({max(-most, min(float(at), most)) for at in limits}, key=abs)


def _steps(
    values: NDArray[np.float64], comparison: str, limit: float, elsewhere: Bools, most: float
) -> tuple[Step, ...]:
    """Shares kept at limits around this one; `elsewhere` says which documents other rules drop."""
    steps = []
    for at in _limits(limit, most):
        fires = _fires(values, comparison, at)
        steps.append(Step(at, float(1 - fires.mean()), float(1 - (fires | elsewhere).mean())))
    return tuple(steps)
