"""The scores of one part: a row per document, no text."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.classify.benchmarks import BenchmarkIndex
from pipeline.document import Document

UNTAGGED = "other"  # the domain where nobody tags and the source declares none
ALIKE = 256  # texts scored in one call

SCORES_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("referenced_score", pa.float64()),  # null: there is no model
        pa.field("harm_score", pa.float64()),
        pa.field("domain", pa.string(), nullable=False),
        pa.field("domain_score", pa.float64(), nullable=False),
        pa.field("hits", pa.int64(), nullable=False),  # benchmark items found
        pa.field("hit", pa.string(), nullable=False),  # the clearest of them, "gsm8k-test:12"
    ]
)


class Scorer(Protocol):
    """A model of texts: a score in [0, 1] per text, shape (len(texts),)."""

    def score(self, texts: list[str]) -> NDArray[np.float64]: ...


@dataclass(frozen=True)
class Scorers:
    """What there is to ask; what is None leaves its column empty."""

    referenced: Scorer | None = None
    harm: Scorer | None = None
    tag: Callable[[Document], tuple[str, float]] | None = None
    benchmarks: BenchmarkIndex | None = None


def score_documents(documents: list[Document], scorers: Scorers) -> pa.Table:
    """The rows of SCORES_SCHEMA, sorted by id."""
    documents = sorted(documents, key=lambda document: document.id)
    tags = [_tagged(document, scorers) for document in documents]
    index = scorers.benchmarks
    hits = [index.find(document.text) if index else [] for document in documents]
    columns = [
        [document.id for document in documents],
        _scored(documents, scorers.referenced),
        _scored(documents, scorers.harm),
        [domain for domain, _ in tags],
        [score for _, score in tags],
        [len(found) for found in hits],
        [str(found[0]) if found else "" for found in hits],
    ]
    arrays = [pa.array(c, field.type) for c, field in zip(columns, SCORES_SCHEMA, strict=True)]
    return pa.table(arrays, schema=SCORES_SCHEMA)


def _tagged(document: Document, scorers: Scorers) -> tuple[str, float]:
    """A domain that the source declares wins, whatever the tagger would say."""
    if document.domain:
        return document.domain, 1.0
    return scorers.tag(document) if scorers.tag else (UNTAGGED, 0.0)


def _scored(documents: list[Document], scorer: Scorer | None) -> list[float | None]:
    """Rounded to nine digits; nulls without a scorer."""
    if scorer is None:
        return [None] * len(documents)
    scores: list[float | None] = []
    for start in range(0, len(documents), ALIKE):
        texts = [document.text for document in documents[start : start + ALIKE]]
        scores += scorer.score(texts).round(9).tolist()
    return scores
