"""Parts of jobs that only decide, and what earlier runs have kept."""

from pathlib import Path

import pyarrow as pa
import pytest
from support_parts import curated, decision, decisions, document, gone, unit_of

from pipeline.document import Unit, digest
from pipeline.jobs.decision_parts import all_stay, exact_made, near_made
from pipeline.jobs.earlier_runs import kept_rows

ROWS = [document(name) for name in ("one", "two", "three")]


CUT = decision("three", cut_lines=[7])


def part(folder: Path) -> Unit:
    return unit_of(folder, curated(*ROWS))


def keyed(unit: Unit) -> Unit:
    """A unit of (keys, documents, policies), of which only the documents are there."""
    return Unit("part", ("keys", *unit.paths, "policies"))


def test_documents_that_leave_are_drops_with_their_place(tmp_path: Path) -> None:
    unit = keyed(part(tmp_path))
    table = decisions(decision("two", "duplicate_url"), decision("one", "robots_opt_out"), CUT)
    (made,) = exact_made(lambda _: table, unit)
    drops = {row["id"]: row for row in made.tables["dropped"].to_pylist()}
    assert (made.part, made.kept, made.seen) == ("part.000", 1, {"document": 3})
    assert {name: drops[digest(name)]["stage"] for name in ("one", "two")} == {
        "one": "screen",
        "two": "dedup",
    }
    assert drops[digest("two")]["url"] == "https://two.org/"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_decisions_find_their_documents_whatever_their_order(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    rows = [decision("two", "duplicate_url"), decision("one", "tdm_reserved"), CUT]
    table = decisions(*(rows[at] for at in order))
    (made,) = near_made(lambda _: (table, table), part(tmp_path))
    assert {row["url"]: row["reason"] for row in made.tables["dropped"].to_pylist()} == {
        "https://two.org/": "duplicate_url",
        "https://one.org/": "tdm_reserved",
    }


def test_every_copy_of_a_record_that_leaves_is_a_drop(tmp_path: Path) -> None:
    unit = keyed(unit_of(tmp_path, curated(*ROWS, ROWS[0], ROWS[0])))
    (made,) = exact_made(lambda _: decisions(decision("one", "duplicate_record", 2)), unit)
    assert made.tables["dropped"]["id"].to_pylist() == [digest("one")] * 2
    assert (made.kept, made.seen) == (3, {"document": 5})


def test_decisions_are_asked_for_the_whole_unit(tmp_path: Path) -> None:
    asked: list[Unit] = []

    def decide(unit: Unit) -> pa.Table:
        asked.append(unit)
        return decisions(CUT)

    unit = keyed(part(tmp_path))
    list(exact_made(decide, unit))
    assert asked == [unit]


def test_near_leaves_decisions_and_clusters(tmp_path: Path) -> None:
    clusters = pa.table({"id": [digest("one")]})
    pair = decisions(decision("one", "near_duplicate")), clusters
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
