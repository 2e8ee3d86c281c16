"""Stops: whoever of a run is ended, by whatever and whenever, nothing lives on or is left, one
sentence says so, and running again gives the same bytes.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psutil
import pytest
from support import command, digests, gristmill

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

OUTLIVE_SECONDS = 2.0
ENGINE = ("--workers", "2", "--little-megabytes", "0")
KILL, TERM, INT = signal.SIGKILL, signal.SIGTERM, signal.SIGINT


class Try:
    """A run in a group of processes of its own, looked at from outside."""

    def __init__(self, recipe: Path, out: Path, temporary: Path, *options: str) -> None:
        self.recipe, self.out, self.temporary = recipe, out, temporary
        temporary.mkdir(exist_ok=True)
        self.driver = subprocess.Popen(
            command("run", recipe, "--out", out, *ENGINE, *options),
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "TMPDIR": str(temporary)},
            start_new_session=True,
        )

    def alive(self) -> list[psutil.Process]:
        """All processes of the run."""
        found = []
        for process in psutil.process_iter():
            try:
                ours = os.getsid(process.pid) == self.driver.pid
                if ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (psutil.NoSuchProcess, ProcessLookupError):
                continue
        return found

    def children(self, words: str, of: int = 0) -> list[int]:
        """The children of a process, without one of the driver, with `words` in their command."""
        with suppress(psutil.NoSuchProcess):  # some end while we look
            found = psutil.Process(of or self.driver.pid).children()
            return [one.pid for one in found if words in " ".join(one.cmdline())]
        return []

    def server(self) -> list[int]:
        """A fork of the driver, which has its command."""
        return self.children(f"run {self.recipe}")

    def workers(self) -> list[int]:
        return [worker for server in self.server() for worker in self.children("", server)]

    def wait_for(self, moment: str) -> None:
        there = MOMENTS[moment]
        while not there(self):
            assert self.driver.poll() is None, f"the run has ended before: {moment}"
            time.sleep(0.02)

    def stop(self, who: str, number: signal.Signals) -> None:
        if who == "group":
            os.killpg(self.driver.pid, number)
            return
        found = {"driver": [self.driver.pid], "server": self.server(), "worker": self.workers()}
        os.kill(found[who][0], number)

    def ended(self) -> tuple[int, list[psutil.Process], str]:
        """The exit code, what still lives once nothing may, and what was said."""
        end = time.monotonic() + OUTLIVE_SECONDS
        while (self.driver.poll() is None or self.alive()) and time.monotonic() < end:
            time.sleep(0.05)
        left = self.alive()
        for process in left:
            process.kill()
        return self.driver.wait(), left, self.driver.communicate()[1]


MOMENTS: dict[str, Callable[[Try], object]] = {
    "begin": lambda run: (run.out / ".lock").exists(),
    "server": lambda run: run.server(),
    "workers": lambda run: run.workers(),
    "middle": lambda run: list(run.out.glob("*/parts/[!.]*.json")) and run.workers(),
    "training": lambda run: run.children("_train_here"),
}


@pytest.fixture
def trained(sample: Path, tmp_path: Path) -> Path:
    """A run that goes on with the training of a model."""
    out = tmp_path / "run"
    shutil.copytree(sample / "run", out)
    for job in ("classify", "mix", "tokenize"):
        for folder in out.glob(f"{job}-*"):
            shutil.rmtree(folder)
    return out


@pytest.mark.parametrize(
    ("who", "number", "moment", "code", "said"),
    [
        ("driver", INT, "begin", 130, "interrupted (SIGINT)"),
        ("driver", KILL, "server", -KILL, ""),
        ("driver", KILL, "workers", -KILL, ""),
        ("driver", TERM, "middle", 143, "interrupted (SIGTERM)"),
        ("group", KILL, "workers", -KILL, ""),
        ("group", INT, "server", 130, "interrupted (SIGINT)"),
        ("group", INT, "middle", 130, "interrupted (SIGINT)"),
        ("group", TERM, "middle", 143, "interrupted (SIGTERM)"),
        ("server", KILL, "server", 70, "forked from was killed (exit code -9)"),
        ("server", TERM, "middle", 70, "forked from was killed (exit code -15)"),
        ("worker", KILL, "workers", 70, "a worker process was killed (exit code -9)"),
        ("worker", TERM, "middle", 70, "a worker process was killed (exit code -15)"),
    ],
)
def test_a_stopped_run_leaves_nothing_that_lives(
    sample: Path,
    tmp_path: Path,
    who: str,
    number: signal.Signals,
    moment: str,
    code: int,
    said: str,
) -> None:
    run = Try(sample / "recipe.toml", tmp_path / "run", tmp_path / "tmp", "--until", "extract")
    run.wait_for(moment)
    run.stop(who, number)
    check(run, code, said)


@pytest.mark.parametrize(
    ("who", "number", "code", "said"),
    [
        ("driver", KILL, -KILL, ""),
        ("group", INT, 130, "interrupted (SIGINT)"),
        ("driver", TERM, 143, "interrupted (SIGTERM)"),
    ],
)
def test_training_ends_with_the_run(
    sample: Path, trained: Path, who: str, number: signal.Signals, code: int, said: str
) -> None:
    run = Try(sample / "recipe.toml", trained, trained.parent / "tmp", "--until", "classify")
    run.wait_for("training")
    run.stop(who, number)
    check(run, code, said)


def check(run: Try, code: int, said: str) -> None:
    """Nothing lives, one sentence was said and no traceback, no temporary file is left."""
    got, left, errors = run.ended()
    assert (got, left) == (code, [])
    assert "Traceback" not in errors
    told = [line for line in errors.splitlines() if line.startswith("gristmill: ")]
    assert len(told) == bool(said)
    assert all(said in line for line in told)
    if said:
        assert list(run.temporary.iterdir()) == []


def test_a_run_stopped_in_turns_ends_with_the_bytes_of_one_undisturbed(
    sample: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    for who, number in (("driver", TERM), ("server", KILL), ("worker", KILL)):
        run = Try(sample / "recipe.toml", out, tmp_path / "tmp", "--until", "extract")
        run.wait_for("workers")
        run.stop(who, number)
        assert run.ended()[0] != 0
    gristmill("run", sample / "recipe.toml", "--out", out, *ENGINE, "--until", "extract")
    assert digests(out) == of_jobs(sample / "run", out)


def of_jobs(whole: Path, out: Path) -> dict[str, str]:
    """The digests of a whole run, of the jobs that another has."""
    jobs = {path.name for path in out.iterdir() if path.is_dir()}
    return {path: mark for path, mark in digests(whole).items() if path.split("/")[0] in jobs}


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Callable[[], object]]:
    """A disk of `size` at `folder`; gives what makes room on it."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield partial(subprocess.run, [*mount[:4], "remount,size=100m", str(folder)], check=True)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_full_disk_is_named_and_with_room_the_run_goes_on(
    sample: Path, tmp_path: Path, workers: str
) -> None:
    out = tmp_path / "disk" / "run"
    arguments = ("run", sample / "recipe.toml", "--out", out, "--until", "extract", *ENGINE)
    with small_disk(tmp_path / "disk", "64k") as make_room:
        failed = gristmill(*arguments, "--workers", workers, expect=1)
        assert "Traceback" not in failed.stderr
        assert f"No space left on device ({out}" in failed.stderr.splitlines()[-1]
        make_room()
        gristmill(*arguments, "--workers", workers)
        assert digests(out) == of_jobs(sample / "run", out)


def test_a_full_disk_for_temporary_files_is_named(
    sample: Path, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "disk"))
    arguments = ("run", sample / "recipe.toml", "--out", trained, "--until", "classify")
    with small_disk(tmp_path / "disk", "64k"):
        failed = gristmill(*arguments, expect=1)
        assert list((tmp_path / "disk").iterdir()) == []
    assert "Traceback" not in failed.stderr
    assert f"temporary files are in {tmp_path / 'disk'}" in failed.stderr.splitlines()[-1]
