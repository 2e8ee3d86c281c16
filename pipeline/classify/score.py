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
        # The page taught the model, and was scored by one that had not seen its site.
        pa.field("referenced_seen", pa.bool_(), nullable=False),
        pa.field("harm_score", pa.float64()),
        pa.field("harm_evidence", pa.string(), nullable=False),  # what else speaks against it
        pa.field("harmful", pa.bool_(), nullable=False),  # by both
        pa.field("topic", pa.string(), nullable=False),
        pa.field("topic_score", pa.float64(), nullable=False),
        pa.field("domain", pa.string(), nullable=False),
        pa.field("domain_score", pa.float64(), nullable=False),
        pa.field("hits", pa.int64(), nullable=False),  # benchmark items found
        pa.field("hit", pa.string(), nullable=False),  # the clearest of them, "gsm8k-test:12"
    ]
)


class Scorer(Protocol):
    """A model of texts: a score in [0, 1] per text, shape (len(texts),)."""

    def score(self, texts: list[str]) -> NDArray[np.float64]: ...


class Gate(Protocol):
    """What decides on keeping: per document a score, and whether it taught the model."""

    def gate(
        self, ids: list[str], texts: list[str]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]: ...


Tags = list[tuple[str, float]]  # per document a name, and how sure it is


class Tagger(Protocol):
    """What tells domains and topics."""

    def needs_texts(self, unit: Unit) -> bool: ...

    def tag(self, unit: Unit, found: list[Document]) -> tuple[Tags, Tags]: ...


@dataclass(frozen=True)
class Scorers:
    """What there is to ask; what is None leaves its column empty."""

    referenced: Gate | None = None
    harm: Scorer | None = None
    evidence: Callable[[Document], str] | None = None  # of harm, beside the score
    least_harm: float = 1.0  # score from which both make a document harmful
    tagger: Tagger | None = None
    topics: Callable[[list[str]], Tags] | None = None  # in place of the tagger's
    benchmarks: BenchmarkIndex | None = None

    def reads(self, unit: Unit) -> bool:
        """Whether any of them looks at the documents of a unit."""
        of_texts = (self.referenced, self.harm, self.evidence, self.topics, self.benchmarks)
        asked = self.tagger is not None and self.tagger.needs_texts(unit)
        return asked or any(scorer is not None for scorer in of_texts)


def by_id(found: list[Document]) -> list[Document]:
    """Documents in the order of their ids, in which they are tagged."""
    return sorted(found, key=lambda document: document.id)


def score_documents(found: list[Document], scorers: Scorers, unit: Unit) -> pa.Table:
    """The rows of SCORES_SCHEMA of a unit's documents, sorted by id."""
    found = by_id(found)
    domains, topics = _tagged(found, scorers, unit)
    harm = _scored(found, scorers.harm)
    evidence = [scorers.evidence(document) if scorers.evidence else "" for document in found]
    index = scorers.benchmarks
    hits = [index.find(document.text) if index else [] for document in found]
    columns = [
        [document.id for document in found],
        *_gated(found, scorers.referenced),
        harm,
        evidence,
        [
            bool(told) and score is not None and score >= scorers.least_harm
            for score, told in zip(harm, evidence, strict=True)
        ],
        [topic for topic, _ in topics],
        [score for _, score in topics],
        [domain for domain, _ in domains],
        [score for _, score in domains],
        [len(each) for each in hits],
        [str(each[0]) if each else "" for each in hits],
    ]
    return columns_table(columns, SCORES_SCHEMA)


def _tagged(found: list[Document], scorers: Scorers, unit: Unit) -> tuple[Tags, Tags]:
    """Domains and topics. A domain that the source declares wins, whatever the tagger would say."""
    nobody = [(UNTAGGED, 0.0)] * len(found), [("", 0.0)] * len(found)
    told, topics = scorers.tagger.tag(unit, found) if scorers.tagger else nobody
    if scorers.topics:
        asked = (tag for texts in _texts(found) for tag in scorers.topics(texts))
        topics = [(name, round(score, 9)) for name, score in asked]
    domains = [
        (document.domain, 1.0) if document.domain else tag
        for document, tag in zip(found, told, strict=True)
    ]
    return domains, topics


def _gated(found: list[Document], gate: Gate | None) -> tuple[list[float | None], list[bool]]:
    """The scores, rounded to nine digits, and which documents taught; nulls without a gate."""
    scores: list[float | None] = []
    seen: list[bool] = []
    for start in range(0, len(found) if gate else 0, ALIKE):
        some = found[start : start + ALIKE]
        assert gate is not None
        of_some, known = gate.gate([one.id for one in some], [one.text for one in some])
        scores += of_some.round(9).tolist()
        seen += known.tolist()
    return (scores, seen) if gate else ([None] * len(found), [False] * len(found))


def _scored(found: list[Document], scorer: Scorer | None) -> list[float | None]:
    """Rounded to nine digits; nulls without a scorer."""
    if scorer is None:
        return [None] * len(found)
    return [one for texts in _texts(found) for one in scorer.score(texts).round(9).tolist()]


def _texts(found: list[Document]) -> Iterator[list[str]]:
    """The texts, so many at once."""
    for start in range(0, len(found), ALIKE):
        yield [document.text for document in found[start : start + ALIKE]]


def score_part(unit: Unit, scorers: Scorers) -> Iterator[Made]:
    """The scores of the documents of a curated part that near-duplicate decisions leave."""
    found = documents(survivors(unit)) if scorers.reads(unit) else _named(unit)
    table = score_documents(found, scorers, unit)
    yield Made(unit.part, {"scores": table}, kept=table.num_rows, seen={"document": len(found)})


def _named(unit: Unit) -> list[Document]:
    """The documents of a part without their texts: ids, and the domains that sources declare."""
    columns = survivors(unit, ["id", "domain"]).to_pydict()
    named = zip(columns["id"], columns["domain"], strict=True)
    return [Document(name, "", "", "", domain=domain) for name, domain in named]
