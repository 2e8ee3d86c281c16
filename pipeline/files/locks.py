"""One holder at a time: of a local file by flock, in a store by objects that are renewed.

In a store a holder writes an object of its own, then looks for those of others: of two that come at
the same time both may be refused, never both let in. Times are the store's own.
"""

import fcntl
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from uuid import uuid4

import psutil

from pipeline.errors import CheckError, UsageError
from pipeline.files.folders import names, remove
from pipeline.files.places import is_local, join, reached
from pipeline.files.reads import read_json
from pipeline.files.whole import write_bytes_atomic

EXPIRES, RENEWED = 120.0, 30.0  # seconds until a holder that is not heard of is gone, and between


def locked(path: str, sentence: str) -> AbstractContextManager[None]:
    """Holds the lock `path` for a block. Raises UsageError with `sentence` where another does.

    Killed holders let go: a local one at once, one in a store after EXPIRES seconds, or at once
    where it ran on this machine. In a store that tells no times, one from elsewhere lets go when
    its object, `path` with a dash and letters, is removed. Raises CheckError at the end where a
    holder in a store could not renew its object in time.
    """
    return _locked_here(path, sentence) if is_local(path) else _locked_there(path, sentence)


@contextmanager
def _locked_here(path: str, sentence: str) -> Iterator[None]:
    with reached(path) as (_, inner), open(inner, "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(sentence) from None
        yield


@contextmanager
def _locked_there(path: str, sentence: str) -> Iterator[None]:
    own = f"{path}-{uuid4().hex[:12]}"
    holder = _Holder(own)
    holder.renew()
    try:
        others = _others(path, own)
        if any(_is_live(other, own) for other in others):
            raise UsageError(sentence)
        for other in others:
            remove(other)
        with holder:
            yield
    finally:
        with suppress(OSError):  # what cannot be removed expires
            remove(own)


class _Holder:
    """An object of a store that tells who holds a lock, renewed by a thread during a block."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._data = json.dumps({"machine": _machine(), "process": os.getpid()}).encode()
        self._seen, self._lapsed = time.time(), False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew_often, daemon=True)

    def renew(self) -> None:
        self._lapsed |= time.time() - self._seen > EXPIRES
        write_bytes_atomic(self._path, self._data)
        self._seen = time.time()

    def _renew_often(self) -> None:
        while not self._ended.wait(RENEWED):
            with suppress(OSError):  # it may pass, and is tried again before the lock expires
                self.renew()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        if kind is None and (self._lapsed or time.time() - self._seen > EXPIRES):
            raise CheckError(
                f"{self._path} was not renewed in {EXPIRES:.0f} seconds, so that another run may "
                "have written beside this one; run again to see that all is there"
            )


def _others(path: str, own: str) -> list[str]:
    folder, _, name = path.rpartition("/")
    found = (join(folder, other) for other in names(folder) if other.startswith(f"{name}-"))
    return [other for other in found if other != own]


def _is_live(other: str, own: str) -> bool:
    try:
        holder, seen = read_json(other), _modified(other)
    except FileNotFoundError:  # it has let go
        return False
    if holder["machine"] == _machine() and not _is_running(holder["process"]):
        return False
    now = _modified(own)
    return seen is None or now is None or (now - seen).total_seconds() < EXPIRES


def _modified(path: str) -> datetime | None:
    """When an object was written, by the clock of its store; None where that tells no times."""
    with reached(path) as (fs, inner):
        try:
            found: datetime = fs.modified(inner)
        except NotImplementedError:
            return None
        return found


def _is_running(process: int) -> bool:
    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _machine() -> str:
    """What processes share whose numbers mean the same: a machine since its start, a container."""
    marks = [socket.gethostname(), str(psutil.boot_time())]
    with suppress(OSError):  # only Linux has these
        with open("/proc/sys/kernel/random/boot_id") as file:
            marks[1] = file.read().strip()
        marks.append(os.readlink("/proc/self/ns/pid"))
    return " ".join(marks)
