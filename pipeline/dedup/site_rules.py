"""What the site policies of a host say of an address.

`Protego` says what the rules of a robots.txt mean (RFC 9309: the longest pattern that matches);
of a TDM file the first rule that matches decides (W3C TDM Reservation Protocol). With www. and
without it are two hosts, but the policies of both are asked: both addresses lead to one page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from protego import Protego

from pipeline.urls import authority


@dataclass(frozen=True)
class Rule:
    """One rule of a policy; `number` is what its owner knows it by."""

    robots: bool  # or of a TDM file
    place: int  # in its file
    agent: str
    allowed: bool
    pattern: str
    number: int


class HostRules:
    """The rules of one host, made ready once."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        ordered = sorted(rules, key=lambda rule: rule.place)
        self._reserved = [rule for rule in ordered if not rule.robots]
        by_agent: dict[str, list[Rule]] = {}
        for rule in ordered:
            if rule.robots:
                by_agent.setdefault(rule.agent, []).append(rule)
        self._robots = [(_parsed(rules), rules) for _, rules in sorted(by_agent.items())]

    def banned(self, url: str) -> Rule | None:
        """The rule that forbids `url`, the first agent's in order of names."""
        for parsed, rules in self._robots:
            if not parsed.can_fetch(url, "agent"):
                bans = [rule for rule in rules if not rule.allowed]
                matching = [rule for rule in bans if _matches(rule.pattern, url)]
                return max(matching or bans, key=lambda rule: len(rule.pattern))
        first = next((rule for rule in self._reserved if _matches(rule.pattern, url)), None)
        return first if first is not None and not first.allowed else None


def banned(url: str, hosts: Mapping[str, HostRules]) -> Rule | None:
    """The rule that forbids `url`; `hosts` holds the rules of hosts by name."""
    found = (hosts[name].banned(url) for name in hosts_of(url) if name in hosts)
    return next((rule for rule in found if rule is not None), None)


def hosts_of(url: str) -> tuple[str, ...]:
    """The hosts whose policies speak for `url`; none for what is not on the web."""
    if not url[:6].lower().startswith(("http:", "https:")):
        return ()
    name = authority(url)
    return (name, name[4:] if name.startswith("www.") else f"www.{name}")


def _parsed(rules: Iterable[Rule]) -> Protego:
    lines = (f"{'Allow' if rule.allowed else 'Disallow'}: {rule.pattern}" for rule in rules)
    return Protego.parse("\n".join(["User-agent: agent", *lines]))


def _matches(pattern: str, url: str) -> bool:
    return not _one_rule(pattern).can_fetch(url, "agent")


@lru_cache(maxsize=4_096)
def _one_rule(pattern: str) -> Protego:
    return Protego.parse(f"User-agent: agent\nDisallow: {pattern}")
