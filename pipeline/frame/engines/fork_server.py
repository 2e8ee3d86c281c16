"""The process that local workers are forked from: it has imported everything once for all.

The driver asks for a worker with a line on its standard input and reads what becomes of workers
from a pipe, a line of JSON each: `started`, `ended`, and `lacks`, what the machine lacked. It ends
with its standard input, its workers with it. None of this needs shared memory or a semaphore.
"""

import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from pipeline.processes import end_with_parent, telling

PATIENCE_SECONDS = 10.0  # until workers have ended that have nothing to do any more
Serve = Callable[[str, str], object]


def tell(events: int, **event: Any) -> None:
    """Writes one event, in one piece: pipes part no line of less than 4 KiB."""
    os.write(events, f"{json.dumps(event)}\n".encode())


def tell_lack(events: int, sentence: str) -> None:
    """Tells the driver what the machine lacks here."""
    tell(events, lacks=sentence[:900])


def serve_forks(events: int, temporary: str, serve: Serve) -> None:
    """Forks a worker for each request, until there are no more and all workers have ended."""
    tempfile.tempdir = temporary
    woken, wakes = socket.socketpair()
    wakes.setblocking(False)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: set[int] = set()
    own = os.getpid()
    while request := _request(events, running, woken):
        pid = os.fork()
        if not pid:
            _work(own, events, partial(serve, *request))
        running.add(pid)
        tell(events, started=pid)
    _await(events, running)


def _request(events: int, running: set[int], woken: socket.socket) -> list[str]:
    """The next request, [] after the last; workers that end meanwhile are told."""
    while True:
        _reap(events, running)
        ready, _, _ = select.select([0, woken.fileno()], [], [])
        if woken.fileno() in ready:
            woken.recv(4096)
        if 0 in ready:
            line = _line()
            return json.loads(line) if line else []


def _line() -> bytes:
    """A line of standard input, b"" at its end; read by bytes, for `select` sees no buffer."""
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(0, 1)):
        line += byte
    return line


def _reap(events: int, running: set[int]) -> None:
    """Tells which workers have ended, how, and what they have used."""
    while running:
        pid, status, used = os.wait4(-1, os.WNOHANG)
        if not pid:
            return
        running.discard(pid)
        code = os.waitstatus_to_exitcode(status)
        tell(events, ended=pid, code=code, peak_bytes=used.ru_maxrss * 1024)


def _await(events: int, running: set[int]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while running and time.monotonic() < end:
        _reap(events, running)
        time.sleep(0.01)
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _work(server: int, events: int, serve: Callable[[], object]) -> NoReturn:
    """The life of a forked worker."""

    def work() -> None:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with telling(partial(tell_lack, events)):
            serve()

    live(server, work)


def live(parent: int, life: Callable[[], object]) -> NoReturn:
    """The life of a process that `parent` has forked: never back into the parent's own."""
    try:
        end_with_parent(parent)
        signal.set_wakeup_fd(-1)
        life()
        os._exit(0)
    finally:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
