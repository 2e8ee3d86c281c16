"""Tables of parts: markers collected, parts held against their files, counts added up."""

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_manifests import done_of

from pipeline import files
from pipeline.arrow import Made, documents_table, dropped_table
from pipeline.document import Document, Unit, drop
from pipeline.errors import CheckError, DamageError
from pipeline.frame import part_tables, parts
from pipeline.frame.part_tables import (
    Done,
    check_part,
    collect,
    done_in,
    list_slices,
    parts_table,
    table_parts,
    totals,
    write_parts,
)
from pipeline.frame.parts import Part
from pipeline.frame.unit_lists import unit_list

DOCUMENT = Document(id="0" * 32, url="https://one.example/", source="crawl", text="one")
COUNTS = st.dictionaries(
    st.sampled_from(["text", "apart:robots", "charset:utf-8", "screen:opt_out"]),
    st.integers(0, 2**40),
)
SIZES = st.integers(0, 2**50)
DATASETS = st.dictionaries(st.sampled_from(["documents", "tokens"]), SIZES)
PARTS = st.lists(
    st.builds(
        Part,
        name=st.text(max_size=5),
        last=st.booleans(),
        kept=SIZES,
        seen=COUNTS,
        rows=st.just({}),
        bytes=DATASETS,
        checksums=st.just({}),
        dropped=COUNTS,
        read=st.text(max_size=3),
    ),
    max_size=5,
)


CHANGED = r"one\.000\.\w+ is not what was written there"


def commit(folder: Path, came_in: int = 2, part: str = "one.000", *, last: bool = True) -> Part:
    tables = {
        "documents": documents_table([DOCUMENT]),
        "dropped": dropped_table([drop(DOCUMENT, "screen", "opt_out")]),
    }
    seen = {"text/html": came_in, "apart:robots": 3}
    blobs = {"tokens": b"1234"}
    return parts.commit(str(folder), Made(part, tables, 1, seen, last=last, blobs=blobs))


@settings(deadline=None)
@given(PARTS)
def test_parts_are_told_by_their_table_as_they_were(found: list[Part]) -> None:
    assert list(table_parts(parts_table(found))) == found


def test_a_committed_part_is_told_by_its_table_as_it_was(tmp_path: Path) -> None:
    part = commit(tmp_path)
    assert list(table_parts(parts_table([part]))) == [part]


@settings(deadline=None)
@given(PARTS, PARTS)
def test_sums_over_tables_are_those_of_a_counter(some: list[Part], others: list[Part]) -> None:
    found = [*some, *others]
    seen = sum((Counter(part.seen) for part in found), Counter[str]())
    dropped = sum((Counter(part.dropped) for part in found), Counter[str]())
    sums = totals([parts_table(some), parts_table(others)])
    assert (sums.parts, sums.kept) == (len(found), sum(part.kept for part in found))
    assert sums.came_in == sum(part.came_in for part in found)
    assert Counter(sums.dropped) == dropped
    assert +Counter(sums.apart) == {
        name: count for name, count in seen.items() if name.startswith(parts.APART)
    }


def test_sums_over_nothing_are_none() -> None:
    sums = totals([])
    assert (sums.parts, sums.came_in, sums.kept, sums.dropped, sums.apart) == (0, 0, 0, {}, {})


def test_sums_are_told_in_the_order_of_their_names() -> None:
    seen = {"apart:b": 1, "apart:a": 1}
    (part,) = [Part("one.000", True, 0, seen, {}, {}, {}, {"b:x": 1, "a:y": 2})]
    sums = totals([parts_table([part])])
    assert [*sums.apart, *sums.dropped] == ["apart:a", "apart:b", "a:y", "b:x"]


def collected(folder: Path, *names: str) -> Done:
    """The parts of units with these names, as a pipeline would collect them."""
    listed = str(folder / "work" / "units.jsonl")
    target = str(folder / "work" / "parts")
    for unit in list_slices(listed, unit_list(Unit(name, ()) for name in names)):
        list(collect(unit, "extract", str(folder), "documents", target))
    return done_in(target)


def names_in(done: Done) -> list[list[str]]:
    return [table["name"].to_pylist() for table in done.read()]


def test_collected_parts_come_by_the_names_of_their_units(tmp_path: Path) -> None:
    for name, last in (("two.000", True), ("one.000", False), ("one.001", True)):
        commit(tmp_path, part=name, last=last)
    assert names_in(collected(tmp_path, "two", "one")) == [["one.000", "one.001", "two.000"]]


def test_markers_are_read_so_many_units_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_tables, "UNITS_AT_ONCE", 2)
    for name in "abcde":
        commit(tmp_path, part=f"{name}.000")
    done = collected(tmp_path, *"abcde")
    assert names_in(done) == [["a.000", "b.000"], ["c.000", "d.000"], ["e.000"]]
    assert done.totals.parts == 5


def test_parts_that_nobody_asks_for_are_not_collected(tmp_path: Path) -> None:
    for name in ("one.000", "other.000"):
        commit(tmp_path, part=name)
    assert names_in(collected(tmp_path, "one")) == [["one.000"]]


def test_a_unit_without_its_last_part_is_told(tmp_path: Path) -> None:
    commit(tmp_path, part="one.000")
    commit(tmp_path, part="two.000", last=False)
    with pytest.raises(CheckError, match="extract: unit two left no finished part; run again"):
        collected(tmp_path, "one", "two")


def test_collected_parts_are_checked(tmp_path: Path) -> None:
    commit(tmp_path)
    files.remove(f"{tmp_path}/documents/one.000.parquet")
    with pytest.raises(DamageError, match=CHANGED):
        collected(tmp_path, "one")


def test_parts_of_any_number_of_tables_are_one_file_with_one_checksum(tmp_path: Path) -> None:
    found = [commit(tmp_path, part=f"{name}.000") for name in "abc"]
    told = []
    for at_once in (1, 3):
        path = f"{tmp_path}/{at_once}.parquet"
        checksum, _ = write_parts(path, done_of(f"{tmp_path}/{at_once}", found, at_once))
        told.append((checksum, list(table_parts(pq.read_table(path)))))
    assert told[0] == told[1]
    assert told[0][1] == found


def test_no_parts_are_an_empty_table(tmp_path: Path) -> None:
    path = str(tmp_path / "none.parquet")
    write_parts(path, done_of(str(tmp_path), []))
    assert files.read_table(path).num_rows == 0


def test_part_that_adds_up_passes(tmp_path: Path) -> None:
    check_part("extract", str(tmp_path), commit(tmp_path), "documents")


@pytest.mark.parametrize("came_in", [1, 3])
def test_part_that_does_not_add_up_is_refused(tmp_path: Path, came_in: int) -> None:
    part = commit(tmp_path, came_in)
    with pytest.raises(CheckError, match=rf"in {came_in}, kept 1, dropped 1"):
        check_part("extract", str(tmp_path), part)


def test_part_that_keeps_more_than_it_has_rows_is_refused(tmp_path: Path) -> None:
    tables = {"documents": documents_table([])}
    part = parts.commit(str(tmp_path), Made("one.000", tables, kept=1, seen={"text/html": 1}))
    with pytest.raises(CheckError, match=r"keeps 1 documents and has 0 in documents"):
        check_part("extract", str(tmp_path), part, "documents")


def test_part_that_has_lost_rows_is_refused(tmp_path: Path) -> None:
    part = commit(tmp_path)
    path = f"{tmp_path}/documents/one.000.parquet"
    files.write_table(path, documents_table([]))
    with pytest.raises(DamageError, match=CHANGED):
        check_part("extract", str(tmp_path), part)


@pytest.mark.parametrize("dataset", ["documents", "dropped"])
def test_part_whose_table_is_gone_is_refused(tmp_path: Path, dataset: str) -> None:
    part = commit(tmp_path)
    files.remove(f"{tmp_path}/{dataset}/one.000.parquet")
    with pytest.raises(DamageError, match=CHANGED):
        check_part("extract", str(tmp_path), part)


def test_part_whose_table_is_cut_short_is_refused(tmp_path: Path) -> None:
    part = commit(tmp_path)
    table = tmp_path / "documents" / "one.000.parquet"
    table.write_bytes(table.read_bytes()[:-20])
    with pytest.raises(DamageError, match=CHANGED):
        check_part("extract", str(tmp_path), part)


def test_part_whose_blob_is_cut_short_is_refused(tmp_path: Path) -> None:
    part = commit(tmp_path)
    (tmp_path / "tokens" / "one.000.arrow").write_bytes(b"12")
    with pytest.raises(DamageError, match=CHANGED):
        check_part("extract", str(tmp_path), part)
