"""Which of ten mixture domains a document belongs to, by rules on address, markup and opening.

The ten are books, code, encyclopedia, papers, forum, news, reference (how-to, documentation,
teaching), commerce, entertainment (with social media and sports) and other. Evidence is summed as
log-odds and the score is the winner's share after a softmax, `other` being what is left when little
speaks; `domain_model` adds what texts are like. A domain that the source declares wins over all
evidence. Rules and weights are data: `domains.toml`.
"""

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files as resources

import numpy as np
from numpy.typing import NDArray

from pipeline.document import Document
from pipeline.text import words
from pipeline.urls import host

OTHER = "other"
OTHER_EVIDENCE = 1.1  # one hint alone (1) does not settle a domain, one strong hint (2) does
OPENING = 3_000  # characters that are searched for words
MOST_WORDS = 3  # sequences of one domain that count
MOST_TERMS = 8.0  # log-odds of single words
MOST_NAMES = 3.0  # log-odds of names that programs have
CODE_EVIDENCE = 1.5  # code blocks stand in tutorials, forums and papers too
LONGEST = 253  # characters of a host (RFC 1035)
TITLE_WORDS = 4  # a segment of so many is a title: chris-sale-red-sox-trade sells nothing
_TOKEN = re.compile(r"[a-z]+|\d+")
_SEGMENT = re.compile(r"[/?&]+")
# What names of programs hold: underscores, points before and brackets behind, double colons.
_PROGRAM_NAME = re.compile(r"_\w|\(\)|::\w|->\w|\.\w+\(")
_TYPE = re.compile(r"[a-z.]+")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DomainRules:
    """Evidence by kind: `lists[kind][entry]` are the domains that the entry speaks for."""

    domains: tuple[str, ...]
    weights: dict[str, float]
    lists: dict[str, dict[str, tuple[str, ...]]]


def load_rules() -> DomainRules:
    """The rules of `domains.toml`, turned round for look-up."""
    data = tomllib.loads(resources("classifiers").joinpath("domains.toml").read_text("utf-8"))
    weights = data.pop("weights")
    lists: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in weights}
    for domain, entries in data.items():
        for kind, names in entries.items():
            for name in names:
                lists[kind][name] = (*lists[kind].get(name, ()), domain)
    return DomainRules(tuple(data), weights, lists)


RULES = load_rules()
DOMAINS = RULES.domains
STARTS: dict[str, set[int]] = defaultdict(set)  # how long sequences are that begin with a word
for _entry in RULES.lists["words"]:
    STARTS[_entry.split()[0]].add(len(_entry.split()))


def tag_domain(document: Document) -> tuple[str, float]:
    """The domain of `document` and a score in (0, 1]; a domain declared by the source scores 1."""
    if document.domain:
        return document.domain, 1.0
    return surest(np.array(list(evidence(document).values())))


def surest(odds: Floats) -> tuple[str, float]:
    """The domain of the most log-odds, of equals the first of the rules, and its share."""
    found = shares(odds)
    best = int(found.argmax())
    return DOMAINS[best], round(float(found[best]), 9)


def shares(odds: Floats) -> Floats:
    """The share of each domain: a softmax of log-odds, in the order of DOMAINS."""
    raised = np.exp(odds - odds.max())
    return np.asarray(raised / raised.sum(), dtype=np.float64)


def evidence(document: Document) -> dict[str, float]:
    """Log-odds by domain, in the order of DOMAINS: what `tag_domain` decides on."""
    found = dict.fromkeys(DOMAINS, 0.0)
    found[OTHER] = OTHER_EVIDENCE
    opening = f"{document.title[:200]}\n{document.text[:OPENING]}"
    spoken = words(opening.lower())
    for domain, amount in _terms(spoken).items():
        found[domain] += min(MOST_TERMS, RULES.weights["terms"] * amount)
    for kind, entries in _entries(document, spoken):
        counts: dict[str, int] = {}
        for entry in entries:
            for domain in RULES.lists[kind].get(entry, ()):
                counts[domain] = counts.get(domain, 0) + 1
        most = MOST_WORDS if kind == "words" else 1
        for domain, count in counts.items():
            found[domain] += RULES.weights[kind] * min(count, most)
    if document.has_code:
        found["code"] += CODE_EVIDENCE
    found["code"] += min(MOST_NAMES, math.log1p(len(_PROGRAM_NAME.findall(opening))))
    return found


def _terms(spoken: list[str]) -> dict[str, float]:
    """How much single words speak for each domain: a word again and again says less each time."""
    found: dict[str, float] = defaultdict(float)
    known = RULES.lists["terms"]
    for word, count in Counter(filter(known.__contains__, spoken)).items():
        for domain in known[word]:
            found[domain] += math.log1p(count) / len(known[word])
    return found


def _entries(document: Document, spoken: list[str]) -> Iterator[tuple[str, set[str]]]:
    """What of the document is looked up in the lists of each kind."""
    labels = host(document.url)[-LONGEST:].split(".")
    yield "sites", {".".join(labels[i:]) for i in range(len(labels))}
    yield "labels", set(labels[:-2])
    yield "tokens", _path_words(document.url)
    types = set(_TYPE.findall(document.page_type.lower()))
    yield "types", types
    yield "hints", types
    yield "words", _sequences(spoken)


def _sequences(spoken: list[str]) -> set[str]:
    """The sequences of words that begin as one of the rules does, as long as those are."""
    return {
        " ".join(spoken[at : at + count])
        for at, word in enumerate(spoken)
        if word in STARTS
        for count in STARTS[word]
    }


def _path_words(url: str) -> set[str]:
    """The words of the short segments of path and query: what the site calls the page's place."""
    path = url.split("://", 1)[-1].partition("/")[2][:500].lower()
    segments = (_TOKEN.findall(segment) for segment in _SEGMENT.split(path))
    return {word for found in segments if len(found) < TITLE_WORDS for word in found}
