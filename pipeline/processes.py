"""How processes end before their end: a command by a signal or for want of something, a child with
the process that has started it.

A command ends at once, from any thread, in one sentence, and leaves nothing. An exception would not
do: it reaches no thread but the main one, and not even that while it is in long C code. What is
written into a run is whole or not there, so a run may end at any moment.
"""

import ctypes
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from pipeline.errors import MachineError, machine_fault

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HUNG_UP_SECONDS = 2.0
POLL_SECONDS = 0.5
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_closers: list[Callable[[], None]] = []
_ending = threading.Lock()


def watch_signals() -> None:
    """Lets SIGINT, SIGTERM and SIGHUP end this process as `end` does, with 128 and their number.

    A signal that whoever started us had ignored (nohup) stays so.
    """
    told, tells = socket.socketpair()
    tells.setblocking(False)
    signal.set_wakeup_fd(tells.detach(), warn_on_full_buffer=False)
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _woken)
    threading.Thread(target=_wait, args=(told,), daemon=True).start()


def _woken(_number: int, _frame: FrameType | None) -> None:
    """The part of a handler that Python runs; the thread is told before, by its C part."""


def _wait(told: socket.socket) -> None:
    while True:
        for number in told.recv(64):
            if number in SIGNALS:
                name = signal.Signals(number).name
                end(128 + number, f"interrupted ({name}); run again to go on from there")


@contextmanager
def watching_threads(
    tell: Callable[[str], object], hung_up: tuple[type[BaseException], ...] = ()
) -> Iterator[None]:
    """Gives what the machine lacks to `tell` in any thread of the block that does not catch it.

    Such a thread would be missed for ever by those that wait for it. One that somebody has hung up
    on is told a little later, as whoever knows why may end this process before.
    """
    before = threading.excepthook

    def uncaught(arguments: threading.ExceptHookArgs) -> None:
        error = arguments.exc_value
        if error is not None and (fault := machine_fault(error)):
            tell(f"{fault}, then run again")
        if isinstance(error, hung_up):
            time.sleep(HUNG_UP_SECONDS)
        before(arguments)

    threading.excepthook = uncaught
    try:
        yield
    finally:
        threading.excepthook = before


def end_for_want(sentence: str) -> NoReturn:
    """Ends this process as a MachineError does."""
    end(MachineError.exit_code, sentence)


def end(code: int, sentence: str) -> NoReturn:
    """Ends this process from any thread; the first thread to come closes what is open."""
    if not _ending.acquire(blocking=False):
        threading.Event().wait()
    stderr = os.dup(2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # others may find that something is missing now
    try:
        for close in reversed(_closers):
            with suppress(OSError):
                close()
    finally:
        clear = (
            "\r\x1b[K\x1b[?25h" if os.isatty(stderr) else ""
        )  # a line of progress hides the cursor
        with suppress(OSError):
            os.write(stderr, f"{clear}gristmill: {sentence}\n".encode())
        os._exit(code)


@contextmanager
def closing(close: Callable[[], None]) -> Iterator[None]:
    """Calls `close` where this process is ended within the block."""
    _closers.append(close)
    try:
        yield
    finally:
        _closers.remove(close)


@contextmanager
def temporary_files() -> Iterator[None]:
    """Keeps the temporary files of this process in a folder that goes with the block.

    For programs of their own alone: the place is one for the whole process.
    """
    before = tempfile.tempdir
    folder = tempfile.mkdtemp(prefix="gristmill-")
    tempfile.tempdir = folder
    try:
        with closing(lambda: _remove(folder)):
            yield
    finally:
        tempfile.tempdir = before
        _remove(folder)


def _remove(folder: str) -> None:
    """Removes a folder into which threads may still write: under another name they do not."""
    gone = f"{folder}-gone"
    with suppress(OSError):
        os.rename(folder, gone)
    shutil.rmtree(gone, ignore_errors=True)


def child_command(source: str) -> list[str]:
    """The command that runs `source` in a Python that finds the modules this one finds.

    That process ends when the thread that starts it does: start it from one that stays.
    """
    first = (
        f"import sys; sys.path[:] = {sys.path!r}; "
        f"from pipeline.processes import end_with_parent; end_with_parent({os.getpid()})"
    )
    return [sys.executable, "-c", f"{first}\n{source}"]


def end_with_parent(parent: int) -> None:
    """Lets this process end as soon as `parent` has, which started it.

    On Linux the kernel sees to it (prctl(2), PR_SET_PDEATHSIG): a thread of ours could not while C
    code holds the interpreter. Elsewhere a thread looks.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    else:
        threading.Thread(target=_look, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it had ended before
        os._exit(1)


def _look(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)
