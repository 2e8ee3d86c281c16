"""What texts of each domain are like, learnt from the pages of a corpus that rules are sure of.

Naive Bayes over hashed words: a few hundred pages teach it, and it costs a count of each. Lengths
are one, counts logarithms, and each domain is told by what the others hold (Rennie et al. 2003).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np

from classifiers.domain_notes import BUCKETS, WHOLE, Ints, Notes
from classifiers.domains import DOMAINS, OTHER, Floats, shares, surest
from pipeline import files
from pipeline.document import Document

SURE = 0.7  # share of the evidence that makes a page teach
PER_SITE, LEAST_PAGES, LEAST_DOMAINS = 5, 20, 3  # of a part; of a domain that is learnt; in all
_SMOOTHED = 0.02
_SHARP, _MOST = 6.0, 4.0  # odds of a text of length 1; at most, for or against


@dataclass(frozen=True)
class Taught:
    """What sure pages hold: (domains, BUCKETS), and how many they are."""

    held: Ints
    pages: Ints


def teach(documents: Sequence[Document], notes: Notes) -> Taught:
    """What the sure pages among documents hold by their notes, at most five of a site."""
    held = np.zeros((len(DOMAINS), BUCKETS), np.int64)
    pages, seen = np.zeros(len(DOMAINS), np.int64), Counter[tuple[int, str]]()
    noted = zip(documents, notes.evidence, notes.words(), strict=True)
    for document, odds, (places, values) in sorted(noted, key=lambda row: row[0].id):
        at = _sure(document.domain, odds)
        seen[at, document.site] += 1
        if at < 0 or seen[at, document.site] > PER_SITE:
            continue
        held[at, places] += values
        pages[at] += 1
    return Taught(held, pages)


def _sure(declared: str, odds: Floats) -> int:
    """The place of a page's domain, declared or sure; -1 for one that teaches nothing."""
    if declared:
        return DOMAINS.index(declared) if declared in DOMAINS else -1
    found = shares(odds)
    at = int(found.argmax())
    return at if found[at] >= SURE and DOMAINS[at] != OTHER else -1


def merge_taught(parts: Sequence[Taught]) -> Taught:
    """The sum of what parts have taught."""
    held = np.zeros((len(DOMAINS), BUCKETS), np.int64)
    pages = np.zeros(len(DOMAINS), np.int64)
    for part in parts:
        held += part.held
        pages += part.pages
    return Taught(held, pages)


def taught_bytes(taught: Taught) -> bytes:
    """What `read_taught` reads."""
    places, buffer = np.flatnonzero(taught.held), BytesIO()
    held = taught.held.reshape(-1)[places]
    np.savez(buffer, places=places.astype(np.uint32), held=held, pages=taught.pages)
    return buffer.getvalue()


def read_taught(path: str) -> Taught:
    """What `taught_bytes` made, from its file; nothing where there is none."""
    if not files.exists(path):
        return merge_taught([])
    found = np.zeros(len(DOMAINS) * BUCKETS, np.int64)
    with np.load(BytesIO(files.read_bytes(path)), allow_pickle=False) as parts:
        found[parts["places"]] = parts["held"]
        return Taught(found.reshape(len(DOMAINS), BUCKETS), parts["pages"])


class DomainModel:
    """How much more a text is like each domain than like the others. Of domains with few pages it
    says nothing, and of none where few are known.
    """

    def __init__(self, taught: Taught) -> None:
        known = np.flatnonzero(taught.pages >= LEAST_PAGES)
        self.domains = [DOMAINS[at] for at in known] if len(known) >= LEAST_DOMAINS else []
        self._weights = np.zeros((BUCKETS, len(DOMAINS)), np.int64)
        if not self.domains:
            return
        held = taught.held[known] / WHOLE
        mass = held.sum(axis=1).mean()
        held *= mass / held.sum(axis=1, keepdims=True)  # a domain of many pages weighs no more
        others = held.sum(axis=0) - held
        for at, inside, outside in zip(known, held, others, strict=True):
            rates = _rates(inside, _SMOOTHED) - _rates(outside, _SMOOTHED * (len(known) - 1))
            self._weights[:, at] = np.rint(rates * WHOLE)

    def tag(self, notes: Notes) -> list[tuple[str, float]]:
        """The domain of each document by rules and text together, with its share of both."""
        noted = zip(notes.evidence, notes.words(), strict=True)
        return [surest(odds + self._odds(places, values)) for odds, (places, values) in noted]

    def _odds(self, places: Ints, values: Ints) -> Floats:
        """The log-odds of each domain by words, in the order of DOMAINS."""
        found = _SHARP / WHOLE**2 * (values @ self._weights[places])
        return np.asarray(np.clip(found, -_MOST, _MOST), dtype=np.float64)


def _rates(held: Floats, smoothed: float) -> Floats:
    """Logarithms of the shares that words have of what a domain's pages hold."""
    return np.asarray(np.log((held + smoothed) / (held + smoothed).sum()), dtype=np.float64)
