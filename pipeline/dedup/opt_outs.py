"""Documents whose host forbids their use: site policies joined with the documents of the host.

A host's policy is its newest capture (of those of one date the one with the least record id), of
robots.txt and of the TDM file apart; http and https are one host. Policies are merged before they
travel, so most rows of a host in one place are the rules of two. Rules go to the parts that have
documents of their host (`told_parts`), so no address travels.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from pipeline.dedup.rows import (
    DROP,
    ID,
    ROBOTS,
    TDM,
    Rows,
    date_number,
    groups,
    hash64,
    id_words,
    make,
)
from pipeline.dedup.site_rules import HostRules, Rule, banned, hosts_of
from pipeline.policy import HEAD

_KINDS = {"robots": ROBOTS, "tdm": TDM}
_POLICY = ("host", "kind", "date", "id_hi", "id_lo")

POLICY_ROW = np.dtype(
    [
        *(("part", "<u4"), ("host", "<u8"), ("kind", "u1"), ("date", "<i8"), *ID),
        *(("place", "<i4"), ("allowed", "u1"), ("agent", "S32"), ("pattern", "S192")),
        ("wide", "u1"),
    ]
)
"""A rule of a host's policy, for a part with documents of the host, or for all of its range."""


def hosts_asked(urls: Iterable[str]) -> Rows:
    """The hosts whose policies the documents of a part ask for."""
    hosts = sorted({hash64(name) for url in urls for name in hosts_of(url)})
    return np.array(hosts, dtype=np.uint64)


def policy_rows(policies: pa.Table) -> Rows:
    """The rules that a part of policies (`policy.POLICY_SCHEMA`) holds. Key: host."""
    columns = policies.to_pydict()
    ids = id_words(columns["id"])
    return make(
        POLICY_ROW,
        policies.num_rows,
        host=np.array([hash64(name) for name in columns["host"]], dtype=np.uint64),
        kind=[_KINDS[kind] for kind in columns["kind"]],
        date=[date_number(date) for date in columns["date"]],
        id_hi=ids[:, 0],
        id_lo=ids[:, 1],
        place=columns["place"],
        allowed=columns["allowed"],
        agent=[agent.encode() for agent in columns["agent"]],
        pattern=[pattern.encode() for pattern in columns["pattern"]],
    )


def newest(rows: Rows) -> Rows:
    """The rows of the newest policy of each host and kind, each once, in any order and grouping."""
    rows = np.unique(rows)
    order = np.lexsort([rows["id_lo"], rows["id_hi"], -rows["date"], rows["kind"], rows["host"]])
    rows = rows[order]
    first, size = groups(rows["host"], rows["kind"])
    heads = np.repeat(first, size)
    return rows[np.logical_and.reduce([rows[name] == rows[name][heads] for name in _POLICY])]


def rules_of(rows: Rows) -> Rows:
    """The rules of policies, without the rows that stand for a policy as such."""
    rules: Rows = rows[rows["place"] != HEAD]
    return rules


def opted_out(ids: Sequence[str], urls: Sequence[str], rules: Rows, part: int) -> Rows:
    """DROP rows of the documents that a rule forbids; `rules` are those of their part, sorted.

    The low word of what stays is the number of the rule among `rules`, see `described`.
    """
    hosts = _host_rules(rules, urls)
    found: dict[str, int] = {}
    copies: dict[str, int] = {}
    for name, url in zip(ids, urls, strict=True):
        rule = banned(url, hosts)
        if rule is not None:
            found[name] = rule.number
            copies[name] = copies.get(name, 0) + 1
    words, numbers = id_words(found), np.array([*found.values()], dtype=np.int64)
    drops = make(DROP, len(found), part=part, copies=[*copies.values()], keep_lo=numbers)
    drops["id_hi"], drops["id_lo"] = words[:, 0], words[:, 1]
    drops["reason"] = rules["kind"][numbers]
    return drops


def _host_rules(rules: Rows, urls: Iterable[str]) -> Mapping[str, HostRules]:
    """The rules of the hosts of `urls`, by the names of the hosts."""
    names = {hash64(name): name for url in urls for name in hosts_of(url)}
    asked = np.isin(rules["host"], np.array([*names], dtype=np.uint64))
    by_host: dict[int, list[Rule]] = {}
    for number in np.flatnonzero(asked).tolist():
        row = rules[number]
        rule = Rule(
            robots=row["kind"] == ROBOTS,
            place=int(row["place"]),
            agent=row["agent"].decode(),
            allowed=bool(row["allowed"]),
            pattern=row["pattern"].decode(),
            number=number,
        )
        by_host.setdefault(int(row["host"]), []).append(rule)
    return {names[host]: HostRules(found) for host, found in by_host.items()}


def described(rules: Rows, number: int) -> str:
    """What `detail` says of a drop: the agent and the pattern of the rule."""
    return f"{rules['agent'][number].decode()} {rules['pattern'][number].decode()}"
