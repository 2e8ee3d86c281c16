"""Documents whose host forbids their use: site policies joined with the documents of the host.

A host's policy is its newest capture (of those of one date the one with the least record id), of
robots.txt and of the TDM file apart; http and https are one host. Rules go to the parts that have
documents of their host, so no address travels: most bytes of a group are the rules of the hosts of
one part in one range.
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
    sorted_by,
)
from pipeline.dedup.site_rules import HostRules, Rule, banned, hosts_of
from pipeline.policy import HEAD

_KINDS = {"robots": ROBOTS, "tdm": TDM}
_POLICY = ("host", "kind", "date", "id_hi", "id_lo")

POLICY_ROW = np.dtype(
    [
        *(("host", "<u8"), ("part", "<u4"), ("kind", "u1"), ("date", "<i8"), *ID),
        *(("place", "<i4"), ("allowed", "u1"), ("agent", "S32"), ("pattern", "S192")),
    ]
)
"""A rule of a host's policy. Kind 0 is no rule: it says that a part has documents of the host."""


def host_rows(urls: Iterable[str], part: int) -> Rows:
    """The hosts whose policies a part asks for. Key: host."""
    hosts = sorted({hash64(name) for url in urls for name in hosts_of(url)})
    return make(POLICY_ROW, len(hosts), host=np.array(hosts, dtype=np.uint64), part=part)


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


def policies_by_part(rows: Rows) -> Rows:
    """The rules of the newest policy of each kind and host, for every part that asks for them."""
    asked = sorted_by(rows[rows["kind"] == 0], "host", "part")
    rules = _newest(rows[rows["kind"] != 0])
    begin = np.searchsorted(asked["host"], rules["host"], side="left")
    times = np.searchsorted(asked["host"], rules["host"], side="right") - begin
    out = np.repeat(rules, times)
    offset = np.arange(len(out)) - np.repeat(np.cumsum(times) - times, times)
    out["part"] = asked["part"][np.repeat(begin, times) + offset]
    return out


def _newest(rules: Rows) -> Rows:
    """The rules of the newest policy of each host and kind, each once."""
    heads = rules[rules["place"] == HEAD]
    heads = heads[
        np.lexsort([heads["id_lo"], heads["id_hi"], -heads["date"], heads["kind"], heads["host"]])
    ]
    first, _ = groups(heads["host"], heads["kind"])
    chosen = set(heads[first][[*_POLICY]].tolist())
    rules = np.unique(rules[rules["place"] != HEAD])
    return rules[[row in chosen for row in rules[[*_POLICY]].tolist()]]


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
    by_host: dict[int, list[Rule]] = {}
    for number, row in enumerate(rules):
        rule = Rule(
            robots=row["kind"] == ROBOTS,
            place=int(row["place"]),
            agent=row["agent"].decode(),
            allowed=bool(row["allowed"]),
            pattern=row["pattern"].decode(),
            number=number,
        )
        by_host.setdefault(int(row["host"]), []).append(rule)
    names = {hash64(name): name for url in urls for name in hosts_of(url)}
    return {names[host]: HostRules(found) for host, found in by_host.items()}


def described(rules: Rows, number: int) -> str:
    """What `detail` says of a drop: the agent and the pattern of the rule."""
    return f"{rules['agent'][number].decode()} {rules['pattern'][number].decode()}"
