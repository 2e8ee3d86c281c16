"""What becomes of every document of a part: its phase and group, or why it is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.arrow import DROPPED_SCHEMA, Made, dropped_table
from pipeline.document import Dropped, Unit
from pipeline.mix import STAGE
from pipeline.mix.columns import Mixable, chances, part_columns, part_rows, score_bins
from pipeline.mix.decision import Decision
from pipeline.mix.group_names import group_name
from pipeline.mix.inventory import is_long
from pipeline.mix.keep_rates import Kept, keep_rates, length_kind, rate_counts
from pipeline.mix.score_buckets import BUCKETS
from pipeline.mix.shares.rehydration import COPIES

PHASES = MAIN, LONG, ANNEAL = ("main", "long", "anneal")
LOW_SCORE = "low_score"
REASONS = ("benchmark_hit", "harmful", "unwanted_domain", LOW_SCORE, "over_budget")
_MAIN, _LONG, _ANNEAL = (len(REASONS) + at for at in range(len(PHASES)))  # of outcomes
MIXTURE_SCHEMA = pa.schema(
    [pa.field(name, pa.string(), nullable=False) for name in ("id", "phase", "group")]
)
Counts = dict[str, tuple[int, int]]  # group to documents and characters
Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Assigned:
    """Per document of a part, shape (n,): phase and group, or the reason; the others are ""."""

    phase: NDArray[np.str_]
    group: NDArray[np.str_]
    reason: NDArray[np.str_]


def assign(columns: Mixable, decision: Decision) -> Assigned:
    """Phase, group or reason of every document, from its columns and keyed hashes of its id."""
    names = np.array([decision.names.index(name) for name in columns.names], dtype=np.int64)
    component = names[columns.component] if len(columns) else columns.component
    at = score_bins(columns.score)
    bucket = _buckets(columns, decision, component, at)
    gate = decision.kept[component, columns.declared.astype(np.int64), at]

    def drawn(purpose: str, chance: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.asarray(chances(columns, decision.seed, purpose) < chance)

    least = dict(zip(decision.names, decision.long_from.tolist(), strict=True))
    long = is_long(columns, least) & drawn("long", decision.long[component])
    outcome = np.select(
        [
            *(columns.hits > 0, columns.harmful, ~decision.wanted[component]),
            drawn("anneal", decision.reserved[component, at]),
            *(~drawn("gate", gate), long),
            ~drawn("budget", decision.budgeted[component, bucket, columns.copies]),
        ],
        [0, 1, 2, _ANNEAL, 3, _LONG, 4],  # the place of a reason, or of a phase behind them
        _MAIN,
    )
    return _named(decision, outcome, component, bucket, columns.copies)


def _buckets(columns: Mixable, decision: Decision, component: Longs, at: Longs) -> Longs:
    """The bucket of every document: that of its score, equal scores parted by its hash."""
    inside = chances(columns, decision.seed, "bucket") * decision.span[component, at]
    place = (decision.begin[component, at] + inside).astype(np.int64)
    return np.asarray(np.clip(place, 0, decision.counts[component] - 1))


def _named(
    decision: Decision, outcome: Longs, component: Longs, bucket: Longs, copies: Longs
) -> Assigned:
    width = BUCKETS * len(COPIES)
    table = np.array([_names(name) for name in decision.names], dtype=np.str_)
    column = np.where(outcome == _MAIN, bucket * len(COPIES) + copies, width)
    column = np.where(outcome == _ANNEAL, width + 1, column)
    group = table[component, column] if len(component) else np.zeros(0, dtype=np.str_)
    return Assigned(
        phase=np.array([*("" for _ in REASONS), *PHASES])[outcome],
        group=np.where(outcome >= _MAIN, group, ""),
        reason=np.array([*REASONS, *("" for _ in PHASES)])[outcome],
    )


def _names(component: str) -> list[str]:
    """The groups of a component: those of the main phase by bucket and copies, then the others."""
    main = [group_name(MAIN, component, b, copies) for b in range(BUCKETS) for copies in COPIES]
    return [*main, *(group_name(phase, component) for phase in PHASES[1:])]


def assign_part(unit: Unit, decision: Decision) -> Iterator[Made]:
    """What becomes of the documents of the part that a unit of (curated, scores) reads."""
    rows = part_rows(unit, placed=True)
    columns = part_columns(rows, decision.by)
    found = assign(columns, decision)
    chosen = found.reason == ""
    mixture = pa.table(
        [rows["id"].filter(pa.array(chosen)), found.phase[chosen], found.group[chosen]],
        schema=MIXTURE_SCHEMA,
    )
    lost = rows.filter(pa.array(~chosen)).to_pylist()
    dropped = [_drop(row, str(why)) for row, why in zip(lost, found.reason[~chosen], strict=True)]
    seen = {"document": len(rows)}
    for group, (count, characters) in count_groups(columns, found).items():
        seen |= {f"apart:documents:{group}": count, f"apart:characters:{group}": characters}
    seen |= rate_counts(gate_rates(columns, rows["language"].to_pylist(), found))
    tables = {"mixture": mixture, "dropped": dropped_table(dropped)}
    yield Made(unit.part, tables, kept=mixture.num_rows, seen=seen)


def gate_rates(
    columns: Mixable, languages: list[str], assigned: Assigned
) -> dict[str, dict[str, Kept]]:
    """What comes to the gate and what passes it, by language and length."""
    left = ~np.isin(assigned.reason, REASONS[: REASONS.index(LOW_SCORE)])
    asked = left & (assigned.phase != ANNEAL) & ~columns.declared & ~np.isnan(columns.score)
    sizes, passed = columns.characters.tolist(), (assigned.reason != LOW_SCORE).tolist()
    return keep_rates(
        (
            {"language": languages[at], "length": length_kind(sizes[at])},
            sizes[at],
            float(passed[at]),
        )
        for at in asked.nonzero()[0].tolist()
    )


def _drop(row: dict[str, Any], reason: str) -> Dropped:
    place = {name: row[name] for name in DROPPED_SCHEMA.names if name in row}
    return Dropped(**place, stage=STAGE, reason=reason, detail=_detail(row, reason))


def _detail(row: dict[str, Any], reason: str) -> str:
    if reason == "benchmark_hit":
        return str(row["hit"])
    if reason == "harmful":
        return f"{_score(row['harm_score'])} {row['harm_evidence']}"
    return _score(row["referenced_score"])


def _score(score: float | None) -> str:
    return "" if score is None else f"{score:.6f}"


def count_groups(columns: Mixable, assigned: Assigned) -> Counts:
    """Documents and characters by group of one part."""
    names, codes = np.unique(assigned.group, return_inverse=True)
    documents = np.bincount(codes, minlength=len(names))
    characters = np.zeros(len(names), dtype=np.int64)
    np.add.at(characters, codes, columns.characters)
    rows = zip(names.tolist(), documents.tolist(), characters.tolist(), strict=True)
    return {name: (count, size) for name, count, size in rows if name}
