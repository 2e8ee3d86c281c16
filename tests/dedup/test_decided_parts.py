"""Parts read as the decisions on them say: what is met, cut, and too short for it."""

from dataclasses import replace
from pathlib import Path

import pytest
from support_parts import curated, decision, decisions, document, unit_of

from pipeline.dedup import decisions as dedup_decisions
from pipeline.dedup.decisions import read_decided
from pipeline.dedup.lines.cutting import Cut, apply_cuts
from pipeline.dedup.packed_keys import key_of
from pipeline.document import Batch, Document, Unit, digest
from pipeline.recipe import DedupConfig
from pipeline.text import normalise

NOTICE = "This text may be copied by all who want to copy it, and by nobody else at all."
CUT = [key_of(normalise(NOTICE))]
CONFIG = DedupConfig(min_characters=20)
ROWS = [
    document("whole", f"{NOTICE} Whoever does so is not told of it."),
    document("copy", "The words of a page that stands elsewhere too."),
    document("cut", f"The words of the page itself.\n\n{NOTICE}"),
    document("stump", f"A stump.\n\n{NOTICE}"),
]
DECISIONS = [
    decision("copy", "duplicate_text"),
    decision("cut", cut_paragraphs=CUT),
    decision("stump", cut_paragraphs=CUT),
]


def read(folder: Path, order: tuple[int, ...] = (0, 1, 2)) -> Batch:
    table = decisions(*(DECISIONS[at] for at in order))
    (batch,) = read_decided(CONFIG, unit_of(folder, curated(*ROWS), table))
    return batch


def texts(batch: Batch) -> dict[str, str]:
    return {one.id: one.text for one in batch.records if isinstance(one, Document)}


def test_documents_stay_whole_or_without_what_is_cut(tmp_path: Path) -> None:
    assert texts(read(tmp_path)) == {
        digest("whole"): ROWS[0].text,
        digest("cut"): "The words of the page itself.",
    }


def test_what_was_dropped_before_is_neither_met_nor_dropped_again(tmp_path: Path) -> None:
    batch = read(tmp_path)
    assert dict(batch.seen)["document"] == 3
    assert digest("copy") not in {row.id for row in batch.dropped}


def test_what_cuts_leave_too_short_is_a_drop(tmp_path: Path) -> None:
    (row,) = read(tmp_path).dropped
    assert (row.id, row.stage) == (digest("stump"), "dedup")
    assert (row.reason, row.detail) == ("too_short_after_cuts", "8")


def test_what_is_cut_of_kept_documents_is_counted_apart(tmp_path: Path) -> None:
    assert dict(read(tmp_path).seen) == {
        "document": 3,
        "apart:cut_lines": 0,
        "apart:cut_paragraphs": 1,
        "apart:cut_characters": len(NOTICE) + 2,
    }


def test_a_part_is_one_batch_and_the_last(tmp_path: Path) -> None:
    batch = read(tmp_path)
    assert (batch.part, batch.last) == ("part.000", True)


@pytest.mark.parametrize("order", [(2, 1, 0), (1, 2, 0)])
def test_decisions_in_another_order_are_the_same(tmp_path: Path, order: tuple[int, ...]) -> None:
    assert read(tmp_path, order) == read(tmp_path)


def test_of_rows_with_one_id_as_many_leave_as_the_decision_says(tmp_path: Path) -> None:
    rows = [replace(ROWS[0], date=date) for date in ("2024", "2025", "2026")]
    unit = unit_of(tmp_path, curated(*rows), decisions(decision("whole", "duplicate_record", 2)))
    (batch,) = read_decided(CONFIG, unit)
    assert [one.date for one in batch.records if isinstance(one, Document)] == ["2024"]


def test_without_decisions_all_stay(tmp_path: Path) -> None:
    (batch,) = read_decided(CONFIG, unit_of(tmp_path, curated(*ROWS), decisions()))
    assert len(batch.records) == 4
    assert batch.dropped == ()


def everything(_name: str) -> bool:
    return True


def two_passes(folder: Path, unit: Unit, monkeypatch: pytest.MonkeyPatch) -> list[Batch]:
    """The batches of a pass over all, after one that has kept its cuts, and without one."""
    cuts = str(folder / "cuts")
    (alone,) = read_decided(CONFIG, unit)
    list(read_decided(CONFIG, unit, cuts, everything))
    monkeypatch.setattr(dedup_decisions, "apply_cuts", None)
    (after,) = read_decided(CONFIG, unit, cuts)
    return [alone, after]


def test_what_the_pass_that_samples_has_cut_is_not_cut_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = decision("whole", cut_paragraphs=CUT)  # of which nothing goes
    unit = unit_of(tmp_path, curated(*ROWS[:3]), decisions(kept, *DECISIONS[:2]))
    alone, after = two_passes(tmp_path, unit, monkeypatch)
    assert after == alone


def test_cuts_of_documents_with_one_id_are_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = unit_of(tmp_path, curated(ROWS[2], ROWS[2]), decisions(DECISIONS[1]))
    list(read_decided(CONFIG, unit, str(tmp_path / "cuts"), everything))
    made = list[str]()

    def counted(document: Document, *keys: set[int]) -> Cut:
        made.append(document.id)
        return apply_cuts(document, *keys)

    monkeypatch.setattr(dedup_decisions, "apply_cuts", counted)
    (after,) = read_decided(CONFIG, unit, str(tmp_path / "cuts"))
    assert [one.text for one in after.records if isinstance(one, Document)] == [
        "The words of the page itself."
    ] * 2
    assert made == [digest("cut")] * 2


def test_cuts_of_those_that_were_not_drawn_are_made(tmp_path: Path) -> None:
    other = document("other", f"Other words of another page.\n\n{NOTICE}")
    table = decisions(*DECISIONS[1:2], decision("other", cut_paragraphs=CUT))
    unit = unit_of(tmp_path, curated(ROWS[2], other), table)
    list(read_decided(CONFIG, unit, str(tmp_path / "cuts"), digest("cut").__eq__))
    (alone,) = read_decided(CONFIG, unit)
    (after,) = read_decided(CONFIG, unit, str(tmp_path / "cuts"))
    assert after == alone


def test_of_ids_that_are_not_drawn_nothing_is_met(tmp_path: Path) -> None:
    unit = unit_of(tmp_path, curated(*ROWS), decisions(*DECISIONS))
    (batch,) = read_decided(CONFIG, unit, str(tmp_path), digest("cut").__eq__)
    assert set(texts(batch)) == {digest("cut")}
