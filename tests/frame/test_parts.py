"""Parts: committed whole with their marker, named by what they are made of, dealt evenly."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import files
from pipeline.arrow import Made, documents_table, dropped_table
from pipeline.document import Document, Unit, drop
from pipeline.errors import CheckError
from pipeline.frame import parts

DOCUMENT = Document(id="0" * 32, url="https://one.example/", source="crawl", text="one")
UNITS = st.lists(st.integers(0, 10_000), max_size=40).map(
    lambda sizes: [Unit(f"unit-{at:02d}", ("a",), bytes=size) for at, size in enumerate(sizes)]
)
NAMES = st.from_regex(r"[a-z0-9._-]{1,9}(\.00[01]_{0,2})?", fullmatch=True)


def made(part: str = "one.000", *, last: bool = True) -> Made:
    drops = [drop(DOCUMENT, "screen", reason) for reason in ("opt_out", "opt_out", "blocked_site")]
    tables = {"documents": documents_table([DOCUMENT]), "dropped": dropped_table(drops)}
    return Made(part, tables, kept=1, seen={"text/html": 4, "apart:robots": 2}, last=last)


def test_committed_part_is_read_back_as_it_was_told(tmp_path: Path) -> None:
    part = parts.commit(str(tmp_path), made())
    assert parts.read_part(str(tmp_path), "one.000") == part


def test_marker_counts_rows_and_drops_by_reason(tmp_path: Path) -> None:
    part = parts.commit(str(tmp_path), made())
    assert part.rows == {"documents": 1, "dropped": 3}
    assert part.dropped == {"screen:blocked_site": 1, "screen:opt_out": 2}


def test_what_comes_in_leaves_out_what_is_counted_apart(tmp_path: Path) -> None:
    assert parts.commit(str(tmp_path), made()).came_in == 4


def test_marker_has_checksum_and_size_of_every_file(tmp_path: Path) -> None:
    folder = str(tmp_path)
    part = parts.commit(folder, replace(made(), blobs={"tokens": b"12345"}))
    assert set(part.checksums) == {"documents", "dropped", "tokens"}
    assert part.bytes["tokens"] == 5
    assert part.checksums["documents"] == files.checksum(f"{folder}/documents/one.000.parquet")


def test_committing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    one = parts.commit(str(tmp_path / "a"), made())
    assert parts.commit(str(tmp_path / "b"), made()) == one


class BrokenDisk(Exception):
    """A disk that fails while the second table is written."""


def test_part_whose_tables_fail_has_no_marker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(path: str, _table: pa.Table) -> None:
        raise BrokenDisk(path)

    monkeypatch.setattr(files, "write_table", failing)
    with pytest.raises(BrokenDisk):
        parts.commit(str(tmp_path), made())
    assert parts.committed(str(tmp_path)) == set()


def test_part_without_a_marker_is_not_committed(tmp_path: Path) -> None:
    parts.commit(str(tmp_path), made())
    files.remove(f"{tmp_path}/parts/one.000.json")
    assert parts.committed(str(tmp_path)) == set()


def test_unit_is_finished_with_its_last_part(tmp_path: Path) -> None:
    folder = str(tmp_path)
    parts.commit(folder, made("one.000", last=False))
    parts.commit(folder, made("one.001"))
    found = parts.parts_of(folder, "one", parts.committed(folder))
    assert [part.name for part in found or []] == ["one.000", "one.001"]


@pytest.mark.parametrize("missing", ["one.000", "one.001", "one.002"])
def test_unit_that_lacks_a_part_is_not_finished(tmp_path: Path, missing: str) -> None:
    folder = str(tmp_path)
    for at in range(3):
        parts.commit(folder, made(f"one.{at:03d}", last=at == 2))
    assert parts.parts_of(folder, "one", parts.committed(folder) - {missing}) is None


def test_unit_whose_name_begins_alike_is_another(tmp_path: Path) -> None:
    parts.commit(str(tmp_path), made("one.more.000"))
    assert parts.parts_of(str(tmp_path), "one", parts.committed(str(tmp_path))) is None


def test_finished_units_give_their_parts_by_name(tmp_path: Path) -> None:
    folder = str(tmp_path)
    for name, last in (("two.000", True), ("one.001", True), ("one.000", False)):
        parts.commit(folder, made(name, last=last))
    found = parts.finished("extract", folder, [Unit("two", ()), Unit("one", ())])
    assert [part.name for part in found] == ["one.000", "one.001", "two.000"]


def test_unit_that_left_no_last_part_is_told(tmp_path: Path) -> None:
    parts.commit(str(tmp_path), made("one.000"))
    parts.commit(str(tmp_path), made("two.000", last=False))
    with pytest.raises(CheckError, match="extract: unit two left no finished part; run again"):
        parts.finished("extract", str(tmp_path), [Unit("one", ()), Unit("two", ())])


def test_no_table_of_drops_counts_none() -> None:
    assert parts.count_drops(None) == {}


def test_name_of_a_literal_unit_never_changes() -> None:
    assert parts.keyed("crawl.one", "a", "b") == "crawl.one-6a93c5780b98"


def test_name_depends_on_what_is_read() -> None:
    assert parts.keyed("one", "ab", "c") != parts.keyed("one", "a", "bc")


def test_base_name_is_the_archive_and_index() -> None:
    assert parts.base_name("crawl.one-0123456789ab.003") == "crawl.one.003"


def test_name_that_is_no_part_is_a_defect() -> None:
    with pytest.raises(ValueError, match=r"not the name of a part: 'one\.000'"):
        parts.base_name("one.000")


@given(NAMES, st.integers(0, 999), st.lists(st.text(max_size=3), min_size=1, max_size=4))
def test_base_name_stays_from_job_to_job(name: str, index: int, inputs: list[str]) -> None:
    part = f"{parts.keyed(name, 'size')}.{index:03d}"
    base = parts.base_name(part)
    for read in inputs:
        part = parts.rekeyed(part, read) + ".000"
        assert parts.base_name(part) == base


@given(NAMES, st.integers(0, 999), NAMES, st.integers(0, 999))
def test_parts_that_differ_have_base_names_that_differ(
    one: str, index: int, other: str, other_index: int
) -> None:
    names = {(one, index), (other, other_index)}
    bases = {parts.base_name(f"{parts.keyed(name, 'x')}.{at:03d}") for name, at in names}
    assert len(bases) == len(names)


def test_archive_that_ends_in_a_number_keeps_its_parts_apart() -> None:
    name = parts.keyed("crawl.dump.001", "x")
    bases = [parts.base_name(f"{name}.{index:03d}") for index in range(2)]
    assert bases == ["crawl.dump.001_.000", "crawl.dump.001_.001"]


@given(UNITS, st.integers(1, 9))
def test_every_unit_is_dealt_once(units: list[Unit], workers: int) -> None:
    dealt = parts.dealt(units, workers)
    assert sorted(unit.name for unit in dealt) == [unit.name for unit in units]


@given(UNITS, st.integers(1, 9))
def test_dealt_loads_differ_by_no_more_than_the_heaviest_unit(
    units: list[Unit], workers: int
) -> None:
    dealt = parts.dealt(units, workers)
    loads = [sum(unit.bytes for unit in dealt[at::workers]) for at in range(workers)]
    assert max(loads) - min(loads) <= max((unit.bytes for unit in units), default=0)


@given(UNITS, st.integers(1, 9), st.randoms(use_true_random=False))
def test_units_are_dealt_alike_in_any_order(
    units: list[Unit], workers: int, chance: object
) -> None:
    shuffled = list(units)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert parts.dealt(shuffled, workers) == parts.dealt(units, workers)


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            Unit,
            name=st.text(max_size=5),
            paths=st.lists(st.text(max_size=5), max_size=3).map(tuple),
            bytes=st.integers(0),
            start=st.integers(0),
            stop=st.none() | st.integers(0),
            source=st.text(max_size=3),
        ),
        max_size=4,
    )
)
def test_list_of_units_is_read_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, units: list[Unit]
) -> None:
    target = str(tmp_path_factory.mktemp("units") / "units.jsonl")
    parts.write_units(target, units)
    assert parts.read_units(target) == units
