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


class GristmillError(Exception):
    """Base of all errors that end in one sentence instead of a traceback."""

    exit_code = 1


class UsageError(GristmillError):
    """The caller can mend it; the message names the value and the remedy."""

    exit_code = 2


class CheckError(GristmillError):
    """The data on disk is not what a manifest or a count says it must be."""

    exit_code = 1


class MachineError(GristmillError):
    """The machine could not do what was asked; once it can, a later run goes on from there."""

    exit_code = 1


_REMEDIES = {
    errno.ENOSPC: "free space, or set TMPDIR to another disk where it was a temporary file",
    errno.EDQUOT: "raise the quota, or set TMPDIR to another disk where it was a temporary file",
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
    number = errno.ENOSPC if _NO_FOLDER in str(error) else error.errno
    if number not in _REMEDIES:
        return ""
    of = error.filename or ""
    if not of and number in (errno.ENOSPC, errno.EDQUOT):
        of = f"temporary files are in {os.environ.get('TMPDIR', '/tmp')}"
    return f"{os.strerror(number)}{of and f' ({of})'}; {_REMEDIES[number]}"


@contextmanager
def machine_faults(work: str = "") -> Iterator[None]:
    """Raises MachineError for what the machine lacks in a block; `work` is what was done there."""
    try:
        yield
    except (OSError, MemoryError, RuntimeError) as error:
        fault = machine_fault(error)
        if not fault:
            raise
        raise MachineError(f"{work}{': ' if work else ''}{fault}, then run again") from error


def ended(program: Callable[[], object]) -> None:
    """Runs a program; our own errors end it in one sentence on stderr and their exit code."""
    try:
        with machine_faults():
            program()
    except GristmillError as error:
        print(f"gristmill: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
