"""Work that a run has left is taken up as long as all of it is what it was."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support_inputs import LONG_AGO

from pipeline.frame.integrity.mending import forget_files
from pipeline.frame.integrity.work_files import left_by, stamps_below, write_done


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder in which two pipelines have ended, and a third has begun."""
    folder = tmp_path / "work" / "set"
    (folder / "rows").mkdir(parents=True)
    (folder / "given").write_text("before")
    for name in ("one", "two"):
        before = stamps_below(str(folder))
        (folder / f"{name}.json").write_text(name)
        (folder / "rows" / f"{name}-00000.rows").write_text(name)
        write_done(str(folder), name, before)
    (folder / "three.json").write_text("half")
    return folder


def test_work_is_taken_up(work: Path) -> None:
    assert left_by(str(work)) == {"one", "two"}
    assert left_by(f"{work}-not-there") == set()


def gone(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def changed(path: Path) -> None:
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.mark.parametrize("change", [gone, emptied, changed])
@pytest.mark.parametrize("name", ["one.json", "rows/one-00000.rows", "rows/two-00000.rows"])
def test_where_some_of_it_is_another_all_is_made_again(
    work: Path, name: str, change: Callable[[Path], None]
) -> None:
    change(work / name)
    assert left_by(str(work)) == set()
    assert not work.exists()


@pytest.mark.parametrize("name", ["given", "three.json"])
def test_what_no_pipeline_has_left_may_change(work: Path, name: str) -> None:
    changed(work / name)
    assert left_by(str(work)) == {"one", "two"}


def test_a_pipeline_that_cannot_be_read_is_none(work: Path) -> None:
    (work / "one.done").write_bytes(b"{}")
    assert left_by(str(work)) == set()


def test_a_damaged_file_of_work_takes_all_of_it_along(work: Path, tmp_path: Path) -> None:
    forget_files(str(tmp_path), [f"{work}/rows/one-00000.rows"])
    assert not work.exists()
