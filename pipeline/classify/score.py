"""The scores of one part: a row per document, no text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.arrow import Made, columns_table, documents
from pipeline.classify.benchmarks import BenchmarkIndex
from pipeline.classify.sampling import survivors
from pipeline.document import Document, Unit

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


def score_documents(found: list[Document], scorers: Scorers) -> pa.Table:
    """The rows of SCORES_SCHEMA, sorted by id."""
    found = sorted(found, key=lambda document: document.id)
    tags = [_tagged(document, scorers) for document in found]
    index = scorers.benchmarks
    hits = [index.find(document.text) if index else [] for document in found]
    columns = [
        [document.id for document in found],
        _scored(found, scorers.referenced),
        _scored(found, scorers.harm),
        [domain for domain, _ in tags],
        [score for _, score in tags],
        [len(each) for each in hits],
        [str(each[0]) if each else "" for each in hits],
    ]
    return columns_table(columns, SCORES_SCHEMA)


def _tagged(document: Document, scorers: Scorers) -> tuple[str, float]:
    """A domain that the source declares wins, whatever the tagger would say."""
    if document.domain:
        return document.domain, 1.0
    return scorers.tag(document) if scorers.tag else (UNTAGGED, 0.0)


def _scored(found: list[Document], scorer: Scorer | None) -> list[float | None]:
    """Rounded to nine digits; nulls without a scorer."""
    if scorer is None:
        return [None] * len(found)
    scores: list[float | None] = []
    for start in range(0, len(found), ALIKE):
        texts = [document.text for document in found[start : start + ALIKE]]
        scores += scorer.score(texts).round(9).tolist()
    return scores


def score_part(unit: Unit, scorers: Scorers) -> Iterator[Made]:
    """The scores of the documents of a curated part that near-duplicate decisions leave."""
    found = documents(survivors(unit))
    table = score_documents(found, scorers)
    yield Made(unit.part, {"scores": table}, kept=table.num_rows, seen={"document": len(found)})
