"""What each limit would keep, from the statistics' columns alone.

In: a table with the columns of STATISTICS_SCHEMA, as written beside `curated/` documents. Out: per
rule, what it drops at its limit and alone, and the share that other limits would keep. So a limit
is chosen without reading a text again. The table holds documents that were kept, so only stricter
limits can be swept; measure with `rules = []` to see both sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.errors import UsageError
from pipeline.quality.rules import applied_rules
from pipeline.recipe import QualityConfig

STEPS = 9
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sweep:
    """One rule over all documents."""

    reason: str
    limit: str
    value: float  # the limit that the recipe sets
    dropped: float  # share of the documents that it drops
    alone: float  # share that no other rule of the recipe drops
    steps: tuple[tuple[float, float], ...]  # (limit, share of documents kept by this rule alone)


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
            _steps(_column(table, rule.statistic), rule.comparison, limit),
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


def _steps(
    values: NDArray[np.float64], comparison: str, limit: float
) -> tuple[tuple[float, float], ...]:
    """Shares kept at the limit and at quantiles of the values, limits rising."""
    known = values[~np.isnan(values)]
    marks = np.quantile(known, np.linspace(0, 1, STEPS)) if len(known) else np.array([])
    limits: Sequence[float] = sorted({limit, *map(float, marks)})
    return tuple((at, float(1 - _fires(values, comparison, at).mean())) for at in limits)
