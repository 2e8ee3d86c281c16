"""Transforms: functions over units and records that lose nothing and do not depend on order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_graph import by_beam, here

from pipeline.arrow import Made
from pipeline.document import Batch, Document, Dropped, Page, Record, Unit, drop
from pipeline.frame import parts
from pipeline.frame.transforms import (
    CommitParts,
    EachRecord,
    MapUnits,
    Step,
    apply_step,
    documents,
    pages,
)

UNIT = Unit("one", ("one.warc",))


def document(number: int) -> Document:
    return Document(id=f"{number:032x}", url="", source="crawl", text=str(number))


def batch(*numbers: int, dropped: tuple[Dropped, ...] = ()) -> Batch:
    records = tuple(document(number) for number in numbers)
    return Batch(UNIT, 0, True, records, dropped, seen=(("text", len(numbers)),))


def drop_odd(record: Record) -> Record | Dropped:
    assert isinstance(record, Document)
    return drop(record, "screen", "odd") if int(record.text) % 2 else record


@dataclass
class DropOdd(EachRecord):
    """A stage of its own."""

    def step(self) -> Step:
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
    page = Page(id="1", url="", source="", html=b"")
    assert pages(lambda page: drop(page, "screen", "x"))(page) == drop(page, "screen", "x")


def test_document_step_refuses_pages() -> None:
    step = documents(lambda document: document)
    with pytest.raises(TypeError, match="not Page"):
        step(Page(id="1", url="", source="", html=b""))


def test_batches_go_through_the_function_that_was_made() -> None:
    after = here(DropOdd(), batch(1, 2, 3))
    assert [len(one.records) for one in after] == [1]
    assert [row.reason for row in after[0].dropped] == ["odd", "odd"]


def failing(_record: Record) -> Record:
    raise ZeroDivisionError("a defect")


@dataclass
class Fail(EachRecord):
    """A stage with a defect."""

    def step(self) -> Step:
        return failing


def test_defect_of_a_pipeline_of_beam_names_the_unit(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="a defect") as told:
        by_beam(Fail(), batch(1), folder=tmp_path)
    chain = [told.value, told.value.__cause__, told.value.__context__]
    notes = [note for error in chain for note in getattr(error, "__notes__", [])]
    assert "while working on unit one (one.warc)" in "".join([*notes, str(told.value)])


def test_defect_names_the_unit_of_a_batch() -> None:
    with pytest.raises(ZeroDivisionError) as told:
        here(Fail(), batch(1))
    assert told.value.__notes__ == ["while working on unit one (one.warc)"]


def counted(unit: Unit) -> Iterator[str]:
    yield from (f"{unit.name}{at}" for at in range(2))


def counting() -> Callable[[Unit], Iterator[str]]:
    return counted


@pytest.mark.parametrize(
    "transform", [MapUnits("counted", counted), MapUnits("counted", make=counting)]
)
def test_unit_gives_any_number_of_elements(transform: MapUnits) -> None:
    assert here(transform, UNIT, Unit("two", ())) == ["one0", "one1", "two0", "two1"]


@pytest.mark.parametrize(("function", "make"), [(None, None), (counted, counting)])
def test_units_need_one_function(
    function: Callable[[Unit], Iterator[str]] | None,
    make: Callable[[], Callable[[Unit], Iterator[str]]] | None,
) -> None:
    with pytest.raises(TypeError, match="x needs a function or one that makes it"):
        MapUnits("x", function, make)


def test_committed_parts_are_named_and_lie_on_disk(tmp_path: Path) -> None:
    made = [Made(f"unit-{at}.000", {}, kept=0) for at in range(3)]
    names = here(CommitParts(str(tmp_path)), *made)
    assert names == [f"unit-{at}.000" for at in range(3)]
    assert parts.markers(str(tmp_path)) == {f"unit-{at}" for at in range(3)}


def made_of(name: str) -> Made:
    return Made(name, {}, kept=0)


def test_elements_are_made_into_parts_before_they_are_committed(tmp_path: Path) -> None:
    assert here(CommitParts(str(tmp_path), made_of), "one.000") == ["one.000"]
    assert parts.read_marker(str(tmp_path), "one").kept == 0
