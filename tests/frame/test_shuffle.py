"""Rows brought together by key, and values gathered: none lost, none twice, whatever the order."""

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_graph import by_beam, here
from support_ranges import all_rows

from pipeline import files
from pipeline.frame.graph import Gather, Shuffle
from pipeline.frame.range_files import RangeFiles, range_of
from pipeline.frame.row_groups import Group, Rows
from pipeline.frame.shuffle import save_rows

DTYPE = np.dtype([("hi", np.uint64), ("lo", np.uint64), ("value", np.int32)])
FIELDS = ["hi", "lo", "value"]
KEY = ("hi", "lo")
NUMBERS = st.integers(0, 2**64 - 1) | st.integers(0, 3)
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, st.integers(-5, 5)), max_size=30)


@given(ROWS, st.integers(1, 9))
def test_range_is_one_of_those_there_are(rows: list[Any], ranges: int) -> None:
    found = range_of(np.array(rows, DTYPE), KEY, ranges)
    assert found.shape == (len(rows),)
    assert all(0 <= number < ranges for number in found)


@given(ROWS, st.integers(1, 9), st.randoms(use_true_random=False))
def test_range_depends_on_the_key_alone(rows: list[Any], ranges: int, chance: Any) -> None:
    order = list(range(len(rows)))
    chance.shuffle(order)
    table = np.array(rows, DTYPE)
    other = table[order].copy()
    other["value"] = 0
    assert (range_of(other, KEY, ranges) == range_of(table, KEY, ranges)[order]).all()


def test_ranges_of_literal_keys_never_change() -> None:
    rows = np.array([(0, 0, 0), (1, 2, 0), (2, 1, 0), (2**64 - 1, 7, 0)], DTYPE)
    assert range_of(rows, KEY, 1_000).tolist() == [0, 678, 313, 458]


def test_rows_spread_evenly_over_ranges() -> None:
    rows = np.zeros(8_000, DTYPE)
    rows["hi"], rows["lo"] = np.arange(8_000), np.arange(8_000) % 5
    counts = np.bincount(range_of(rows, KEY, 8), minlength=8)
    assert counts.min() > 850
    assert counts.max() < 1_150


def whole(number: int, group: Group) -> list[tuple[int, Rows]]:
    return [(number, group.whole())]


def by_range(found: list[tuple[int, Rows]]) -> dict[int, bytes]:
    """The rows of every range, in the order of all their fields."""
    result = {number: np.sort(rows, order=FIELDS).tobytes() for number, rows in found}
    assert len(result) == len(found)
    return result


def shuffled(chunks: list[Rows], ranges: int) -> dict[int, bytes]:
    return by_range(here(Shuffle(KEY, ranges, DTYPE, whole), *chunks))


def chunked(rows: Rows, edges: list[int]) -> list[Rows]:
    return np.split(rows, sorted(min(edge, len(rows)) for edge in edges))


@given(ROWS, st.lists(st.integers(0, 30), max_size=4), st.randoms(use_true_random=False))
def test_shuffled_rows_are_the_same_for_any_order_and_chunks(
    rows: list[Any], edges: list[int], chance: Any
) -> None:
    table = np.array(rows, DTYPE)
    order = list(range(len(rows)))
    chance.shuffle(order)
    assert shuffled(chunked(table[order], edges), 3) == shuffled([table], 3)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(ROWS, st.lists(st.integers(0, 30), max_size=4))
def test_beam_shuffles_rows_of_any_chunks_alike(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any], edges: list[int]
) -> None:
    table, folder = np.array(rows, DTYPE), tmp_path_factory.mktemp("beam")
    found = by_beam(Shuffle(KEY, 3, DTYPE, whole), *chunked(table, edges), folder=folder)
    assert by_range(found) == shuffled([table], 3)


@functools.cache
def three_ranges() -> dict[int, Rows]:
    rows = np.zeros(300, DTYPE)
    rows["hi"], rows["value"] = np.arange(300) // 3, np.arange(300) * 7 % 11
    blobs = shuffled(chunked(rows[::-1], [10, 10, 200]), 3)
    return {number: np.frombuffer(blob, DTYPE) for number, blob in blobs.items()}


def test_shuffle_neither_loses_nor_doubles_a_row() -> None:
    found = sorted(row.item() for rows in three_ranges().values() for row in rows)
    assert found == sorted((at // 3, 0, at * 7 % 11) for at in range(300))


def test_rows_of_one_key_meet_in_one_range() -> None:
    keys = [set(rows["hi"].tolist()) for rows in three_ranges().values()]
    assert sum(map(len, keys)) == 100


def test_rows_lie_in_the_range_of_their_key() -> None:
    for number, rows in three_ranges().items():
        assert (range_of(rows, KEY, 3) == number).all()


def test_shuffle_of_no_rows_gives_none() -> None:
    assert shuffled([np.zeros(0, DTYPE)], 3) == {}


def test_saved_rows_lie_in_the_file_of_their_range_reduced(tmp_path: Path) -> None:
    store = RangeFiles(str(tmp_path), 3, 1)
    rows = np.array([(at // 2, 0, 0) for at in range(20)], DTYPE)
    paths = here(save_rows(store, "rows", KEY, DTYPE, np.unique), rows[:7], rows[7:])
    assert paths == [store.path("rows", number) for number in range(3)]
    assert np.sort(all_rows(store, "rows", DTYPE)).tolist() == np.unique(rows).tolist()


def merged(values: list[list[int]]) -> list[int]:
    return sorted(number for value in values for number in value)


def encoded(value: list[int]) -> bytes:
    return repr(value).encode()


@pytest.mark.parametrize("count", [1, 9, 10, 11, 35])
def test_gathered_values_become_one_file(tmp_path: Path, count: int) -> None:
    target, values = str(tmp_path / "value"), [[number] for number in range(count)][::-1]
    assert here(Gather(target, merged, encoded), *values) == [target]
    assert files.read_bytes(target) == repr(list(range(count))).encode()


@pytest.mark.parametrize("count", [1, 9, 10, 11, 35])
def test_values_that_beam_gathers_become_one_file(tmp_path: Path, count: int) -> None:
    target, values = str(tmp_path / "value"), [[number] for number in range(count)][::-1]
    (tmp_path / "beam").mkdir()
    gather = Gather(target, merged, encoded)
    assert by_beam(gather, *values, folder=tmp_path / "beam") == [target]
    assert files.read_bytes(target) == repr(list(range(count))).encode()
