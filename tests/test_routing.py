"""Routing: functions become transforms that lose nothing and do not depend on order."""

import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apache_beam as beam
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import files
from pipeline.document import Batch, Document, Dropped, Page, Record, Unit, drop
from pipeline.frame import parts
from pipeline.frame.parts import Made
from pipeline.frame.shuffle import Rows, range_of
from pipeline.frame.transforms import (
    CommitParts,
    DealUnits,
    Gather,
    MapBatches,
    MapUnits,
    ShuffleRows,
    Step,
    apply_step,
    documents,
    pages,
)

DTYPE = np.dtype([("hi", np.uint64), ("lo", np.uint64), ("value", np.int32)])
KEY = ("hi", "lo")
NUMBERS = st.integers(0, 2**64 - 1) | st.integers(0, 3)
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, st.integers(-5, 5)), max_size=30)
UNIT = Unit("one", ("one.warc",))


@pytest.fixture(autouse=True)
def _no_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beam reads the command line where a transform is applied to a list."""
    monkeypatch.setattr(sys, "argv", ["gristmill"])


def document(number: int) -> Document:
    return Document(id=f"{number:032x}", url="", source="crawl", text=str(number))


def batch(*numbers: int, dropped: tuple[Dropped, ...] = ()) -> Batch:
    records = tuple(document(number) for number in numbers)
    return Batch(UNIT, 0, True, records, dropped, seen=(("text", len(numbers)),))


def drop_odd(record: Record) -> Record | Dropped:
    assert isinstance(record, Document)
    return drop(record, "screen", "odd") if int(record.text) % 2 else record


def dropping_odd() -> Step:
    return drop_odd


@given(st.lists(st.integers(0, 99)), st.lists(st.integers(0, 9), max_size=3))
def test_step_conserves_records(numbers: list[int], before: list[int]) -> None:
    already = tuple(drop(document(number), "ingest", "empty") for number in before)
    given_batch = batch(*numbers, dropped=already)
    after = apply_step(drop_odd, given_batch)
    assert len(after.records) + len(after.dropped) == len(numbers) + len(before)
    assert after.dropped[: len(before)] == already


@given(st.lists(st.integers(0, 99)))
def test_step_keeps_order_and_count_of_what_came_in(numbers: list[int]) -> None:
    after = apply_step(drop_odd, batch(*numbers))
    kept = [int(r.text) for r in after.records if isinstance(r, Document)]
    assert kept == [number for number in numbers if number % 2 == 0]
    assert after.seen == (("text", len(numbers)),)


def test_page_step_lets_documents_pass() -> None:
    step = pages(lambda page: drop(page, "screen", "blocked_site"))
    assert step(document(1)) == document(1)


def test_page_step_sees_pages() -> None:
    page = Page(id="1", url="", source="", html="")
    assert pages(lambda page: drop(page, "screen", "x"))(page) == drop(page, "screen", "x")


def test_document_step_refuses_pages() -> None:
    step = documents(lambda document: document)
    with pytest.raises(TypeError, match="not Page"):
        step(Page(id="1", url="", source="", html=""))


def test_batches_go_through_the_function_that_was_made() -> None:
    after = [batch(1, 2, 3)] | MapBatches("odd", dropping_odd)
    assert [len(one.records) for one in after] == [1]
    assert [row.reason for row in after[0].dropped] == ["odd", "odd"]


def failing(_record: Record) -> Record:
    raise ZeroDivisionError("a defect")


def making_failing() -> Step:
    return failing


def test_defect_propagates_and_names_the_unit() -> None:
    with pytest.raises(Exception, match="a defect") as told:
        [batch(1)] | MapBatches("failing", making_failing)
    chain = [told.value, told.value.__cause__, told.value.__context__]
    notes = [note for error in chain for note in getattr(error, "__notes__", [])]
    assert "while working on unit one (one.warc)" in "".join([*notes, str(told.value)])


def counting() -> Callable[[Unit], Iterator[str]]:
    return lambda unit: (f"{unit.name}{at}" for at in range(2))


def test_unit_gives_any_number_of_elements() -> None:
    units = [UNIT, Unit("two", ("two.warc",))]
    assert sorted(units | MapUnits("counting", counting)) == ["one0", "one1", "two0", "two1"]


def test_units_of_a_list_are_dealt_once_each(tmp_path: Path) -> None:
    units = [Unit(f"unit-{at}", (f"{at}.warc",), bytes=at) for at in range(20)]
    path = str(tmp_path / "units.jsonl")
    parts.write_units(path, units)
    assert sorted([None] | Dealt(path), key=lambda unit: unit.bytes) == units


class Dealt(beam.PTransform):  # type: ignore[misc]
    """DealUnits starts at the root; an eager list has a root that is a collection already."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def expand(self, nothing: Any) -> Any:
        return nothing.pipeline | DealUnits(self._path)


def test_committed_parts_are_named_and_lie_on_disk(tmp_path: Path) -> None:
    made = [Made(f"unit-{at}.000", {}, kept=0) for at in range(3)]
    assert sorted(made | CommitParts(str(tmp_path))) == [f"unit-{at}.000" for at in range(3)]
    assert parts.committed(str(tmp_path)) == {f"unit-{at}.000" for at in range(3)}


def made_of(name: str) -> Made:
    return Made(name, {}, kept=0)


def test_elements_are_made_into_parts_before_they_are_committed(tmp_path: Path) -> None:
    assert ["one.000"] | CommitParts(str(tmp_path), made_of) == ["one.000"]
    assert parts.read_part(str(tmp_path), "one.000").kept == 0


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


def same(element: Any) -> Any:
    return element


def shuffled(chunks: list[Rows], ranges: int) -> dict[int, bytes]:
    found = chunks | (beam.Map(same) | ShuffleRows(KEY, ranges, DTYPE))
    result = {number: rows.tobytes() for number, rows in found}
    assert len(result) == len(found)
    return result


def chunked(rows: Rows, edges: list[int]) -> list[Rows]:
    return np.split(rows, sorted(min(edge, len(rows)) for edge in edges))


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(ROWS, st.lists(st.integers(0, 30), max_size=4), st.randoms(use_true_random=False))
def test_shuffled_rows_are_the_same_for_any_order_and_chunks(
    rows: list[Any], edges: list[int], chance: Any
) -> None:
    table = np.array(rows, DTYPE)
    order = list(range(len(rows)))
    chance.shuffle(order)
    assert shuffled(chunked(table[order], edges), 3) == shuffled([table], 3)


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


def test_shuffled_rows_are_sorted_by_all_fields() -> None:
    for rows in three_ranges().values():
        assert (rows == np.sort(rows, order=list(DTYPE.names or ()))).all()


def test_rows_lie_in_the_range_of_their_key() -> None:
    for number, rows in three_ranges().items():
        assert (range_of(rows, KEY, 3) == number).all()


def test_shuffle_of_no_rows_gives_none() -> None:
    assert shuffled([np.zeros(0, DTYPE)], 3) == {}


def merged(values: list[list[int]]) -> list[int]:
    return sorted(number for value in values for number in value)


def encoded(value: list[int]) -> bytes:
    return repr(value).encode()


@pytest.mark.parametrize("count", [1, 9, 10, 11, 35])
def test_gathered_values_become_one_file(tmp_path: Path, count: int) -> None:
    target = str(tmp_path / "value")
    values = [[number] for number in range(count)][::-1]
    assert values | Gather(target, merged, encoded) == [target]
    assert files.read_bytes(target) == repr(list(range(count))).encode()
