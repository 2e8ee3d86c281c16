"""What documents say of their domains, noted once: the evidence of rules, and hashed words.

It teaches what domains are like, and is all that a document is tagged by: whoever has notes needs
no text. Words weigh whole numbers, whose sums are the same in any order and on any machine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from classifiers.domains import DOMAINS, Floats, evidence
from classifiers.labels.linear_model import features
from pipeline import files
from pipeline.document import Document

BUCKETS = 1 << 16
WHOLE = 1 << 16  # the length of a text, as the root of the squares of its words
SHOWN = 2_000  # characters of a text
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Notes:
    """Of each document the evidence (documents, domains), and where its words end in `places`."""

    evidence: Floats
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
    rows = [list(evidence(document).values()) for document in documents]
    words = [_words(document) for document in documents]
    none = np.empty(0, np.int64)
    return Notes(
        np.array(rows, np.float64).reshape(len(rows), len(DOMAINS)),
        np.cumsum([len(places) for places, _ in words], dtype=np.int64),
        np.concatenate([none, *(places for places, _ in words)]),
        np.concatenate([none, *(values for _, values in words)]),
    )


def _words(document: Document) -> tuple[Ints, Ints]:
    places, values = features(f"{document.title}\n{document.text[:SHOWN]}", BUCKETS)
    length = float(np.sqrt(values @ values)) or 1.0
    return places, np.rint(values * (WHOLE / length)).astype(np.int64)


def notes_bytes(notes: Notes) -> bytes:
    """What `read_notes` reads."""
    buffer = BytesIO()
    places, values = notes.places.astype(np.uint16), notes.values.astype(np.uint32)
    np.savez(buffer, evidence=notes.evidence, stops=notes.stops, places=places, values=values)
    return buffer.getvalue()


def read_notes(path: str) -> Notes:
    """What `notes_bytes` made, from its file."""
    with np.load(BytesIO(files.read_bytes(path)), allow_pickle=False) as parts:
        whole = (parts[name].astype(np.int64) for name in ("stops", "places", "values"))
        return Notes(parts["evidence"], *whole)
