"""An input file is opened once: later runs know it by its stamp, and its units have their names."""

import os
import time
from pathlib import Path

import pytest
from support_archives import gzipped, pages
from support_inputs import CONFIG, KINDS, UNITS, edit, plan, source_at, touch, write_input

from pipeline.errors import UsageError
from pipeline.ingest.planning.input_plans import InputPlan, InputPlans, cuts
from pipeline.ingest.remote.file_ends import END
from pipeline.ingest.sources import plan_units
from pipeline.jobs.extract import archive_units
from pipeline.recipe import ExtractConfig, Recipe, Source

pytestmark = pytest.mark.usefixtures("small_ranges")


@pytest.mark.parametrize("kind", KINDS)
def test_file_whose_plan_is_kept_is_not_opened(
    kind: str, tmp_path: Path, opened: list[str]
) -> None:
    path = write_input(tmp_path, kind)
    (source,) = source_at(tmp_path, kind)
    first = plan(source, tmp_path)
    assert opened == [str(path)]
    assert len(first) == UNITS.get(kind, 1)
    assert 0 <= path.stat().st_size - sum(unit.bytes for unit in first) < len(first)
    assert plan(source, tmp_path) == first
    assert opened == [str(path)]


def test_file_that_is_gone_is_missed_although_its_plan_is_kept(tmp_path: Path) -> None:
    path = write_input(tmp_path, "archive")
    (source,) = source_at(tmp_path, "archive")
    plan(source, tmp_path)
    path.unlink()
    with pytest.raises(UsageError, match=r"a\.warc\.gz does not exist"):
        plan(source, tmp_path)
    path.mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        plan(source, tmp_path)


def test_file_of_another_time_or_size_is_opened_again(tmp_path: Path, opened: list[str]) -> None:
    path = write_input(tmp_path, "archive")
    (source,) = source_at(tmp_path, "archive")
    first = plan(source, tmp_path)
    touch(path)
    assert plan(source, tmp_path) == first
    path.write_bytes(path.read_bytes() + gzipped(pages(1)))
    touch(path)
    assert plan(source, tmp_path) != first
    assert len(opened) == 3


def test_time_that_is_too_young_is_no_proof(tmp_path: Path, opened: list[str]) -> None:
    path = write_input(tmp_path, "archive")
    (source,) = source_at(tmp_path, "archive")
    now = time.time()
    os.utime(path, (now, now))
    for _ in range(3):
        plan(source, tmp_path)
    os.utime(path, (now - 9, now - 9))
    for _ in range(3):
        plan(source, tmp_path)
    assert len(opened) == 4


def test_file_is_opened_again_for_another_format_and_other_ranges(
    tmp_path: Path, opened: list[str]
) -> None:
    write_input(tmp_path, "texts")
    (source,) = source_at(tmp_path, "texts")
    plan(source, tmp_path)
    plan(source, tmp_path, ExtractConfig(range_megabytes=2))
    with pytest.raises(UsageError, match="is no archive"):
        plan(source.model_copy(update={"format": "warc"}), tmp_path)
    assert len(opened) == 3


def test_file_of_two_sources_is_opened_once(tmp_path: Path, opened: list[str]) -> None:
    write_input(tmp_path, "archive")
    (source,) = source_at(tmp_path, "archive")
    again = source.model_copy(update={"name": "again", "domain": "mills"})
    units = archive_units(Recipe(sources=(source, again), extract=CONFIG))
    assert len({unit.name for unit in units}) == len(units) == 10
    assert len(opened) == 1


def test_first_wrong_file_of_many_is_told(tmp_path: Path) -> None:
    for i in range(300):
        (tmp_path / f"{i:03d}.warc.gz").write_bytes(gzipped(pages(1)) if i != 150 else b"no")
    with pytest.raises(UsageError, match=r"150\.warc\.gz is no archive"):
        plan(Source(name="s", paths=(f"{tmp_path}/*.warc.gz",)), tmp_path)


def test_plans_come_back_as_they_were_and_stay_beside_those_of_other_files(tmp_path: Path) -> None:
    odd = InputPlan("/a\udcff é\n", 9, "1700", "ab", "jsonl", 5, 9, 0, ("extract-1",))
    kept = InputPlans(str(tmp_path / "input-plans-3.jsonl"))
    kept.add(odd)
    kept.save()
    again = InputPlans.read(str(tmp_path))
    again.add(odd._replace(path="/b"))
    again.save()
    both = InputPlans.read(str(tmp_path))
    assert both.notes() == []
    assert [both.has(path) for path in (odd.path, "/b", "/c")] == [True, True, False]
    written = (tmp_path / "input-plans-3.jsonl").stat()
    both.save()
    assert (tmp_path / "input-plans-3.jsonl").stat() == written


def test_plans_of_which_a_byte_has_changed_are_no_plans_and_that_is_told(tmp_path: Path) -> None:
    path = tmp_path / "input-plans-3.jsonl"
    kept = InputPlans(str(path))
    kept.add(InputPlan("/a", 9, "1700", "ab", "jsonl", 5, 9, 0, ("extract-1",)))
    kept.save()
    whole = path.read_bytes()
    assert InputPlans.read(str(tmp_path)).has("/a")
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        found = InputPlans.read(str(tmp_path))
        assert not found.has("/a")
        assert found.notes() == [f"{path} has changed; all inputs are looked at again"]


@pytest.mark.parametrize(("length", "piece"), [(100, 0), (100, 30), (90, 30), (0, 30), (7, 30)])
def test_cuts_cover_the_whole(length: int, piece: int) -> None:
    found = list(cuts(InputPlan("a", 1_000, "", "", "warc", 1, length, piece)))
    assert [cut.start for cut in found] == [i * piece for i in range(len(found))]
    assert [cut.stop for cut in found] == [*(cut.start for cut in found[1:]), None]
    assert sum(cut.bytes for cut in found) in ((0,) if not length else (998, 999, 1_000))


@pytest.mark.parametrize("size", [1, END - 1, END, END + 1, 2 * END - 1, 2 * END, 3 * END])
def test_mark_is_of_both_ends_and_the_size(size: int, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = Source(name="s", format="jsonl", paths=(str(path),))
    path.write_bytes(b"{" + b" " * (size - 1))
    plans = InputPlans()
    plan_units(lines, CONFIG, "", plans)
    mark = plans[str(path)].mark
    changed = {}
    for at in {1, END - 1, END, size // 2, size - END, size - 1}:
        if 0 < at < size:
            edit(path, at)
            plan_units(lines, CONFIG, "", found := InputPlans())
            changed[at] = found[str(path)].mark != mark
            edit(path, at)
    assert changed == {at: at < END or at >= size - END for at in changed}
