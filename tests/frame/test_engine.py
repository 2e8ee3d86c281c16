"""The engine: local workers from a warm pool, other runners by name, and no silent loss."""

import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import FlinkRunnerOptions, StandardOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from pipeline.errors import UsageError
from pipeline.frame.engine import (
    RUNNERS,
    Engine,
    check_engine,
    default_workers,
    engine,
    own_usage,
    silenced,
)
from pipeline.frame.workers import LOST_WORKER, Usage

KILLED = """
import os, signal, sys
import apache_beam as beam
from pipeline.frame.engine import engine, quiet

def kill(_number):
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    quiet()
    with engine("local", 2) as motor:
        motor.run(beam.Create([1, 2, 3]) | beam.Reshuffle() | beam.Map(kill))
    print("went on as if nothing had happened")
"""


def test_unknown_runner_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError) as told:
        check_engine("abacus", 1)
    assert str(told.value) == (
        "unknown runner 'abacus'; known are local, flink, dataflow, spark, prism"
    )


@pytest.mark.parametrize("workers", [0, -3])
def test_too_few_workers_are_refused(workers: int) -> None:
    with pytest.raises(UsageError) as told:
        check_engine("local", workers)
    assert str(told.value) == f"--workers {workers} is too few; give 1 or more"


def test_refused_engine_starts_no_pool() -> None:
    with pytest.raises(UsageError), engine("local", 0):
        pytest.fail("an engine without workers was started")


@pytest.mark.parametrize("runner", [name for name in RUNNERS if name != "local"])
def test_other_runners_are_left_to_beam_by_name(runner: str) -> None:
    with engine(runner, 2) as motor:
        assert motor.pool is None
        assert motor._runner() == RUNNERS[runner]


def test_one_local_worker_needs_no_pool() -> None:
    with engine("local", 1) as motor:
        assert motor.pool is None
        assert isinstance(motor._runner(), FnApiRunner)


def test_options_reach_the_runner() -> None:
    options = Engine("flink", options=("--flink_master=host:8081", "--streaming"))._options()
    assert options.view_as(FlinkRunnerOptions).flink_master == "host:8081"
    assert options.view_as(StandardOptions).streaming is True


def test_local_workers_are_an_option_of_the_local_runner_alone() -> None:
    assert "direct_num_workers" in Engine("local", 2)._options().get_all_options(drop_default=True)
    other = Engine("flink", 2)._options().get_all_options(drop_default=True)
    assert "direct_num_workers" not in other


def test_usage_adds_time_and_takes_the_largest_worker() -> None:
    usage = Usage()
    for cpu_seconds, peak_bytes in ((1.5, 10), (2.0, 30), (0.5, 20)):
        usage.add(cpu_seconds, peak_bytes)
    assert usage == Usage(4.0, 30)


def test_own_usage_is_that_of_a_living_process() -> None:
    cpu_seconds, peak_bytes = own_usage()
    assert cpu_seconds > 0
    assert peak_bytes > 2**20


def test_there_is_a_worker_at_least() -> None:
    assert default_workers() >= 1


def test_silence_leaves_the_root_logger_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", logging.INFO)
    with silenced():
        logging.warning("makes a handler for good where the root logger has none")
    assert (root.handlers, root.level) == ([], logging.INFO)


class Boom(Exception):
    """What the function of a test raises."""


def explode(_element: Any) -> Any:
    raise Boom("on purpose")


def test_exception_of_a_pipeline_propagates() -> None:
    graph = beam.Create([1]) | beam.Map(explode)
    with engine("local", 1) as motor, pytest.raises(Exception, match="on purpose"):
        motor.run(graph)


class BadGraph(beam.PTransform):  # type: ignore[misc]
    """A graph that cannot be built to its end."""

    def expand(self, elements: Any) -> Any:
        raise Boom


def test_pipeline_whose_graph_fails_does_not_run(tmp_path: Path) -> None:
    graph = beam.Create([1]) | beam.Map(write_own_id, str(tmp_path)) | BadGraph()
    with engine("local", 1) as motor, pytest.raises(Boom):
        motor.run(graph)
    assert list(tmp_path.iterdir()) == []


def write_own_id(_element: Any, folder: str) -> None:
    time.sleep(0.2)  # so that one worker does not take all before another has started
    Path(folder, str(os.getpid())).touch()


@pytest.mark.slow
def test_two_workers_are_processes_of_their_own_and_tell_what_they_used(tmp_path: Path) -> None:
    graph = (
        beam.Create([(at, at) for at in range(16)], reshuffle=False)
        | beam.GroupByKey()
        | beam.Map(write_own_id, str(tmp_path))
    )
    with engine("local", 2) as motor:
        motor.run(graph)
    ids = {int(path.name) for path in tmp_path.iterdir()}
    assert len(ids) == 2
    assert os.getpid() not in ids
    assert motor.usage.cpu_seconds > 0
    assert motor.usage.peak_bytes > 2**20


@pytest.mark.slow
def test_pool_serves_pipelines_one_after_the_other(tmp_path: Path) -> None:
    with engine("local", 2) as motor:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            motor.run(beam.Create([1]) | beam.Map(write_own_id, str(tmp_path / name)))
    assert all(list((tmp_path / name).iterdir()) for name in ("one", "two"))


@pytest.mark.slow
def test_workers_are_gone_when_the_engine_is(tmp_path: Path) -> None:
    with engine("local", 2) as motor:
        motor.run(beam.Create([1]) | beam.Map(write_own_id, str(tmp_path)))
        pool = motor.pool
    assert pool is not None
    assert pool.processes
    assert not any(process.is_alive() for process in pool.processes)


@pytest.mark.slow
def test_killed_worker_ends_the_run_loudly(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.returncode == LOST_WORKER
    assert "a worker process was killed (exit code -9)" in done.stderr
    assert "fewer workers" in done.stderr
    assert done.stdout == ""
