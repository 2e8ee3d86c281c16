"""What one part goes through in classify: examples chosen and read, documents scored."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from support_parts import curated, document, gone, unit_of

from pipeline import files
from pipeline.classify.sampling import (
    CITED,
    UNKNOWN,
    read_sample,
    sample_bytes,
    sample_part,
    survivors,
    write_examples,
)
from pipeline.classify.score import Scorers, score_part
from pipeline.classify.transform import LearntTags, teach_part
from pipeline.document import Unit, digest

NAMES = ("one", "two", "three", "four")


class Lengths:
    def gate(
        self, ids: list[str], texts: list[str]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        return np.array([len(text) / 100 for text in texts]), np.zeros(len(texts), dtype=np.bool_)


def part(folder: Path) -> Unit:
    return unit_of(folder, curated(*map(document, NAMES)), gone("three"))


def turned(folder: Path) -> Unit:
    """The same part, its rows in another order."""
    table = curated(*map(document, NAMES))
    return unit_of(folder, table.take([2, 0, 3, 1]), gone("other", "three"))


def tiers(urls: list[str]) -> NDArray[np.uint8]:
    known = {"https://one.org/": CITED, "https://two.org/": UNKNOWN, "https://three.org/": CITED}
    return np.array([known.get(url, 1) for url in urls], dtype=np.uint8)


def test_near_duplicates_are_no_survivors(tmp_path: Path) -> None:
    left = survivors(part(tmp_path), ["id"])["id"].to_pylist()
    assert sorted(left) == sorted(digest(name) for name in ("one", "two", "four"))


def test_cited_and_unknown_survivors_are_candidates_and_no_others(tmp_path: Path) -> None:
    (sample,) = sample_part(part(tmp_path), tiers, seed=1)
    rows = sample.rows.tolist()
    found = {f"{hi:016x}{lo:016x}": bool(cited) for cited, _, _, hi, lo in rows}
    assert (sample.cited, sample.unknown, sample.prior) == (1, 1, 0.5)
    assert found == {digest("one"): True, digest("two"): False}


def test_a_sample_is_read_as_it_was_written(tmp_path: Path) -> None:
    (sample,) = sample_part(part(tmp_path), tiers, seed=1)
    path = str(tmp_path / "sample.npz")
    files.write_bytes_atomic(path, sample_bytes(sample))
    found = read_sample(path)
    assert (found.rows == sample.rows).all()
    assert found[1:] == sample[1:]


def test_the_texts_of_the_sample_are_written_and_no_others(tmp_path: Path) -> None:
    (sample,) = sample_part(part(tmp_path), tiers, seed=1)
    (path,) = write_examples(part(tmp_path), sample.rows, str(tmp_path / "examples"))
    found = files.read_table(path).to_pylist()
    assert {row["id"]: row["text"] for row in found} == {digest(n): n for n in ("one", "two")}


def test_a_part_is_scored_without_its_near_duplicates(tmp_path: Path) -> None:
    (made,) = score_part(part(tmp_path), Scorers())
    assert made.part == "part.000"
    assert (made.kept, made.seen) == (3, {"document": 3})
    ids = made.tables["scores"]["id"].to_pylist()
    assert ids == sorted(digest(name) for name in ("one", "two", "four"))


def test_scores_are_those_of_their_documents(tmp_path: Path) -> None:
    (made,) = score_part(part(tmp_path), Scorers(referenced=Lengths()))
    scores = made.tables["scores"]
    found = dict(
        zip(*(scores[name].to_pylist() for name in ("id", "referenced_score")), strict=True)
    )
    assert found == {digest(name): len(name) / 100 for name in ("one", "two", "four")}


def test_rows_in_another_order_give_the_same_sample_and_scores(tmp_path: Path) -> None:
    units = part(tmp_path), turned(tmp_path / "turned")
    one, other = (next(sample_part(unit, tiers, seed=1)) for unit in units)
    assert sample_bytes(one) == sample_bytes(other)
    first, second = (next(score_part(unit, Scorers(referenced=Lengths()))) for unit in units)
    assert first.tables["scores"] == second.tables["scores"]


def test_another_seed_draws_in_another_order(tmp_path: Path) -> None:
    one, other = (next(sample_part(part(tmp_path), tiers, seed=seed)) for seed in (1, 2))
    assert set(one.rows["order"].tolist()).isdisjoint(other.rows["order"].tolist())


def test_a_part_of_which_nothing_is_left_gives_empty_tables(tmp_path: Path) -> None:
    unit = unit_of(tmp_path, curated(document("one")), gone("one"))
    (sample,) = sample_part(unit, lambda _: np.zeros(0, dtype=np.uint8), seed=1)
    (made,) = score_part(unit, Scorers(referenced=Lengths()))
    assert (len(sample.rows), made.kept) == (0, 0)
    assert list(write_examples(unit, sample.rows, str(tmp_path / "examples"))) == []


def test_notes_of_a_part_give_the_tags_that_its_texts_do(tmp_path: Path) -> None:
    taught, noted = str(tmp_path / "taught"), str(tmp_path / "noted")
    texts = {
        "one": "Simmer the onions in butter, add rice and salt.",
        "two": "Posted by anna. 3 replies. Reply.",
    }
    rows = [document(name, texts.get(name, "")) for name in NAMES]
    files_of = unit_of(tmp_path, curated(*rows).take([3, 1, 0, 2]), gone("three")).paths
    (path,) = teach_part(taught, noted, Unit("part.000-aaaaaaaaaaaa", files_of))
    unit = Unit("part.000-bbbbbbbbbbbb", files_of)  # named by more than the part
    by_texts, by_notes = (LearntTags(path, folder).tagger() for folder in (taught + "-none", noted))
    assert (by_texts.needs_texts(unit), by_notes.needs_texts(unit)) == (True, False)
    first, second = (
        next(score_part(unit, Scorers(tagger=tagger))).tables["scores"]
        for tagger in (by_texts, by_notes)
    )
    assert first == second
    found = {row["id"]: (row["domain"], row["topic"]) for row in first.to_pylist()}
    assert found == {
        digest("one"): ("other", "Food & Dining"),
        digest("two"): ("forum", ""),
        digest("four"): ("other", ""),
    }
