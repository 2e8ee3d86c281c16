"""Site policies: what a host says, outside of its pages, of who may use them.

A policy is one capture of `/robots.txt` (RFC 9309) or `/.well-known/tdmrep.json` (W3C TDM
Reservation Protocol) boiled down to the rules that concern us. `extract` writes one row per rule,
`exact` joins them with the documents of the host.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

# What a Content-Signal against training says (contentsignals.org), in any case of its letters.
NO_TRAINING = r"ai-train\s*=\s*no(?![\w-])"
PolicyKind = Literal["robots", "tdm"]


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule: whether an agent may use the paths that match a pattern (`*` and `$` are special).

    The agent of a TDM reservation is "*": it concerns everybody.
    """

    agent: str
    allowed: bool
    pattern: str


@dataclass(frozen=True, slots=True)
class SitePolicy:
    """A capture of a host's policy. One without rules still says that there is none any more."""

    id: str  # of the record that was read
    host: str  # with the port where it is not the default one; shared by http and https
    date: str  # WARC-Date
    kind: PolicyKind
    rules: tuple[PolicyRule, ...] = ()
    cut: bool = False  # more rules than are kept


HEAD = -1  # the place of the row that every policy has
POLICY_SCHEMA = pa.schema(
    [
        pa.field(name, kind, nullable=False)
        for name, kind in (
            ("host", pa.string()),
            ("kind", pa.string()),
            ("date", pa.string()),
            ("id", pa.string()),
            ("place", pa.int64()),  # of the rule in its policy, or HEAD
            ("agent", pa.string()),
            ("allowed", pa.bool_()),
            ("pattern", pa.string()),
        )
    ]
)


def policies_table(policies: Iterable[SitePolicy]) -> pa.Table:
    """One row per policy and one per rule of it, sorted by every column (POLICY_SCHEMA)."""
    rows = sorted(row for policy in policies for row in _rows(policy))
    columns = list(zip(*rows, strict=True)) or [()] * len(POLICY_SCHEMA)
    arrays = [pa.array(c, field.type) for c, field in zip(columns, POLICY_SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=POLICY_SCHEMA)


def _rows(policy: SitePolicy) -> list[tuple[str | int | bool, ...]]:
    own = (policy.host, policy.kind, policy.date, policy.id)
    rules = (PolicyRule("", True, ""), *policy.rules)
    return [
        (*own, place, rule.agent, rule.allowed, rule.pattern)
        for place, rule in enumerate(rules, HEAD)
    ]
