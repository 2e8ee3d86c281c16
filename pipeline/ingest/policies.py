"""Site policies met in a crawl: robots.txt groups for named AI agents, and TDM reservations.

Only groups that name an agent which gathers text for training count; what is said to all crawlers
(`*`) is about search, but for a Content-Signal, which says what it is about (contentsignals.org).
The groups are those of RFC 9309; of a TDM file the rules keep their order, because the first that
matches decides. What the rules mean for an address is found where they are joined with documents.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.ingest.archive.warc import Record
from pipeline.ingest.codings import BadBody, decoded_body
from pipeline.ingest.http import Response, parse_response
from pipeline.ingest.sniff import sniffed
from pipeline.policy import NO_TRAINING, PolicyKind, PolicyRule, SitePolicy
from pipeline.urls import authority

MAX_BYTES = 512_000  # of a file that are read: the least that RFC 9309 asks of a crawler
MAX_RULES = 500  # of one policy that are kept
MAX_PATTERN = (
    192  # bytes; a longer ban is cut short and so bans more, a longer permission is left out
)
_MAX_DECODED = 4 * MAX_BYTES  # of a compressed file; a longer one is not read

# Agents by which the makers of language models gather text or mark what they may use, as their own
# pages name them. Agents that fetch a page for one user's question, or for search, are not here.
AI_AGENTS = frozenset(
    (
        "ai2bot",
        "ai2bot-dolma",
        "amazonbot",
        "anthropic-ai",
        "applebot-extended",
        "bytespider",
        "ccbot",
        "claude-web",
        "claudebot",
        "cohere-ai",
        "cohere-training-data-crawler",
        "diffbot",
        "facebookbot",
        "google-cloudvertexbot",
        "google-extended",
        "gptbot",
        "img2dataset",
        "meta-externalagent",
        "omgili",
        "omgilibot",
        "pangubot",
        "timpibot",
        "velenpublicwebcrawler",
        "webzio-extended",
    )
)

_PATHS: dict[str, PolicyKind] = {"/robots.txt": "robots", "/.well-known/tdmrep.json": "tdm"}
_ENDS = tuple(_PATHS)  # soon told: it is asked of every page
_LOCATION = re.compile(r"https?://[^/?#]*(/[^?#]*)\Z", re.IGNORECASE)
_FIELD = re.compile(r"\s*(user-?\s?agent|allow|disallow|content-signal)\s*:([^#]*)", re.IGNORECASE)
_NAME = re.compile(r"\*|[a-z0-9_-]+")
_NO_TRAINING = re.compile(rf"(?:(/[^\s,]*)\s+)?(?:.*[\s,;])?{NO_TRAINING}", re.IGNORECASE)
SIGNAL = "content-signal"  # in the place of the agent: it speaks to all


@dataclass(slots=True)
class Group:
    """Agents in lower case ("*" is all), (allowed, pattern) rules in order, and the patterns whose
    pages a Content-Signal keeps from training.
    """

    agents: set[str] = field(default_factory=set)
    rules: list[tuple[bool, str]] = field(default_factory=list)
    untrained: list[str] = field(default_factory=list)


def policy_kind(url: str) -> PolicyKind | None:
    """Which policy the file at `url` is; None for any other address."""
    address = url.strip()
    found = _LOCATION.match(address) if address.endswith(_ENDS) else None
    return _PATHS.get(found.group(1)) if found else None


def site_policy(url: str, identity: str, record: Record) -> SitePolicy | None:
    """The policy that a record holds; None where it is no policy, or says nothing of it.

    A status of 4xx, and a page of HTML in the place of the file, say that there is no policy;
    redirects and errors of the server say nothing.
    """
    kind = policy_kind(url)
    if kind is None or record.kind not in ("response", "resource") or record.lost:
        return None
    text = _text(record)
    if text is None:
        return None
    rules = list(robots_rules(text) if kind == "robots" else tdm_rules(text))
    return SitePolicy(
        id=identity,
        host=authority(url),
        date=record.headers.get("warc-date", ""),
        kind=kind,
        rules=tuple(rules[:MAX_RULES]),
        cut=len(rules) > MAX_RULES,
    )


def _text(record: Record) -> str | None:
    if record.kind == "resource":
        return _plain(bytes(record.block[:MAX_BYTES]))
    response = parse_response(record.block)
    if response is None or not (response.status == 200 or 400 <= response.status < 500):
        return None
    return _plain(_body(response)) if response.status == 200 else ""


def _body(response: Response) -> bytes | None:
    """The beginning of the body; None of one whose coding cannot be undone."""
    try:
        return decoded_body(response, _MAX_DECODED)[:MAX_BYTES]
    except BadBody as bad:
        coded = {"content-encoding", "transfer-encoding"} & response.headers.keys()
        return None if coded or bad.reason != "too_large" else response.body[:MAX_BYTES]


def _plain(body: bytes | None) -> str | None:
    if body is None:
        return None
    return "" if sniffed(body) == "text/html" else body.decode("utf-8-sig", "replace")


def robots_rules(text: str) -> Iterator[PolicyRule]:
    """The rules of every distinct group of rules that names an AI agent.

    Groups that name the same agent are one (RFC 9309, 2.2.1). Agents with the same rules are told
    by the first of their names, since one that is banned suffices.
    """
    by_agent: dict[str, list[tuple[bool, str]]] = {}
    for group in _groups(text):
        for agent in group.agents & AI_AGENTS:
            by_agent.setdefault(agent, []).extend(group.rules)
        if not group.agents or group.agents & {"*", *AI_AGENTS}:
            banned = [(False, pattern) for pattern in group.untrained]
            by_agent.setdefault(SIGNAL, []).extend(banned)
    known: set[tuple[tuple[bool, str], ...]] = set()
    for agent, found in sorted(by_agent.items()):
        rules_of = tuple(dict.fromkeys(rule for rule in found if rule[1]))
        if rules_of not in known and not all(allowed for allowed, _ in rules_of):
            known.add(rules_of)
            yield from (PolicyRule(agent, allowed, pattern) for allowed, pattern in rules_of)


def _groups(text: str) -> Iterator[Group]:
    group = Group()
    for line in re.split(r"[\r\n]+", text):
        found = _FIELD.match(line)
        if found is None:
            continue
        name, value = found[1].lower(), found[2].strip()
        if name.startswith("user"):
            if group.rules:
                yield group
                group = Group()
            if agent := _NAME.match(value.lower()):
                group.agents.add(agent[0])
            continue
        if name == SIGNAL and (signal := _NO_TRAINING.match(value)):
            group.untrained.append((_bounded(False, signal[1] or "/") or (False, "/"))[1])
        # An empty rule bans nothing, yet it ends the list of agents.
        pattern = "" if name == SIGNAL else value
        group.rules.append(_bounded(name == "allow", pattern) or (True, ""))
    yield group


def _bounded(allowed: bool, pattern: str) -> tuple[bool, str] | None:
    """A rule whose pattern is not too long; None where there is none."""
    if not pattern:
        return None
    whole = pattern if pattern.startswith(("/", "*")) else f"/{pattern}"
    data = whole.encode()
    if len(data) <= MAX_PATTERN:
        return allowed, whole
    return None if allowed else (False, data[:MAX_PATTERN].decode("utf-8", "ignore"))


def tdm_rules(text: str) -> Iterator[PolicyRule]:
    """The rules of a TDM file in order, the first that matches an address being the one."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return
    for rule in found if isinstance(found, list) else [found]:
        if isinstance(rule, dict) and isinstance(location := rule.get("location", "/"), str):
            reserved = str(rule.get("tdm-reservation", "")).strip() == "1"
            bounded = _bounded(not reserved, location.strip())
            if bounded:
                yield PolicyRule("*", *bounded)
