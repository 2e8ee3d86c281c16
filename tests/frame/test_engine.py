"""The engine: little data here, local workers from a warm pool, other runners by name."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from apache_beam.options.pipeline_options import FlinkRunnerOptions, StandardOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from pipeline.document import Unit
from pipeline.errors import CheckError, DamageError, UsageError
from pipeline.frame.engines.engine import (
    LITTLE_BYTES,
    RUNNERS,
    Engine,
    check_engine,
    default_workers,
    engine,
    own_peak,
    own_seconds,
    silenced,
)
from pipeline.frame.engines.workers import LOST_WORKER
from pipeline.frame.graph import Transform
from pipeline.frame.transforms import MapUnits
from pipeline.frame.unit_lists import unit_list

KILLED = """
import os, signal, sys
from pipeline.document import Unit
from pipeline.frame.engines.engine import engine, quiet
from pipeline.frame.transforms import MapUnits
from pipeline.frame.unit_lists import unit_list

def kill(_unit):
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    quiet()
    with engine("local", 2, little=0) as motor:
        units = unit_list(Unit(name, ()) for name in "abc")
        motor.run(units, sys.argv[1], MapUnits("kill", kill))
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


def test_what_this_process_used_is_told() -> None:
    assert own_seconds() > 0
    assert own_peak() > 2**20


def test_time_of_a_child_that_has_ended_is_counted() -> None:
    before = own_seconds()
    busy = "import time\nwhile time.process_time() < 0.1: pass"
    subprocess.run([sys.executable, "-c", busy], check=True)
    assert own_seconds() - before >= 0.1


def test_there_is_a_worker_at_least() -> None:
    assert default_workers() >= 1


def test_silence_leaves_the_root_logger_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", logging.INFO)
    with silenced():
        logging.warning("makes a handler for good where the root logger has none")
    assert (root.handlers, root.level) == ([], logging.INFO)


def run(motor: Engine, folder: Path, graph: Transform, count: int = 1, size: int = 1) -> None:
    """Runs a graph over so many units of `size` bytes each."""
    units = unit_list(Unit(f"unit{at:02}", (), bytes=size) for at in range(count))
    motor.run(units, str(folder / "work" / "units.jsonl"), graph)


class Boom(Exception):
    """What the function of a test raises."""


def explode(_unit: Unit) -> Iterator[Any]:
    raise Boom("on purpose")


def refuse(_unit: Unit) -> Iterator[Any]:
    raise CheckError("a sentence, told as it is")


def write_own_id(_unit: Unit, folder: str) -> Iterator[None]:
    time.sleep(0.2)  # so that one worker does not take all before another has started
    Path(folder, str(os.getpid())).touch()
    yield None


def noting(folder: Path) -> MapUnits:
    """Leaves the ids of the processes in which it runs in `folder`."""
    folder.mkdir(exist_ok=True)
    return MapUnits("note", partial(write_own_id, folder=str(folder)))


def burn(_unit: Unit) -> Iterator[None]:
    end = time.thread_time() + 0.05
    while time.thread_time() < end:
        pass
    yield None


class NoTransform(Transform):
    """What nobody knows how to run."""


PLACES = pytest.mark.parametrize("little", [0, LITTLE_BYTES])


@PLACES
def test_exception_of_a_pipeline_propagates(tmp_path: Path, little: int) -> None:
    with engine("local", 1, little=little) as motor, pytest.raises(Exception, match="on purpose"):
        run(motor, tmp_path, MapUnits("explode", explode))


@PLACES
def test_our_own_errors_are_told_in_their_sentence(tmp_path: Path, little: int) -> None:
    with engine("local", 1, little=little) as motor, pytest.raises(CheckError) as told:
        run(motor, tmp_path, MapUnits("refuse", refuse))
    assert str(told.value) == "a sentence, told as it is"


@PLACES
def test_pipeline_whose_graph_fails_does_not_run(tmp_path: Path, little: int) -> None:
    graph = noting(tmp_path / "ids") | NoTransform()
    with engine("local", 1, little=little) as motor, pytest.raises(TypeError, match="no transform"):
        run(motor, tmp_path, graph)
    assert list((tmp_path / "ids").iterdir()) == []


@PLACES
def test_cpu_is_counted_by_stage(tmp_path: Path, little: int) -> None:
    with engine("local", 1, little=little) as motor:
        run(motor, tmp_path, MapUnits("burn", burn), count=2)
    assert set(motor.cpu) == {"burn"}
    assert motor.cpu["burn"] >= 0.1


def test_what_the_driver_takes_is_counted_too() -> None:
    motor = Engine()
    with motor.measured("Train"):
        list(burn(Unit("one", ())))
    assert motor.cpu["Train"] >= 0.05


@pytest.mark.parametrize(
    ("little", "size", "listed"), [(0, 0, True), (0, 1, True), (9, 3, False), (9, 4, True)]
)
def test_an_engine_runs_what_reads_more_than_little(
    tmp_path: Path, little: int, size: int, listed: bool
) -> None:
    with engine("local", 1, little=little) as motor:
        run(motor, tmp_path, noting(tmp_path / "ids"), count=3, size=size)
    assert [path.name for path in (tmp_path / "ids").iterdir()] == [str(os.getpid())]
    assert (tmp_path / "work").exists() == listed


@pytest.mark.slow
def test_two_workers_are_processes_of_their_own_and_tell_what_they_used(tmp_path: Path) -> None:
    before = own_seconds()
    with engine("local", 2, little=0) as motor:
        run(motor, tmp_path, noting(tmp_path / "ids"), count=16)
    ids = {int(path.name) for path in (tmp_path / "ids").iterdir()}
    assert len(ids) == 2
    assert os.getpid() not in ids
    assert motor.peak_bytes > 2**20
    assert own_seconds() - before > 1  # theirs, too: imports alone take that


@pytest.mark.slow
def test_pool_serves_pipelines_one_after_the_other(tmp_path: Path) -> None:
    with engine("local", 2, little=0) as motor:
        for name in ("one", "two"):
            run(motor, tmp_path, noting(tmp_path / name))
    assert all(list((tmp_path / name).iterdir()) for name in ("one", "two"))


@pytest.mark.slow
def test_workers_are_gone_when_the_engine_is(tmp_path: Path) -> None:
    with engine("local", 2, little=0) as motor:
        run(motor, tmp_path, noting(tmp_path / "ids"))
        pool = motor.pool
        assert pool is not None
        server = psutil.Process(pool.server.pid)
        assert server.is_running()
    assert pool.peak_bytes > 0
    assert pool.running == set()
    assert not server.is_running()


def test_workers_do_not_begin_for_little(tmp_path: Path) -> None:
    with engine("local", 2) as motor:
        run(motor, tmp_path, noting(tmp_path / "ids"))
        assert motor.pool is None


@pytest.mark.slow
def test_killed_worker_ends_the_run_loudly(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "units.jsonl")],
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


def damaged(_: Unit) -> list[str]:
    raise DamageError.of("/run/extract-1/documents/a.000.parquet")


@pytest.mark.parametrize("workers", [1, 2])
def test_damage_that_a_worker_has_met_comes_back_with_its_path(
    workers: int, tmp_path: Path
) -> None:
    units = unit_list([Unit("one", ())])
    with (
        pytest.raises(DamageError) as told,
        engine("local", workers, modules=(__name__,), little=0) as motor,
    ):
        motor.run(units, str(tmp_path / "units"), MapUnits("read", damaged))
    assert told.value.path == "/run/extract-1/documents/a.000.parquet"


@pytest.mark.parametrize(("work", "here"), [(1.0, False), (1 / 16, True)])
def test_a_pipeline_runs_here_by_its_work_not_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: float, here: bool
) -> None:
    ran: list[int] = []
    place = "pipeline.frame.engines.engine.run_here"
    monkeypatch.setattr(place, lambda *_: ran.append(1))
    units = unit_list([Unit("a", (), bytes=1_600)])
    begun = partial(Engine(little=100).run, units, str(tmp_path / "units"), work=work)
    begun(MapUnits("none", no_elements))
    assert bool(ran) == here


def no_elements(_unit: Unit) -> list[Any]:
    return []
