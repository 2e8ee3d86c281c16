"""What can go wrong on purpose, as one tree.

    GristmillError
    ├── UsageError        a wrong recipe, path, file or option: one sentence, exit code 2
    └── CheckError        the data failed a check (conservation, checksum): exit code 1

Everything else that is raised is a bug and propagates. What hostile input can cause is no error at
all but a drop with a reason.
"""

import sys
from collections.abc import Callable


class GristmillError(Exception):
    """Base of all errors that end in one sentence instead of a traceback."""

    exit_code = 1


class UsageError(GristmillError):
    """The caller can mend it; the message names the value and the remedy."""

    exit_code = 2


class CheckError(GristmillError):
    """The data on disk is not what a manifest or a count says it must be."""

    exit_code = 1


def ended(program: Callable[[], object]) -> None:
    """Runs a program; our own errors end it in one sentence on stderr and their exit code."""
    try:
        program()
    except GristmillError as error:
        print(f"gristmill: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
