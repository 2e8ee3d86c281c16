"""What can go wrong on purpose, as one tree.

    GristmillError
    ├── UsageError        a wrong recipe, path, file or option: one sentence, exit code 2
    ├── CheckError        the data failed a check (conservation, checksum): exit code 1
    └── MachineError      the machine lacks space, memory, files, permission: exit code 1

Everything else that is raised is a bug and propagates. What hostile input can cause is no error at
all but a drop with a reason; what the machine lacks is never a drop.
"""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

from pipeline.secrets import masked
from pipeline.terminal import CLOSED, ClosedPipe, clean_logs, forget_output, say

INTERRUPTED = 130  # exit code: 128 and the number of SIGINT, as shells have it


class GristmillError(Exception):
    """Base of all errors that end in one sentence, without secrets, instead of a traceback."""

    exit_code = 1

    def __init__(self, sentence: str = "") -> None:
        super().__init__(masked(sentence))


class UsageError(GristmillError):
    """The caller can mend it; the message names the value and the remedy."""

    exit_code = 2


class CheckError(GristmillError):
    """The data on disk is not what a manifest or a count says it must be."""

    exit_code = 1


class DamageError(CheckError):
    """A file that a run has written is gone, or other bytes than it wrote: `path` names it.

    A run makes it again where it can.
    """

    @classmethod
    def of(cls, path: str, remedy: str = "run its recipe again, which makes it anew") -> Self:
        return cls(f"{path}{_DAMAGED}; {remedy}")

    @property
    def path(self) -> str:
        return str(self).partition(_DAMAGED)[0]


_DAMAGED = " is not what was written there"


class MachineError(GristmillError):
    """The machine could not do what was asked; once it can, a later run goes on from there."""

    exit_code = 1


@contextmanager
def needing(extra: str, what: str) -> Iterator[None]:
    """Raises UsageError where imports in the block lack what an extra of ours installs; `what`
    begins the sentence.
    """
    try:
        yield
    except ImportError as error:
        lacks = f"needs {error.name}" if error.name else f"fails ({error})"
        raise UsageError(f"{what} {lacks}; pip install gristmill[{extra}]") from None


_REMEDIES = {
    errno.ENOSPC: "free space there",
    errno.EDQUOT: "raise the quota",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f)",
    errno.EMFILE: "raise the limit on open files (ulimit -n)",
    errno.ENFILE: "raise the limit on open files of the machine",
    errno.ENOMEM: "take fewer workers, or a machine with more memory",
    errno.EAGAIN: "raise the limit on processes (ulimit -u), or take fewer workers",
    errno.EACCES: "check the permissions",
    errno.EPERM: "check the permissions",
    errno.EROFS: "give a folder that can be written",
    errno.EIO: "check the disk",
    errno.ESTALE: "check the network drive",
}
_TEMPORARY = "/tmp"  # nosec B108 # named in a sentence: nothing is written there
_NO_THREAD = "can't start new thread"  # what CPython says, in a RuntimeError
_NO_THREAD_REMEDY = (
    "raise the limits on processes and memory (ulimit -u, ulimit -v), or take fewer workers"
)
_NO_FOLDER = "No usable temporary directory"  # what tempfile says where it could write in none


def machine_fault(error: BaseException) -> str:
    """What the machine lacks and the remedy, for an exception that says so; "" for any other."""
    if isinstance(error, MemoryError):
        return f"there is not enough memory; {_REMEDIES[errno.ENOMEM]}"
    if isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        return f"a thread could not be started; {_NO_THREAD_REMEDY}"
    if not isinstance(error, OSError):
        return ""
    is_told = isinstance(error, ConnectionError) and not isinstance(error, BrokenPipeError)
    if is_told and error.errno is None:  # by a store's client
        return f"a server cannot be reached ({error}); check its address"
    number = errno.ENOSPC if _NO_FOLDER in str(error) else error.errno
    if number not in _REMEDIES:
        return ""
    of, elsewhere = error.filename or "", ""
    if not of and number in (errno.ENOSPC, errno.EDQUOT):
        of = f"temporary files are in {os.environ.get('TMPDIR', _TEMPORARY)}"
        elsewhere = ", or set TMPDIR to another disk"
    return f"{os.strerror(number)}{of and f' ({of})'}; {_REMEDIES[number]}{elsewhere}"


def machine_sentence(error: BaseException, work: str = "") -> str:
    """What a `MachineError` says of an exception, "" where it is none; `work` is what was done."""
    fault = machine_fault(error)
    return fault and f"{work}{': ' if work else ''}{fault}, then run again"


@contextmanager
def machine_faults(work: str = "") -> Iterator[None]:
    """Raises MachineError for what the machine lacks in a block; `work` is what was done there."""
    try:
        yield
    except (OSError, MemoryError, RuntimeError) as error:
        if sentence := machine_sentence(error, work):
            raise MachineError(sentence) from error
        raise


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Raises MachineError for any fault of a device or drive in a block that reads `name`.

    Libraries take an OSError of the file that they read for damage of what is in it.
    """
    try:
        yield
    except OSError as error:
        fault = machine_fault(error) or f"{error.strerror or error}; check its disk or server"
        raise MachineError(f"{name} cannot be read: {fault}, then run again") from error


def prove_memory() -> None:
    """Raises MemoryError where there is none left.

    For what a library reports in the same way whether its input is damaged or it has no memory.
    """
    bytes(_PROVEN)  # whose zeros are promised and not touched; those of a bytearray would be


_PROVEN = 256 << 20  # twice a window of zstd


def ended(program: Callable[[], object]) -> None:
    """Runs a program; our own errors end it in one sentence on stderr and their exit code.

    An interrupt, or that nobody reads on, ends it in silence.
    """
    clean_logs()
    try:
        with machine_faults():
            program()
    except GristmillError as error:
        say(f"gristmill: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except ClosedPipe:
        forget_output()
        sys.exit(CLOSED)
