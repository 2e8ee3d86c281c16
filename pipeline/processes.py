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
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from types import FrameType
from typing import Any, NoReturn

from pipeline.errors import MachineError, machine_sentence
from pipeline.secrets import masked
from pipeline.terminal import cleaned, say

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SIGNAL_THREAD = "signals"
LACKING = 71  # exit code of a child that has told what the machine lacks (EX_OSERR)
HUNG_UP_SECONDS = 2.0
POLL_SECONDS = 0.5
_SHOW_CURSOR = "\r\x1b[K\x1b[?25h"  # which a line of progress hides
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
    threading.Thread(target=_wait, args=(told,), name=SIGNAL_THREAD, daemon=True).start()


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
        if error is not None and (sentence := machine_sentence(error)):
            tell(sentence)
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
    stderr = _own_stderr()
    try:
        for close in reversed(_closers):
            with suppress(OSError):
                close()
    finally:
        clear = _SHOW_CURSOR if os.isatty(stderr) else ""
        with suppress(OSError):
            os.write(stderr, f"{clear}gristmill: {cleaned(masked(sentence))}\n".encode())
        os._exit(code)


def _own_stderr() -> int:
    """Where to tell the sentence; others, who may miss something now, write no more."""
    try:
        kept = os.dup(2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    except OSError:  # too many files are open
        return 2
    return kept


def leave(code: int) -> NoReturn:
    """Ends a command that has said all, whatever threads there are: an interpreter that ends by
    itself waits for them, and some wait for ever for those that could not be started; and it takes
    half a second to forget all modules one by one. What was registered by `atexit` is not called.

    Raises OSError where what a command that has not failed says cannot be written.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:  # None where nobody has given us one
            with suppress(OSError) if code else nullcontext():
                stream.flush()
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


def start_child(source: str, *arguments: str, **how: Any) -> subprocess.Popen[bytes]:
    """Starts `source` in a Python that finds the modules this one finds.

    That process ends when the thread that starts it does: start it from one that stays. Ctrl-C goes
    to the whole group of processes and is none of a child's business.
    """
    first = (
        f"import sys; sys.path[:] = {sys.path!r}; "
        f"from pipeline.processes import end_with_parent; end_with_parent({os.getpid()})"
    )
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))  # which is inherited
    try:
        return subprocess.Popen([sys.executable, "-c", f"{first}\n{source}", *arguments], **how)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run_child(source: str, *arguments: str, environment: Mapping[str, str]) -> None:
    """Runs `source` as `start_child` does to its end.

    Raises MachineError where it was killed, or tells by `telling_parent` what it lacks.
    """
    with start_child(source, *arguments, env=environment, stderr=subprocess.PIPE) as child:
        try:
            said = child.communicate()[1].decode(errors="replace").strip()
        except BaseException:
            child.kill()
            raise
    if child.returncode == LACKING:
        raise MachineError(said.splitlines()[-1])
    if child.returncode < 0:
        raise MachineError(
            f"a process was killed (exit code {child.returncode}), most likely for want of memory; "
            "give the machine more, then run again"
        )
    if child.returncode:
        raise RuntimeError(said)


def telling_parent() -> AbstractContextManager[None]:
    """`telling` the process that waits in `run_child`."""
    return telling(say)


@contextmanager
def telling(tell: Callable[[str], object]) -> Iterator[None]:
    """Ends this child where the machine lacks what the block needs, after `tell` has told it."""

    def end_here(sentence: str) -> NoReturn:
        tell(sentence)
        os._exit(LACKING)

    with watching_threads(end_here):
        try:
            yield
        except Exception as error:
            if sentence := machine_sentence(error):
                end_here(sentence)
            raise


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
