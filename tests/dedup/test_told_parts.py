"""What is known of a key reaches every part that asks for it, and is not told once too often."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup import told_parts
from pipeline.dedup.rows import Rows, make
from pipeline.dedup.told_parts import ASK, ask_rows, told

FACT = np.dtype([("part", "<u4"), ("site", "<u8"), ("line", "<u8"), ("wide", "u1")])
RANGES = 3


def ranges_of(parts: Any) -> Any:
    return np.asarray(parts, dtype=np.int64) % RANGES


def heard(facts: list[tuple[int, int]], asks: list[tuple[int, int]]) -> tuple[Rows, set[Any]]:
    """The rows that are told, and (part, site, line) of every asking part that hears of it."""
    rows = make(FACT, len(facts))
    rows["site"], rows["line"] = [site for site, _ in facts], [line for _, line in facts]
    asked = np.array(asks, ASK)
    found = np.concatenate([np.zeros(0, FACT), *told([rows], "site", asked, ranges_of)])
    known = {
        (part, site, line)
        for named, site, line, wide in found.tolist()
        for part in {part for _, part in asks}
        if part == named or (wide and part % RANGES == named % RANGES)
    }
    return found, known


FACTS = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 9)), max_size=12, unique=True)
ASKS = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 19)), max_size=40)


@given(FACTS, ASKS, st.sampled_from([0, 1, 2, 64]), st.sampled_from([1, 5, 1_000]))
def test_every_part_that_asks_hears_all_of_its_keys(
    facts: list[tuple[int, int]], asks: list[tuple[int, int]], few: int, at_once: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(told_parts, "FEW", few)
        patch.setattr(told_parts, "AT_ONCE", at_once)
        _, known = heard(facts, asks)
    due = {(part, site, line) for site, line in facts for key, part in asks if key == site}
    assert due <= known


def test_few_parts_are_told_one_by_one() -> None:
    found, known = heard([(1, 7)], [(1, 4), (1, 5), (2, 6)])
    assert known == {(4, 1, 7), (5, 1, 7)}
    assert found["wide"].tolist() == [0, 0]


def test_many_parts_are_told_once_a_range(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_parts, "FEW", 5)
    found, _ = heard([(1, 7), (1, 8)], [(1, part) for part in range(30)])
    assert sorted(found[["part", "line", "wide"]].tolist()) == [
        (part, line, 1) for part in range(RANGES) for line in (7, 8)
    ]


def test_rows_are_made_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_parts, "AT_ONCE", 10)
    facts = make(FACT, 50, site=1, line=np.arange(50))
    asks = make(ASK, 4, key=1, part=np.arange(4))
    sizes = [len(rows) for rows in told([facts], "site", asks, ranges_of)]
    assert sum(sizes) == 200
    assert max(sizes) <= 16


def test_a_part_asks_for_a_key_once() -> None:
    asked = ask_rows(np.array([3, 1, 3], dtype=np.uint64), 9)
    assert asked.tolist() == [(1, 9), (3, 9)]
