"""Parts: committed whole with their marker, named by what they are made of."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import files
from pipeline.arrow import Made, documents_table, dropped_table
from pipeline.document import Document, drop
from pipeline.errors import CheckError
from pipeline.frame import parts

DOCUMENT = Document(id="0" * 32, url="https://one.example/", source="crawl", text="one")
NAMES = st.from_regex(r"[a-z0-9._-]{1,9}(\.(00[01]|00001)_{0,2})?", fullmatch=True)


def base_name(part: str) -> str:
    (name,) = parts.base_names(pa.chunked_array([[part]])).to_pylist()
    return str(name)


def made(part: str = "one.000", *, last: bool = True) -> Made:
    drops = [drop(DOCUMENT, "screen", reason) for reason in ("opt_out", "opt_out", "blocked_site")]
    tables = {"documents": documents_table([DOCUMENT]), "dropped": dropped_table(drops)}
    return Made(part, tables, kept=1, seen={"text/html": 4, "apart:robots": 2}, last=last)


def names_of(folder: str, unit: str) -> list[str]:
    return [part.name for part in parts.parts_of("extract", folder, unit)]


def test_committed_part_is_read_back_as_it_was_told(tmp_path: Path) -> None:
    part = parts.commit(str(tmp_path), replace(made(), read="digest"))
    assert parts.read_marker(str(tmp_path), "one") == part
    assert (part.name, part.unit, part.read) == ("one.000", "one", "digest")


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
    assert part.bytes["documents"] == files.size(f"{folder}/documents/one.000.parquet")
    assert part.checksums["documents"] == files.checksum(f"{folder}/documents/one.000.parquet")
    assert part.checksums["tokens"] == files.checksum(f"{folder}/tokens/one.000.arrow")


def test_committing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    one = parts.commit(str(tmp_path / "a"), made())
    assert parts.commit(str(tmp_path / "b"), made()) == one


class BrokenDisk(Exception):
    """A disk that fails while the second table is written."""


def test_part_whose_tables_fail_has_no_marker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = files.write_bytes_atomic

    def failing(path: str, data: bytes, **_: object) -> None:
        if "/dropped/" in path:
            raise BrokenDisk(path)
        plain(path, data)

    monkeypatch.setattr(files, "write_bytes_atomic", failing)
    with pytest.raises(BrokenDisk):
        parts.commit(str(tmp_path), made())
    assert files.names(f"{tmp_path}/documents") == ["one.000.parquet"]
    assert parts.markers(str(tmp_path)) == set()


def test_part_without_a_marker_is_not_committed(tmp_path: Path) -> None:
    parts.commit(str(tmp_path), made())
    files.remove(parts.marker_path(str(tmp_path), "one"))
    assert parts.markers(str(tmp_path)) == set()


def test_unit_is_finished_with_its_last_part(tmp_path: Path) -> None:
    folder = str(tmp_path)
    parts.commit(folder, made("one.000", last=False))
    assert not parts.is_finished(folder, "one")
    parts.commit(folder, made("one.001"))
    assert parts.is_finished(folder, "one")
    assert names_of(folder, "one") == ["one.000", "one.001"]


def test_a_listing_tells_finished_units_and_earlier_parts(tmp_path: Path) -> None:
    folder = str(tmp_path)
    for name, last in (("one.000", False), ("one.001", True), ("two.000", False)):
        parts.commit(folder, made(name, last=last))
    assert parts.markers(folder) == {"one.000", "one", "two.000"}
    assert parts.finished(parts.markers(folder)) == ["one"]


@pytest.mark.parametrize("missing", ["one.000", "one.001", "one"])
def test_unit_that_lacks_a_part_is_told_and_not_finished(tmp_path: Path, missing: str) -> None:
    folder = str(tmp_path)
    for at in range(3):
        parts.commit(folder, made(f"one.{at:03d}", last=at == 2))
    files.remove(parts.marker_path(folder, missing))
    with pytest.raises(CheckError) as told:
        names_of(folder, "one")
    assert str(told.value) == "extract: unit one left no finished part; run again"
    assert not parts.is_finished(folder, "one")


def test_unit_whose_name_begins_alike_is_another(tmp_path: Path) -> None:
    parts.commit(str(tmp_path), made("one.more.000"))
    assert parts.finished(parts.markers(str(tmp_path))) == ["one.more"]
    assert not parts.is_finished(str(tmp_path), "one")


def test_no_table_of_drops_counts_none() -> None:
    assert parts.count_drops(None) == {}


def test_name_of_a_literal_unit_never_changes() -> None:
    assert parts.keyed("crawl.one", "a", "b") == "crawl.one-6a93c5780b98"


def test_name_depends_on_what_is_read() -> None:
    assert parts.keyed("one", "ab", "c") != parts.keyed("one", "a", "bc")


def test_base_name_is_the_archive_and_index() -> None:
    assert base_name("crawl.one-0123456789ab.003") == "crawl.one.003"


def test_name_that_is_no_part_is_a_defect() -> None:
    with pytest.raises(ValueError, match=r"not the name of a part: 'one\.000'"):
        base_name("one.000")


@given(NAMES, st.integers(0, 12_000), st.lists(st.text(max_size=3), min_size=1, max_size=4))
def test_base_name_stays_from_job_to_job(name: str, index: int, inputs: list[str]) -> None:
    part = f"{parts.keyed(name, 'size')}.{index:03d}"
    base = base_name(part)
    for read in inputs:
        part = parts.rekeyed(base_name(part), read) + ".000"
        assert base_name(part) == base


@given(NAMES, st.integers(0, 12_000), NAMES, st.integers(0, 12_000))
def test_parts_that_differ_have_base_names_that_differ(
    one: str, index: int, other: str, other_index: int
) -> None:
    names = {(one, index), (other, other_index)}
    bases = {base_name(f"{parts.keyed(name, 'x')}.{at:03d}") for name, at in names}
    assert len(bases) == len(names)


def test_a_unit_of_more_than_a_thousand_parts_gives_all_of_them(tmp_path: Path) -> None:
    for at in range(1_003):
        parts.commit(str(tmp_path), Made(f"one.{at:03d}", {}, kept=0, last=at == 1_002))
    assert parts.finished(parts.markers(str(tmp_path))) == ["one"]
    assert names_of(str(tmp_path), "one")[-2:] == ["one.1001", "one.1002"]


def test_archive_that_ends_in_a_number_keeps_its_parts_apart() -> None:
    name = parts.keyed("crawl.dump.001", "x")
    bases = [base_name(f"{name}.{index:03d}") for index in range(2)]
    assert bases == ["crawl.dump.001_.000", "crawl.dump.001_.001"]


@given(NAMES)
def test_no_name_of_a_unit_is_taken_for_that_of_a_part(name: str) -> None:
    unit = parts.keyed(name, "size")
    later = parts.rekeyed(base_name(f"{unit}.000"), "checksum")
    assert parts.finished([unit, later, f"{unit}.000", f"{later}.1012"]) == [unit, later]
