"""How the server that workers are forked from begins: as a fork of this process, which has imported
everything, or as a Python of its own that imports all once more, which takes 1.5 s of CPU.

A fork has what other threads held at that moment for ever, so there must be none: only the thread
that waits for signals is known to hold nothing, and the idle ones of Arrow, NumPy and jemalloc,
which see to it themselves (pthread_atfork). gRPC's do not, so a process is forked before it has
served workers, or never. It is a command's own process, and never that of a program that uses us.
"""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Sequence
from functools import partial
from typing import IO, Protocol

from pipeline.frame.engines.collector import rare_collections
from pipeline.frame.engines.fork_server import live, serve_forks, tell_lack
from pipeline.processes import SIGNAL_THREAD, SIGNALS, start_child, telling

_POLL_SECONDS = 0.01
_MOST_FILES = 1 << 20
_FIRST = threading.Lock()  # held from the first server on
_SOURCE = """
from functools import partial
from pipeline.frame.engines.fork_server import tell_lack
from pipeline.processes import leave, telling
with telling(partial(tell_lack, {events})):
    from pipeline.frame.engines import server_process, worker
    {imports}
    server_process.serve({events}, {temporary!r})
leave(0)
"""


class Server(Protocol):
    """What is asked of the process, as of a `Popen`."""

    @property
    def pid(self) -> int: ...
    @property
    def stdin(self) -> IO[bytes] | None: ...
    @property
    def returncode(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...


def start_server(events: int, temporary: str, modules: Sequence[str]) -> Server:
    """Starts the server, which writes to the file `events`; what it has imported are `modules` and
    what a worker needs. Its files lie in `temporary`.
    """
    known = _FIRST.acquire(blocking=False) and set(modules) <= set(sys.modules)
    if sys.platform == "linux" and known and _is_alone():
        return _fork(events, temporary)
    imports = "".join(f"import {module}; " for module in modules)
    source = _SOURCE.format(events=events, temporary=temporary, imports=imports)
    return start_child(source, stdin=subprocess.PIPE, pass_fds=(events,))


def _is_alone() -> bool:
    """Whether this is a command's process, and no thread of it is at work but this one."""
    others = set(threading.enumerate()) - {threading.main_thread()}
    return [thread.name for thread in others] == [SIGNAL_THREAD]


class Forked:
    """A server that is a fork of this process."""

    def __init__(self, pid: int, stdin: IO[bytes]) -> None:
        self.pid, self.stdin = pid, stdin
        self.returncode: int | None = None
        self._looked = threading.Lock()

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, negative for a signal. Raises TimeoutExpired."""
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self._poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("the server of workers", timeout or 0.0)
            time.sleep(_POLL_SECONDS)
        return code

    def _poll(self) -> int | None:
        with self._looked:
            if self.returncode is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self.returncode = os.waitstatus_to_exitcode(status) if pid else None
            return self.returncode


def _fork(events: int, temporary: str) -> Forked:
    import pipeline.frame.engines.worker  # noqa: F401  # Beam, which this process needs as well

    asked, asks = os.pipe()
    parent = os.getpid()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # until the fork heeds them
    with warnings.catch_warnings():  # of threads, from Python 3.12 on
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if not pid:
        live(parent, partial(_live, asked, events, temporary))
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    os.close(asked)
    return Forked(pid, os.fdopen(asks, "wb"))


def _live(asked: int, events: int, temporary: str) -> None:
    """The life of a forked server: nothing of its parent's is used, nor held open."""
    os.dup2(asked, 0)
    os.closerange(3, events)
    os.closerange(max(3, events + 1), _MOST_FILES)
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    others = set(SIGNALS) - {signal.SIGINT}  # which is none of its business: see `start_child`
    signal.pthread_sigmask(signal.SIG_UNBLOCK, others)
    with telling(partial(tell_lack, events)):
        serve(events, temporary)


def serve(events: int, temporary: str) -> None:
    """What a server does, once all is imported that its workers need."""
    from pipeline.frame.engines import worker

    gc.freeze()  # also what was imported since the parent has said what is to stay
    with rare_collections():
        serve_forks(events, temporary, worker.serve)
