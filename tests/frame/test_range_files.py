"""Rows that pipelines leave for each other: all there, in one order, found by the part."""

from pathlib import Path

import numpy as np
import pytest
from support_ranges import save

from pipeline import files
from pipeline.frame import range_files
from pipeline.frame.range_files import RangeFiles, Rows

DTYPE = np.dtype([("value", "<i4"), ("part", "<u4")])
ROWS = np.array([(at * 7 % 5, at % 6) for at in range(24)], DTYPE)


def store(folder: Path, ranges: int = 3) -> RangeFiles:
    return RangeFiles(str(folder), ranges, 6)


def values(rows: Rows) -> list[tuple[int, int]]:
    return sorted(rows.tolist())


def test_rows_of_a_range_are_sorted_by_every_field(tmp_path: Path) -> None:
    one = store(tmp_path)
    path = one.save("rows", 2, ROWS)
    assert path == one.path("rows", 2)
    assert one.load("rows", 2, DTYPE).tolist() == sorted(ROWS.tolist())


def test_rows_in_any_order_are_the_same_bytes(tmp_path: Path) -> None:
    paths = [
        store(tmp_path).save(f"rows{at}", 0, rows) for at, rows in enumerate([ROWS, ROWS[::-1]])
    ]
    assert files.read_bytes(paths[0]) == files.read_bytes(paths[1])


def test_what_nobody_wrote_has_no_rows(tmp_path: Path) -> None:
    one = store(tmp_path)
    for rows in (one.load("x", 1, DTYPE), one.load_all("x", DTYPE), one.of_part(["x"], 0, DTYPE)):
        assert (len(rows), rows.dtype) == (0, DTYPE)


@pytest.mark.parametrize("ranges", [1, 3, 40])
def test_all_ranges_hold_every_row_once(tmp_path: Path, ranges: int) -> None:
    one = store(tmp_path, ranges)
    save(one, "rows", ("part",), ROWS)
    assert values(one.load_all("rows", DTYPE)) == values(ROWS)


@pytest.mark.parametrize("ranges", [1, 3, 40])
def test_a_part_finds_its_own_rows_under_every_name(tmp_path: Path, ranges: int) -> None:
    one = store(tmp_path, ranges)
    save(one, "these", ("part",), ROWS[:10])
    save(one, "those", ("part",), ROWS[10:])
    for part in range(6):
        found = one.of_part(["these", "those", "none"], part, DTYPE)
        assert values(found) == values(ROWS[ROWS["part"] == part])


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
        one.save(name, 1, ROWS)
    units = range_files.range_units(one, "these", "those")
    assert [unit.bytes for unit in units] == [0, 2 * ROWS.nbytes, 0]
