"""What documents say of their tags, noted once: the evidence of rules, and hashed words.

It teaches what texts of each tag are like, and is all that a document is tagged by: whoever has
notes needs no text. Words weigh whole numbers, whose sums are the same in any order and on any
machine.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from classifiers.labels.linear_model import counted
from classifiers.tagging import domains, topics
from classifiers.tagging.tag_rules import Floats, Opening
from pipeline import files
from pipeline.document import Document

BUCKETS = 1 << 16
WHOLE = 1 << 16  # the length of a text, as the root of the squares of its words
SHOWN = 2_000  # characters of a text
Ints = NDArray[np.int64]
# What a count weighs, in thousands: whole numbers from the beginning, as logarithms and sums of
# floating point are others on other processors.
_LOGARITHMS = np.array([0, *(round(1_000 * (1 + math.log(n))) for n in range(1, 1_000))], np.int64)


@dataclass(frozen=True)
class Notes:
    """Of each document the evidence (documents, tags), and where its words end in `places`."""

    domains: Floats
    topics: Floats
    stops: Ints
    places: Ints  # buckets of words
    values: Ints  # how much each weighs

    def words(self) -> Iterator[tuple[Ints, Ints]]:
        """The places and values of each document."""
        start = 0
        for stop in self.stops.tolist():
            yield self.places[start:stop], self.values[start:stop]
            start = stop


def note(documents: Sequence[Document]) -> Notes:
    """What documents say, in their order."""
    openings = [Opening(document) for document in documents]
    words = [_words(document) for document in documents]
    none = np.empty(0, np.int64)
    return Notes(
        _rows([domains.evidence(opening) for opening in openings], len(domains.DOMAINS)),
        _rows([topics.evidence(opening) for opening in openings], len(topics.TOPICS)),
        np.cumsum([len(places) for places, _ in words], dtype=np.int64),
        np.concatenate([none, *(places for places, _ in words)]),
        np.concatenate([none, *(values for _, values in words)]),
    )


def _rows(found: list[dict[str, float]], tags: int) -> Floats:
    rows = [list(evidence.values()) for evidence in found]
    return np.array(rows, np.float64).reshape(len(rows), tags)


def _words(document: Document) -> tuple[Ints, Ints]:
    places, counts = counted(f"{document.title}\n{document.text[:SHOWN]}", BUCKETS)
    values = _LOGARITHMS[np.minimum(counts, len(_LOGARITHMS) - 1)]
    length = math.isqrt(int(values @ values)) or 1
    return places, values * WHOLE // length


def notes_bytes(notes: Notes) -> bytes:
    """What `read_notes` reads."""
    buffer = BytesIO()
    small = {"places": notes.places.astype(np.uint16), "values": notes.values.astype(np.uint32)}
    np.savez(buffer, **(vars(notes) | small))
    return buffer.getvalue()


def read_notes(path: str) -> Notes:
    """What `notes_bytes` made, from its file."""
    with np.load(BytesIO(files.read_bytes(path)), allow_pickle=False) as parts:
        whole = {name: parts[name].astype(np.int64) for name in ("stops", "places", "values")}
        return Notes(domains=parts["domains"], topics=parts["topics"], **whole)
