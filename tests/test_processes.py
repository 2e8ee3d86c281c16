"""Processes: commands end at once in one sentence, children end with their parent."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from support import runs

from pipeline.errors import MachineError
from pipeline.processes import run_child, temporary_files

BEGIN = """
import os, signal, sys, tempfile, threading, time
from pathlib import Path
from pipeline.processes import *
from pipeline.processes import end_for_want, watching_threads
"""
STOPPED = """
watch_signals()
with temporary_files():
    with closing(lambda: print("closed", flush=True)), tempfile.NamedTemporaryFile():
        print("ready", flush=True)
        time.sleep(60)
"""
PARENT = """
child = start_child("print('ready', flush=True)\\nsum(range(10**10))")  # never lets a thread run
print(child.pid, flush=True)
child.wait()
"""
WITHOUT_THREAD = """
def fail():
    raise RuntimeError("can't start new thread")
with watching_threads(end_for_want):
    threading.Thread(target=fail).start()
    time.sleep(60)
"""
ROOT = Path(__file__).parents[1]


def script(source: str, folder: Path) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN + source],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_command_in_a_sentence_and_leaves_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = script(STOPPED, tmp_path)
    assert line(process) == "ready"
    assert list(tmp_path.iterdir())
    process.send_signal(number)
    said, errors = process.communicate(timeout=20)
    assert process.returncode == 128 + number
    assert said == "closed\n"
    assert errors == f"gristmill: interrupted ({number.name}); run again to go on from there\n"
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_was_ignored_stays_so(tmp_path: Path) -> None:
    ignored = "signal.signal(signal.SIGHUP, signal.SIG_IGN)\nwatch_signals()\n"
    process = script(ignored + "os.kill(os.getpid(), signal.SIGHUP); print('on')", tmp_path)
    assert process.communicate(timeout=20)[0] == "on\n"


def test_a_child_ends_with_its_parent_whatever_it_does(tmp_path: Path) -> None:
    process = script(PARENT, tmp_path)
    found = {line(process), line(process)}
    (child,) = found - {"ready"}
    process.kill()
    process.communicate()  # its end is that of the child, too, which holds the same pipe
    end = time.monotonic() + 2
    while runs(int(child)) and time.monotonic() < end:
        time.sleep(0.02)
    assert not runs(int(child))


def test_a_thread_that_finds_no_other_ends_the_command(tmp_path: Path) -> None:
    process = script(WITHOUT_THREAD, tmp_path)
    errors = process.communicate(timeout=20)[1]
    assert process.returncode == 1
    assert errors.startswith("gristmill: a thread could not be started; raise the limits")
    assert errors.count("\n") == 1


def test_temporary_files_lie_in_a_folder_that_goes() -> None:
    before = tempfile.gettempdir()
    with temporary_files():
        made = Path(tempfile.mkdtemp())
        assert made.parent.parent == Path(before)
    assert not made.parent.exists()
    assert tempfile.gettempdir() == before


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import os; os.kill(os.getpid(), 9)", "killed .exit code -9., most likely for want of"),
        (
            "from pipeline.processes import telling_parent\n"
            "with telling_parent():\n    raise MemoryError",
            "^there is not enough memory; .*, then run again$",
        ),
    ],
)
def test_what_a_child_lacks_is_told_by_its_parent(source: str, said: str) -> None:
    with pytest.raises(MachineError, match=said):
        run_child(source, environment=os.environ)


def test_a_bug_of_a_child_propagates() -> None:
    with pytest.raises(RuntimeError, match="KeyError: 'lost'"):
        run_child("{}['lost']", environment=os.environ)


def test_a_command_to_which_nobody_listens_ends_well() -> None:
    """Where standard output is closed from the beginning, as a daemon's may be, there is none."""
    command = [sys.executable, "-m", "gristmill", "--help"]
    done = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *command], stderr=subprocess.PIPE, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
