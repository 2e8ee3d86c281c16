"""What texts of each domain hold, learnt from the pages of a corpus that rules are sure of."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np

from classifiers.tagging.domains import DOMAINS, OTHER
from classifiers.tagging.tag_notes import BUCKETS, Ints, Notes
from classifiers.tagging.tag_rules import Floats, shares
from pipeline import files
from pipeline.document import Document

SURE = 0.7  # share of the evidence that makes a page teach
PER_SITE = 5  # pages of a part that teach a domain


@dataclass(frozen=True)
class Taught:
    """What sure pages hold: (domains, BUCKETS), and how many they are."""

    held: Ints
    pages: Ints


def nothing() -> Taught:
    """What no page has taught."""
    return Taught(np.zeros((len(DOMAINS), BUCKETS), np.int64), np.zeros(len(DOMAINS), np.int64))


def teach(documents: Sequence[Document], notes: Notes) -> Taught:
    """What the sure pages among documents hold by their notes, at most five of a site."""
    found, seen = nothing(), Counter[tuple[int, str]]()
    noted = zip(documents, notes.domains, notes.words(), strict=True)
    for document, odds, (places, values) in sorted(noted, key=lambda row: row[0].id):
        at = _sure(document.domain, odds)
        seen[at, document.site] += 1
        if at >= 0 and seen[at, document.site] <= PER_SITE:
            found.held[at, places] += values
            found.pages[at] += 1
    return found


def _sure(declared: str, odds: Floats) -> int:
    """The place of a page's domain, declared or sure; -1 for one that teaches nothing."""
    if declared:
        return DOMAINS.index(declared) if declared in DOMAINS else -1
    found = shares(odds)
    at = int(found.argmax())
    return at if found[at] >= SURE and DOMAINS[at] != OTHER else -1


def taught_bytes(taught: Taught) -> bytes:
    """What `read_taught` reads."""
    places, buffer = np.flatnonzero(taught.held), BytesIO()
    held = taught.held.reshape(-1)[places]
    np.savez(buffer, places=places.astype(np.uint32), held=held, pages=taught.pages)
    return buffer.getvalue()


def read_taught(paths: Iterable[str]) -> Taught:
    """The sum of what `taught_bytes` made, from its files, in any order."""
    taught = nothing()
    for path in paths:
        with np.load(BytesIO(files.read_bytes(path)), allow_pickle=False) as parts:
            taught.held.reshape(-1)[parts["places"]] += parts["held"]
            taught.pages[:] += parts["pages"]
    return taught
