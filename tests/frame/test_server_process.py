"""The server of workers: a fork where nothing speaks against it, a Python of its own elsewhere."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import runs

from pipeline.frame.engines.server_process import start_server

# A command that forks its server while it holds a lock, lets go of it, and tells what it has got.
COMMAND = """
import fcntl, os, signal, sys, threading
from pipeline.frame.engines.server_process import start_server
from pipeline.processes import watch_signals
watch_signals()
{first}
held = open({lock!r}, "wb")
fcntl.flock(held, fcntl.LOCK_EX)
read, write = os.pipe()
server = start_server(write, {folder!r}, ())
os.close(write)
held.close()
signal.alarm(20)  # a fork that held it would keep us waiting
with open({lock!r}, "wb") as again:
    fcntl.flock(again, fcntl.LOCK_EX)
{then}
print(type(server).__name__, server.wait(20), os.read(read, 1), flush=True)
os._exit(0)
"""
LEAVES = "server.stdin.close()"
linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")


def told(folder: Path, first: str = "", then: str = LEAVES) -> str:
    lock = str(folder / "lock")
    source = COMMAND.format(lock=lock, folder=str(folder), first=first, then=then)
    command = [sys.executable, "-c", source]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()


@linux
def test_a_command_alone_is_forked_and_the_fork_holds_nothing_open(tmp_path: Path) -> None:
    assert told(tmp_path) == "Forked 0 b''"


def test_a_command_whose_threads_are_at_work_is_not_forked(tmp_path: Path) -> None:
    first = "threading.Thread(target=threading.Event().wait, daemon=True).start()"
    assert told(tmp_path, first) == "Popen 0 b''"


@linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_a_fork(tmp_path: Path, number: int) -> None:
    said = told(tmp_path, then=f"os.kill(server.pid, {int(number)})")
    assert said == f"Forked {-number} b''"


@linux
def test_a_fork_ends_with_its_parent(tmp_path: Path) -> None:
    source = COMMAND.format(
        lock=str(tmp_path / "lock"),
        folder=str(tmp_path),
        first="",
        then="print(server.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)",
    )
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE) as command:
        assert command.stdout is not None
        said = int(command.stdout.readline())
    end = time.monotonic() + 10
    while runs(said):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_program_that_uses_us_is_not_forked(tmp_path: Path) -> None:
    read, write = os.pipe()
    server = start_server(write, str(tmp_path), ())
    os.close(write)
    assert isinstance(server, subprocess.Popen)
    assert server.stdin is not None
    server.stdin.close()
    assert server.wait(20) == 0
    os.close(read)
