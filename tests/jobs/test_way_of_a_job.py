"""How a job is reached and in which order jobs and stages come, each told in one place."""

import inspect
import json
import re
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest

import pipeline
from gristmill.__main__ import main
from pipeline.frame.engines import engine
from pipeline.jobs import JOBS
from pipeline.jobs.extract import JOB as EXTRACT
from pipeline.jobs.extract import STAGES

ROOT = Path(__file__).parents[2]
NAMES = [job.name for job in JOBS]


def ours(path: str) -> str:
    """`pipeline/frame/run.py` of a file of ours, "" of any other."""
    file = Path(path)
    inside = file.is_relative_to(ROOT) and ".venv" not in file.parts
    return str(file.relative_to(ROOT)) if inside else ""


PLACES = {"0": (beam.Pipeline, "run"), "4": (engine, "run_here")}  # by the megabytes of little


@pytest.fixture(scope="module", params=PLACES)
def stack(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[str, str]]:
    """(file, function) of ours when the first pipeline of a run begins, outermost first."""
    folder = tmp_path_factory.mktemp("way")
    (folder / "lines.jsonl").write_text(json.dumps({"text": "The mill is by the river. " * 40}))
    (folder / "recipe.toml").write_text(
        '[[sources]]\nname = "lines"\nformat = "jsonl"\npaths = ["lines.jsonl"]\n'
    )
    found: list[tuple[str, str]] = []

    def run(*_: Any) -> Any:
        frames = inspect.stack()[1:]
        found.extend((ours(f.filename), f.function) for f in reversed(frames) if ours(f.filename))
        raise KeyboardInterrupt

    arguments = ["run", str(folder / "recipe.toml"), "--out", str(folder / "run"), "--workers", "1"]
    arguments += ["--little-megabytes", request.param]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*PLACES[request.param], run)
        patch.setattr(sys, "argv", ["gristmill", *arguments])
        with pytest.raises((KeyboardInterrupt, SystemExit)):
            main()
    return [frame for frame in found if not frame[0].startswith("tests/")]


def test_a_job_is_reached_through_few_functions(stack: list[tuple[str, str]]) -> None:
    assert 5 <= len(stack) <= 8


def test_no_module_but_the_frame_is_entered_twice(stack: list[tuple[str, str]]) -> None:
    entered = [path for path, _ in groupby(stack, key=lambda frame: frame[0])]
    twice = {path for path in entered if entered.count(path) > 1}
    assert twice <= {"pipeline/frame/run.py"}


def test_the_way_leads_through_the_file_of_the_job(stack: list[tuple[str, str]]) -> None:
    assert ("pipeline/jobs/extract.py", "run") in stack


def test_a_job_has_the_name_of_its_file() -> None:
    assert [job.run.__module__ for job in JOBS] == [f"pipeline.jobs.{name}" for name in NAMES]


def test_a_job_reads_jobs_before_it_alone() -> None:
    assert all(set(job.reads) <= set(NAMES[:at]) for at, job in enumerate(JOBS))


def test_a_job_reads_the_one_before_it_so_that_nothing_vanishes_between() -> None:
    assert all(JOBS[at].name in JOBS[at + 1].reads for at in range(len(JOBS) - 1))


def test_the_package_tells_the_jobs_in_their_order() -> None:
    assert re.findall(r"^    (\w+) ", pipeline.__doc__ or "", re.MULTILINE) == NAMES


def test_the_readme_tells_the_stages_of_a_page_in_their_order() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (way,) = re.findall(r"subgraph E \[extract\].*?\n\s+end\n", readme, re.DOTALL)
    told = re.findall(r"\w+\[(\w+)", way.partition("\n")[2])
    places = [place.partition(":")[0] for place in EXTRACT.drops]
    assert told == [place for place, _ in groupby(places)]


def test_documents_leave_for_their_language_behind_extraction() -> None:
    assert EXTRACT.drops[0] == "ingest"
    assert EXTRACT.drops.index("screen") < EXTRACT.drops.index("extract")
    assert EXTRACT.drops.index("extract") < EXTRACT.drops.index("screen:wrong_language")


def test_every_stage_of_a_page_says_where_it_drops_or_changes_alone() -> None:
    assert [stage.__name__ for stage in STAGES if not stage.drops] == [
        "ReadRights",
        "TagLanguages",
    ]
