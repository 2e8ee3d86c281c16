"""What texts of each domain are like, learnt from the pages of a corpus that rules are sure of.

Naive Bayes over hashed words: a few hundred pages teach it, and it costs a count of each. Lengths
are one, counts logarithms, and each domain is told by what the others hold (Rennie et al. 2003).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from classifiers.domains import DOMAINS, OTHER, evidence, shares
from classifiers.labels.linear_model import features
from pipeline import files
from pipeline.document import Document

BUCKETS = 1 << 16
SHOWN = 2_000  # characters of a text
SURE = 0.7  # share of the evidence that makes a page teach
PER_SITE, LEAST_PAGES, LEAST_DOMAINS = 5, 20, 3  # of a part; of a domain that is learnt; in all
_WHOLE = 1 << 16  # of a page: sums of whole numbers are the same in any order
_SMOOTHED = 0.02
_SHARP, _MOST = 6.0, 4.0  # odds of a text of length 1; at most, for or against
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Taught:
    """What sure pages hold: (domains, BUCKETS), and how many they are."""

    held: NDArray[np.int64]
    pages: NDArray[np.int64]


def teach(documents: Iterable[Document]) -> Taught:
    """What the sure pages among documents hold, at most five of a site."""
    held = np.zeros((len(DOMAINS), BUCKETS), np.int64)
    pages, seen = np.zeros(len(DOMAINS), np.int64), Counter[tuple[int, str]]()
    for document in sorted(documents, key=lambda document: document.id):
        at = _sure(document)
        seen[at, document.site] += 1
        if at < 0 or seen[at, document.site] > PER_SITE:
            continue
        places, values = _vector(document)
        held[at, places] += np.rint(values * _WHOLE).astype(np.int64)
        pages[at] += 1
    return Taught(held, pages)


def _sure(document: Document) -> int:
    """The place of a page's domain, declared or sure; -1 for one that teaches nothing."""
    if document.domain:
        return DOMAINS.index(document.domain) if document.domain in DOMAINS else -1
    found = shares(evidence(document))
    at = int(found.argmax())
    return at if found[at] >= SURE and DOMAINS[at] != OTHER else -1


def _vector(document: Document) -> tuple[NDArray[np.int64], Floats]:
    places, values = features(f"{document.title}\n{document.text[:SHOWN]}", BUCKETS)
    length = float(np.sqrt(values @ values))
    return places, np.asarray(values / length if length else values, dtype=np.float64)


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
        self._weights = np.zeros((len(DOMAINS), BUCKETS), np.float32)
        if not self.domains:
            return
        held = taught.held[known] / _WHOLE
        mass = held.sum(axis=1).mean()
        held *= mass / held.sum(axis=1, keepdims=True)  # a domain of many pages weighs no more
        others = held.sum(axis=0) - held
        for at, inside, outside in zip(known, held, others, strict=True):
            self._weights[at] = _rates(inside, _SMOOTHED) - _rates(
                outside, _SMOOTHED * (len(known) - 1)
            )

    def odds(self, document: Document) -> Floats:
        """The log-odds of each domain by the text of a document, in the order of DOMAINS."""
        if not self.domains:
            return np.zeros(len(DOMAINS))
        places, values = _vector(document)
        found = _SHARP * (self._weights[:, places] @ values)
        return np.asarray(np.clip(found, -_MOST, _MOST), dtype=np.float64)

    def tag(self, documents: Sequence[Document]) -> list[tuple[str, float]]:
        """The domain of each document by rules and text together, with its share of both."""
        found = []
        for document in documents:
            both = shares(evidence(document), self.odds(document))
            at = int(both.argmax())
            found.append((DOMAINS[at], round(float(both[at]), 9)))
        return found


def _rates(held: Floats, smoothed: float) -> Floats:
    """Logarithms of the shares that words have of what a domain's pages hold."""
    return np.asarray(np.log((held + smoothed) / (held + smoothed).sum()), dtype=np.float64)
