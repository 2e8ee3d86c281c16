"""Rows by key in chunks: what is found does not depend on how they are cut."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.keyed_rows import Known, first_of_each
from pipeline.dedup.rows import Rows

DTYPE = np.dtype([("hi", "<u8"), ("lo", "<u8"), ("value", "<i8")])
KEY = ("hi", "lo")
WORDS = st.integers(0, 3) | st.sampled_from([255, 256, 2**32, 2**64 - 1])
ROWS = st.lists(st.tuples(WORDS, WORDS, st.integers(-9, 9)), min_size=1, max_size=40)


def chunked(rows: list[Any], edges: list[int]) -> list[Rows]:
    return np.split(np.array(rows, DTYPE), sorted(min(edge, len(rows)) for edge in edges))


def firsts(rows: list[Any], edges: list[int] | None = None) -> Rows:
    chunks = chunked(rows, edges or [])
    return first_of_each(chunks, KEY, lambda found: (found["value"],))


@given(ROWS, st.lists(st.integers(0, 40), max_size=4))
def test_first_of_each_key_is_the_least_whatever_the_chunks(
    rows: list[Any], edges: list[int]
) -> None:
    least: dict[tuple[int, int], int] = {}
    for high, low, value in rows:
        least[high, low] = min(value, least.get((high, low), value))
    found = firsts(rows, edges)
    assert {(high, low): value for high, low, value in found.tolist()} == least
    assert found[[*KEY]].tolist() == sorted(least)


@given(ROWS)
def test_rows_find_the_place_of_their_key(rows: list[Any]) -> None:
    table, found = np.array(rows, DTYPE), firsts(rows)
    assert Known(found, KEY).of(table)[[*KEY]].tolist() == table[[*KEY]].tolist()


@given(ROWS, ROWS)
def test_known_keys_are_told_from_others(rows: list[Any], others: list[Any]) -> None:
    known = {(high, low) for high, low, _ in rows}
    asked = np.array(others, DTYPE)
    expected = [(high, low) in known for high, low, _ in others]
    assert Known(firsts(rows), KEY).has(asked).tolist() == expected


@pytest.mark.parametrize("count", [0, 3])
def test_no_key_is_one_of_none(count: int) -> None:
    none = np.zeros(0, DTYPE)
    assert Known(none, KEY).has(np.zeros(count, DTYPE)).tolist() == [False] * count
