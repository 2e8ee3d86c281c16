"""Tags by rules on address, markup and opening, whose words and weights are data.

Evidence is summed as log-odds, and a tag's score is its share after a softmax.
"""

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files as resources

import numpy as np
from numpy.typing import NDArray

from pipeline.document import Document
from pipeline.text import words
from pipeline.urls import host

TITLE, OPENING = 200, 3_000  # characters of title and text that are looked at
MOST_WORDS = 3  # sequences of one tag that count
LONGEST = 253  # characters of a host (RFC 1035)
TITLE_WORDS = 4  # a segment of so many is a title: chris-sale-red-sox-trade sells nothing
_TOKEN = re.compile(r"[a-z]+|\d+")
_SEGMENT = re.compile(r"[/?&]+")
_TYPE = re.compile(r"[a-z.]+")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Opening:
    """What of a document rules look at, found once for all of them."""

    document: Document

    @cached_property
    def text(self) -> str:
        """The title and the beginning of the text."""
        return f"{self.document.title[:TITLE]}\n{self.document.text[:OPENING]}"

    @cached_property
    def words(self) -> list[str]:
        """Its words in lower case."""
        return words(self.text.lower())

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each word stands there, by first appearance."""
        return Counter(self.words)

    @cached_property
    def entries(self) -> dict[str, set[str]]:
        """What is looked up in the lists of each kind."""
        labels = host(self.document.url)[-LONGEST:].split(".")
        types = set(_TYPE.findall(self.document.page_type.lower()))
        return {
            "sites": {".".join(labels[i:]) for i in range(len(labels))},
            "labels": set(labels[:-2]),
            "tokens": _path_words(self.document.url),
            "types": types,
            "settled": types,
            "hints": types,
        }


@dataclass(frozen=True)
class TagRules:
    """Evidence by kind: `lists[kind][entry]` are the tags that the entry speaks for."""

    tags: tuple[str, ...]
    weights: dict[str, float]
    most_terms: float  # log-odds of single words
    lists: dict[str, dict[str, tuple[str, ...]]]
    starts: dict[str, tuple[int, ...]]  # how long sequences are that begin with a word

    def evidence(self, opening: Opening) -> dict[str, float]:
        """Log-odds by tag, in the order of `tags`."""
        found = dict.fromkeys(self.tags, 0.0)
        for tag, amount in self._terms(opening.counts).items():
            found[tag] += min(self.most_terms, self.weights["terms"] * amount)
        for kind, entries in self._entries(opening):
            counts: dict[str, int] = {}
            for entry in entries:
                for tag in self.lists[kind].get(entry, ()):
                    counts[tag] = counts.get(tag, 0) + 1
            most = MOST_WORDS if kind == "words" else 1
            for tag, count in counts.items():
                found[tag] += self.weights[kind] * min(count, most)
        return found

    def _terms(self, counts: Counter[str]) -> dict[str, float]:
        """How much single words speak for each tag: a word again and again says less each time."""
        found: dict[str, float] = defaultdict(float)
        known = self.lists["terms"]
        for word in filter(known.__contains__, counts):
            for tag in known[word]:
                found[tag] += math.log1p(counts[word]) / len(known[word])
        return found

    def _entries(self, opening: Opening) -> Iterator[tuple[str, set[str]]]:
        for kind, entries in opening.entries.items():
            if kind in self.lists:
                yield kind, entries
        if "words" in self.lists:
            yield "words", self._sequences(opening.words)

    def _sequences(self, spoken: list[str]) -> set[str]:
        """The sequences of words that begin as one of the rules does, as long as those are."""
        return {
            " ".join(spoken[at : at + count])
            for at, word in enumerate(spoken)
            if word in self.starts
            for count in self.starts[word]
        }


def load_rules(name: str) -> TagRules:
    """The rules of a file of this package, turned round for look-up."""
    data = tomllib.loads(resources("classifiers.tagging").joinpath(name).read_text("utf-8"))
    weights, most_terms = data.pop("weights"), data.pop("most_terms")
    lists: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in weights}
    for tag, kinds in data.items():
        for kind, entries in kinds.items():
            for entry in entries:
                lists[kind][entry] = (*lists[kind].get(entry, ()), tag)
    starts: dict[str, set[int]] = defaultdict(set)
    for entry in lists.get("words", ()):
        starts[entry.split()[0]].add(len(entry.split()))
    lengths = {word: tuple(sorted(counts)) for word, counts in starts.items()}
    return TagRules(tuple(data), weights, most_terms, lists, lengths)


def surest(tags: tuple[str, ...], odds: Floats) -> tuple[str, float]:
    """The tag of the most log-odds, of equals the first of the rules, and its share."""
    best = int(odds.argmax())
    return tags[best], round(float(shares(odds)[best]), 9)


def shares(odds: Floats) -> Floats:
    """The share of each tag: a softmax of log-odds."""
    raised = np.exp(odds - odds.max())
    return np.asarray(raised / raised.sum(), dtype=np.float64)


def _path_words(url: str) -> set[str]:
    """The words of the short segments of path and query: what the site calls the page's place."""
    path = url.split("://", 1)[-1].partition("/")[2][:500].lower()
    segments = (_TOKEN.findall(segment) for segment in _SEGMENT.split(path))
    return {word for found in segments if len(found) < TITLE_WORDS for word in found}
