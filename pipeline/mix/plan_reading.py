"""What a plan says to people: rows by component or group, where a budget runs dry, what it is for.

Training costs 6 N D operations (Kaplan et al., arXiv 2001.08361); 20 tokens a parameter are the
best use of them (2203.15556), and 150 make a smaller model that is cheaper to ask. Text that is
seen again is worth less: R repeats of U tokens are worth U R* (1 - exp(-R / R*)), with R* = 15.4
(2305.16264).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Any

COMPUTE_OPTIMAL, CHEAP_INFERENCE = 20, 150  # tokens a parameter
HALF_LIFE = 15.387756  # R*: repeats after which new ones are worth 1/e


@dataclass(frozen=True)
class PlanRow:
    """A component, or a group of it, in a plan."""

    name: str
    documents: int
    tokens: int  # of those documents
    natural: float  # share of all tokens that pass the gate; of a group, of those that are kept
    target: float | None  # share that it was to have; of a group it is not told
    seen: int  # tokens, copies counted
    share: float  # of all tokens seen
    dry: int | None  # tokens of a run whose share of it all its copies fill
    long: int = 0  # tokens in long documents
    long_seen: int = 0  # of those, in the long phase, copies counted

    @property
    def copies(self) -> float:
        """How often its tokens are seen, on average."""
        return self.seen / self.tokens if self.tokens else 0.0


def seen_by_group(plan: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Phase to group to the tokens that are seen of it."""
    groups = plan["groups"]
    found: dict[str, dict[str, float]] = {}
    for phase in plan["phases"]:
        tokens = phase["tokens"]
        if tokens is None:
            tokens = sum(groups[name]["tokens"] for name in phase["weights"])
        found[phase["name"]] = {name: w * tokens for name, w in phase["weights"].items()}
    return found


def component_rows(plan: Mapping[str, Any]) -> list[PlanRow]:
    """A row per component, the largest share first."""
    seen = seen_by_group(plan)
    by_group = _summed(seen)
    total = sum(by_group.values()) or 1.0
    whole = sum(row["natural"] for row in plan["components"].values()) or 1
    rows = []
    for name, told in plan["components"].items():
        mine = {key: row for key, row in plan["groups"].items() if row[plan["by"]] == name}
        amount = sum(by_group.get(key, 0.0) for key in mine)
        share = told["share"]
        rows.append(
            PlanRow(
                name,
                documents=sum(row["documents"] for row in mine.values()),
                tokens=sum(row["tokens"] for row in mine.values()),
                natural=told["natural"] / whole,
                target=share,
                seen=round(amount),
                share=amount / total,
                dry=round(told["room"] / share) if share else None,
                long=told["long"],
                long_seen=round(sum(seen.get("long", {}).get(key, 0.0) for key in mine)),
            )
        )
    return sorted(rows, key=lambda row: (-row.share, row.name))


def group_rows(plan: Mapping[str, Any]) -> list[PlanRow]:
    """A row per group, by name."""
    seen = _summed(seen_by_group(plan))
    total = sum(seen.values()) or 1.0
    kept = sum(row["tokens"] for row in plan["groups"].values()) or 1
    return [
        PlanRow(
            name,
            documents=row["documents"],
            tokens=row["tokens"],
            natural=row["tokens"] / kept,
            target=None,
            seen=round(seen.get(name, 0.0)),
            share=seen.get(name, 0.0) / total,
            dry=None,
        )
        for name, row in sorted(plan["groups"].items())
    ]


def _summed(seen: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Tokens that are seen of groups in all phases."""
    found: dict[str, float] = {}
    for groups in seen.values():
        for name, tokens in groups.items():
            found[name] = found.get(name, 0.0) + tokens
    return found


@dataclass(frozen=True)
class Use:
    """What so many tokens are good for."""

    tokens: int
    unique: int  # of those, seen for the first time
    worth: int  # as many tokens seen once
    optimal: int  # parameters of the model that makes the best use of training
    cheap: int  # of one that is cheap to ask

    @property
    def lost(self) -> float:
        """The share of the tokens that repetition makes worthless."""
        return 1 - self.worth / self.tokens if self.tokens else 0.0


def use_of(rows: list[PlanRow]) -> Use:
    """What the tokens of groups are good for; the repeats of each count by themselves."""
    tokens = sum(row.seen for row in rows)
    unique = sum(min(row.seen, row.tokens) for row in rows)
    worth = round(sum(_worth(row) for row in rows))
    return Use(tokens, unique, worth, tokens // COMPUTE_OPTIMAL, tokens // CHEAP_INFERENCE)


def _worth(row: PlanRow) -> float:
    once = min(row.seen, row.tokens)
    repeats = max(row.copies - 1, 0.0)
    return once * (1 + HALF_LIFE * (1 - exp(-repeats / HALF_LIFE)))


def operations(parameters: int, tokens: int) -> float:
    """Of training a model of so many parameters on so many tokens."""
    return 6.0 * parameters * tokens
