"""Progress: what the markers say, in one line."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.arrow import Made
from pipeline.frame import parts, progress
from pipeline.frame.progress import Progress, Tally, line


def commit(folder: Path, part: str, *, last: bool = True) -> None:
    parts.commit(str(folder), Made(part, {}, kept=3, seen={"text/html": 4}, last=last))


@pytest.mark.parametrize(
    ("tally", "total", "before", "seconds", "expected"),
    [
        (Tally(), 4, 0, 0.0, "extract  0/4 units  0 pages/s  kept 0.0%  left ?"),
        (Tally(1, 200, 50), 4, 0, 10.0, "extract  1/4 units  20 pages/s  kept 25.0%  left 0:30"),
        (Tally(1, 9, 9), 4, 2, 90.0, "extract  3/4 units  0 pages/s  kept 100.0%  left 1:30"),
        (
            Tally(2, 50_000, 1),
            2,
            0,
            10.0,
            "extract  2/2 units  5,000 pages/s  kept 0.0%  left 0:00",
        ),
    ],
)
def test_line_tells_units_speed_share_and_time_left(
    tally: Tally, total: int, before: int, seconds: float, expected: str
) -> None:
    assert line("extract", tally, total, before, seconds) == expected


def test_tally_counts_a_marker_once(tmp_path: Path) -> None:
    commit(tmp_path, "one.000")
    tally = Tally()
    tally.update(str(tmp_path))
    tally.update(str(tmp_path))
    assert (tally.units, tally.pages, tally.kept) == (1, 4, 3)


def test_tally_counts_a_unit_at_its_last_part(tmp_path: Path) -> None:
    commit(tmp_path, "one.000", last=False)
    tally = Tally()
    tally.update(str(tmp_path))
    assert (tally.units, tally.pages) == (0, 4)


def test_tally_estimates_what_it_has_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "READ_AT_ONCE", 2)
    for at in range(6):
        commit(tmp_path, f"unit{at}.000")
    tally = Tally()
    tally.update(str(tmp_path))
    assert (tally.units, tally.pages, tally.kept) == (6, 24, 18)


def watched(folder: Path, *, quiet: bool) -> str:
    """What is told of a job of three units, of which one is done and one runs."""
    told = io.StringIO()
    shown = Progress(quiet, Console(file=told, width=120))
    commit(folder, "one.000")
    with shown.job("extract", str(folder), 3, 2, parts.markers(str(folder))):
        commit(folder, "two.000")
    return told.getvalue()


def test_finished_job_tells_its_line(tmp_path: Path) -> None:
    assert watched(tmp_path, quiet=False).startswith("extract  2/3 units")


def test_quiet_progress_tells_nothing(tmp_path: Path) -> None:
    assert watched(tmp_path, quiet=True) == ""


def test_watching_ends_when_the_job_fails(tmp_path: Path) -> None:
    told = io.StringIO()
    shown = Progress(console=Console(file=told, width=120))
    with pytest.raises(KeyError), shown.job("extract", str(tmp_path), 0, 0, set()):
        raise KeyError
    assert told.getvalue().startswith("extract  0/0 units")
