"""The rows of scores of one part."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.benchmarks import Item, build_index
from pipeline.classify.score import SCORES_SCHEMA, Scorers, Tags, score_documents
from pipeline.document import Document, Unit

ITEM = Item("quiz", 4, "Which metal melts in a warm hand?", "Gallium")
DOCUMENTS = [
    Document(id="b" * 32, url="http://a.org/", source="crawl", text="Short."),
    Document(id="a" * 32, url="http://b.org/", source="crawl", text=f"{ITEM.question} Gallium"),
]


class Lengths:
    def score(self, texts: list[str]) -> NDArray[np.float64]:
        return np.array([len(text) / 100 for text in texts])

    def gate(
        self, ids: list[str], texts: list[str]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        return self.score(texts), np.array([name[0] == "a" for name in ids])


class Tagged:
    def needs_texts(self, unit: Unit) -> bool:
        return True

    def tag(self, unit: Unit, found: list[Document]) -> tuple[Tags, Tags]:
        return [("forum", 0.75)] * len(found), [("Health", 0.5)] * len(found)


PART = Unit("part", ())


def test_scores_of_a_part_are_sorted_by_id_and_complete() -> None:
    scorers = Scorers(
        referenced=Lengths(),
        harm=Lengths(),
        evidence=lambda document: "site: listed" if document.url == "http://b.org/" else "",
        least_harm=0.4,
        tagger=Tagged(),
        topics=lambda texts: [("Metals", 0.5)] * len(texts),
        benchmarks=build_index([ITEM], 13),
    )
    table = score_documents(DOCUMENTS, scorers, PART)
    assert table.schema == SCORES_SCHEMA
    assert table.to_pylist()[0] == {
        "id": "a" * 32,
        "referenced_score": 0.41,
        "referenced_seen": True,
        "harm_score": 0.41,
        "harm_evidence": "site: listed",
        "harmful": True,
        "topic": "Metals",
        "topic_score": 0.5,
        "domain": "forum",
        "domain_score": 0.75,
        "hits": 1,
        "hit": "quiz:4",
    }


def test_scores_without_models_are_null_and_the_domain_is_other() -> None:
    rows = score_documents(DOCUMENTS, Scorers(), PART).to_pylist()
    assert [(row["referenced_score"], row["domain"], row["hits"]) for row in rows] == [
        (None, "other", 0)
    ] * 2


def test_declared_domain_wins_over_the_tagger() -> None:
    declared = [replace(document, domain="medicine") for document in DOCUMENTS]
    rows = score_documents(declared, Scorers(tagger=Tagged()), PART).to_pylist()
    assert [(row["domain"], row["domain_score"]) for row in rows] == [("medicine", 1.0)] * 2


def test_scores_of_an_empty_part_are_an_empty_table() -> None:
    assert score_documents([], Scorers(Lengths()), PART).num_rows == 0


def test_harm_takes_a_score_and_something_else() -> None:
    for scorers in (
        Scorers(harm=Lengths(), least_harm=0.0),
        Scorers(harm=Lengths(), evidence=lambda _: "words: 9", least_harm=0.9),
        Scorers(evidence=lambda _: "words: 9", least_harm=0.0),
    ):
        assert not any(score_documents(DOCUMENTS, scorers, PART)["harmful"].to_pylist())
