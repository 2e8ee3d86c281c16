"""Rows that pipelines leave for each other: all there, in one order, found by the part."""

from pathlib import Path

import numpy as np
import pytest
from support_ranges import all_rows, save

from pipeline import files
from pipeline.frame import range_files
from pipeline.frame.range_files import EVERY_PART, RangeFiles
from pipeline.frame.row_groups import Rows

DTYPE = np.dtype([("part", "<u4"), ("value", "<i4")])
ROWS = np.array([(at % 6, at * 7 % 5) for at in range(24)], DTYPE)


SAVED = ROWS.nbytes + 6 * 12 + 16  # with the places of six parts, and how many there are


def store(folder: Path, ranges: int = 3) -> RangeFiles:
    return RangeFiles(str(folder), ranges, 6)


def values(rows: Rows) -> list[tuple[int, int]]:
    return sorted(rows.tolist())


def test_rows_of_a_range_are_sorted_by_every_field(tmp_path: Path) -> None:
    one = store(tmp_path)
    path = one.save("rows", 2, [ROWS], DTYPE)
    assert path == one.path("rows", 2)
    assert one.load("rows", 2, DTYPE).tolist() == sorted(ROWS.tolist())


def test_rows_in_any_order_are_the_same_bytes(tmp_path: Path) -> None:
    paths = [
        store(tmp_path).save(f"rows{at}", 0, [rows], DTYPE)
        for at, rows in enumerate([ROWS, ROWS[::-1]])
    ]
    assert files.read_bytes(paths[0]) == files.read_bytes(paths[1])


def test_what_nobody_wrote_has_no_rows(tmp_path: Path) -> None:
    one = store(tmp_path)
    for rows in (one.load("x", 1, DTYPE), one.of_part(["x"], 0, DTYPE)):
        assert (len(rows), rows.dtype) == (0, DTYPE)


@pytest.mark.parametrize("ranges", [1, 3, 40])
def test_all_ranges_hold_every_row_once(tmp_path: Path, ranges: int) -> None:
    one = store(tmp_path, ranges)
    save(one, "rows", ("part",), ROWS)
    assert values(all_rows(one, "rows", DTYPE)) == values(ROWS)


@pytest.mark.parametrize("ranges", [1, 3, 40])
def test_a_part_finds_its_own_rows_under_every_name(tmp_path: Path, ranges: int) -> None:
    one = store(tmp_path, ranges)
    save(one, "these", ("part",), ROWS[:10])
    save(one, "those", ("part",), ROWS[10:])
    for part in range(6):
        found = one.of_part(["these", "those", "none"], part, DTYPE)
        assert values(found) == values(ROWS[ROWS["part"] == part])


@pytest.mark.parametrize("tail", [1, 40, 200, 1_000])
def test_a_part_is_found_however_little_is_read_of_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tail: int
) -> None:
    monkeypatch.setattr(range_files, "TAIL_BYTES", max(tail, range_files.END))
    one = store(tmp_path, 1)
    save(one, "rows", ("part",), ROWS)
    for part in range(7):
        assert values(one.of_part(["rows"], part, DTYPE)) == values(ROWS[ROWS["part"] == part])


def test_rows_for_every_part_are_found_by_each(tmp_path: Path) -> None:
    one = store(tmp_path, 1)
    one.save("rows", 0, [np.array([(EVERY_PART, 7), (2, 5)], DTYPE)], DTYPE)
    found = [one.of_part(["rows"], part, DTYPE)["value"].tolist() for part in (1, 2)]
    assert found == [[7], [5, 7]]


def test_rows_that_do_not_begin_with_a_part_are_not_asked_for_by_part(tmp_path: Path) -> None:
    turned = np.dtype([("value", "<i4"), ("part", "<u4")])
    with pytest.raises(TypeError, match="not found by part"):
        store(tmp_path).of_part(["rows"], 1, turned)


@pytest.mark.parametrize("size", [8, 24, 10_000])
def test_chunks_of_a_range_are_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    one = store(tmp_path)
    one.save("rows", 1, [ROWS], DTYPE)
    monkeypatch.setattr(range_files, "CHUNK_BYTES", max(size, range_files.END))
    found = [rows.tolist() for rows in one.chunks("rows", 1, DTYPE)]
    assert [row for rows in found for row in rows] == sorted(ROWS.tolist())


@pytest.mark.parametrize(("documents", "ranges"), [(0, 1), (1, 1), (10, 1), (11, 2), (21, 3)])
def test_no_range_is_for_more_documents_than_one_can_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, documents: int, ranges: int
) -> None:
    monkeypatch.setattr(range_files, "RANGE_DOCUMENTS", 10)
    assert range_files.range_files(str(tmp_path), 0, documents).ranges == ranges


def test_ranges_are_not_more_than_the_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(range_files, "MOST_RANGES", 3)
    assert range_files.range_files(str(tmp_path), 0, 10**9).ranges == 3


def test_every_range_has_its_unit(tmp_path: Path) -> None:
    units = range_files.range_units(store(tmp_path, 11), "rows")
    assert [unit.start for unit in units] == [*range(11)]
    assert sorted(unit.name for unit in units) == [unit.name for unit in units]
    assert len({unit.name for unit in units}) == 11


def test_a_unit_of_a_range_weighs_the_rows_that_it_reads(tmp_path: Path) -> None:
    one = store(tmp_path)
    for name in ("these", "those", "unread"):
        one.save(name, 1, [ROWS], DTYPE)
    units = range_files.range_units(one, "these", "those")
    assert [unit.bytes for unit in units] == [0, 2 * SAVED, 0]
