"""Rows in amounts that fit: none lost, none twice, keys together, everything in order."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.frame import row_groups
from pipeline.frame.row_groups import Group, Rows, Spool, in_order, sorted_pieces

DTYPE = np.dtype([("part", "<u4"), ("hi", "<u8"), ("lo", "<i8")])
NUMBERS = st.integers(0, 3) | st.integers(0, 2**32 - 1)
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=60)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rows are a chunk, and eight a piece."""
    monkeypatch.setattr(row_groups, "CHUNK_BYTES", 4 * DTYPE.itemsize)
    monkeypatch.setattr(row_groups, "PIECE_BYTES", 8 * DTYPE.itemsize)


def blobs(rows: Rows) -> list[bytes]:
    return [rows[at : at + 3].tobytes() for at in range(0, len(rows), 3)]


def group(rows: Rows) -> Group:
    return Group(blobs(rows), DTYPE, ("part", "hi"))


def same(one: Rows, two: Rows) -> bool:
    return in_order(one).tobytes() == in_order(two).tobytes()


@given(ROWS)
def test_chunks_hold_every_row_once_however_often_they_are_read(rows: list[tuple[int]]) -> None:
    table = np.array(rows, DTYPE)
    found = group(table)
    assert same(np.concatenate([*found]), table)
    assert same(np.concatenate([*found]), table)
    assert max(map(len, found)) <= 6


def test_blobs_that_come_once_are_kept() -> None:
    table = np.array([(1, 2, 3)] * 9, DTYPE)
    found = Group(iter(blobs(table)), DTYPE, ("part",))
    assert [len(found.whole()), len(found.whole())] == [9, 9]


@settings(deadline=None)
@given(ROWS)
def test_pieces_hold_every_row_once(rows: list[tuple[int]]) -> None:
    table = np.array(rows, DTYPE)
    assert same(np.concatenate([*group(table).pieces()]), table)


@settings(deadline=None)
@given(ROWS)
def test_rows_of_one_key_are_in_one_piece(rows: list[tuple[int]]) -> None:
    pieces = [
        set(piece[["part", "hi"]].tolist()) for piece in group(np.array(rows, DTYPE)).pieces()
    ]
    assert sum(map(len, pieces)) == len(set.union(*pieces))


def test_pieces_are_smaller_than_the_group() -> None:
    table = np.zeros(800, DTYPE)
    table["hi"] = np.arange(800)
    assert max(map(len, group(table).pieces())) < 40


@settings(deadline=None)
@given(ROWS)
def test_sorted_pieces_are_the_sorted_rows(rows: list[tuple[int]]) -> None:
    table = np.array(rows, DTYPE)
    found = np.concatenate([*sorted_pieces(group(table), DTYPE)])
    assert found.tobytes() == in_order(table).tobytes()


@pytest.mark.parametrize("column", ["part", "hi", "lo"])
def test_sorted_pieces_fit_whichever_field_differs(column: str) -> None:
    table = np.zeros(500, DTYPE)
    table[column] = np.arange(500)[::-1]
    pieces = [*sorted_pieces(group(table), DTYPE)]
    assert np.concatenate(pieces)[column].tolist() == list(range(500))
    assert max(map(len, pieces)) <= 12


def test_rows_that_are_all_equal_come_in_chunks() -> None:
    pieces = [*sorted_pieces(group(np.ones(100, DTYPE)), DTYPE)]
    assert sum(map(len, pieces)) == 100
    assert max(map(len, pieces)) <= 12


def once(rows: Rows) -> Iterator[Rows]:
    yield from np.split(rows, 5)


def test_spooled_chunks_are_read_again() -> None:
    table = np.zeros(60, DTYPE)
    table["lo"] = np.arange(60)
    with Spool(once(table), DTYPE) as spool:
        read = [np.concatenate([*spool])["lo"].tolist() for _ in range(2)]
    assert read == [list(range(60))] * 2
