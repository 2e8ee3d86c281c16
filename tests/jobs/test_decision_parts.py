"""Parts of jobs that only decide, and what earlier runs have kept."""

from pathlib import Path

import pyarrow as pa
from support_parts import curated, document, gone, unit_of

from pipeline.dedup.decisions import DECISION_SCHEMA
from pipeline.document import Unit, digest
from pipeline.jobs.decision_parts import all_stay, exact_made, near_made
from pipeline.jobs.earlier_runs import kept_rows

ROWS = [document(name) for name in ("one", "two", "three")]


def decisions(*leaving: tuple[str, str], cut: str = "three") -> pa.Table:
    """(name, reason) of documents that leave, and one whose text is cut."""
    empty: dict[str, list[int]] = {"cut_lines": [], "cut_paragraphs": []}
    rows = [
        {"id": digest(name), "reason": reason, "detail": "why", "copies": 1, **empty}
        for name, reason in leaving
    ]
    rows.append({"id": digest(cut), "reason": "", "detail": "", "copies": 0, **empty})
    return pa.Table.from_pylist(rows, schema=DECISION_SCHEMA)


def part(folder: Path) -> Unit:
    return unit_of(folder, curated(*ROWS))


def test_documents_that_leave_are_drops_with_their_place(tmp_path: Path) -> None:
    unit = Unit("part", (*part(tmp_path).paths, "keys"))
    table = decisions(("two", "duplicate_url"), ("one", "robots_opt_out"))
    (made,) = exact_made(lambda _: table, unit)
    drops = {row["id"]: row for row in made.tables["dropped"].to_pylist()}
    assert (made.part, made.kept, made.seen) == ("part.000", 1, {"document": 3})
    assert {name: drops[digest(name)]["stage"] for name in ("one", "two")} == {
        "one": "screen",
        "two": "dedup",
    }
    assert drops[digest("two")]["url"] == "https://two.org/"


def test_decisions_are_asked_for_the_keys_of_a_unit(tmp_path: Path) -> None:
    asked: list[tuple[str, ...]] = []

    def decide(unit: Unit) -> pa.Table:
        asked.append(unit.paths)
        return decisions()

    list(exact_made(decide, Unit("part", (*part(tmp_path).paths, "keys"))))
    assert asked == [("keys",)]


def test_near_leaves_decisions_and_clusters(tmp_path: Path) -> None:
    clusters = pa.table({"id": [digest("one")]})
    pair = decisions(("one", "near_duplicate")), clusters
    (made,) = near_made(lambda _: pair, part(tmp_path))
    assert made.kept == 2
    assert made.tables["clusters"] == clusters
    assert made.tables["dropped"]["reason"].to_pylist() == ["near_duplicate"]


def test_all_stay_where_near_is_off(tmp_path: Path) -> None:
    (made,) = all_stay(part(tmp_path))
    assert (made.kept, made.tables["dropped"].num_rows) == (3, 0)


def test_an_earlier_run_has_kept_what_its_decisions_leave(tmp_path: Path) -> None:
    unit = unit_of(tmp_path, pa.table({"keys": [1]}), curated(*ROWS), gone("two", "other"))
    assert set(kept_rows(unit, ["id"])["id"].to_pylist()) == {digest("one"), digest("three")}
