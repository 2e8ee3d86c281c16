"""What people and programs read: all that is printed passes here and is cleaned.

Addresses, titles and texts come from anywhere. What a terminal would obey in them, or what would
turn the order of what stands beside it, is shown as an escape.
"""

import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TextIO

from pipeline.secrets import masked

if TYPE_CHECKING:
    from rich.console import Console

CLOSED = 141  # exit code where nobody reads on: of a program that SIGPIPE has ended

# C0 and C1, soft hyphen, signs of direction (Unicode Standard Annex 9), separators of lines, what
# has no width and no use in a script, lone surrogates, tags. Joiners stay: Persian needs them.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


class ClosedPipe(BrokenPipeError):
    """Nobody reads what is printed any more."""


def cleaned(text: str) -> str:
    """`text` with its control characters as escapes, such as \\x1b; lines and tabs stay."""
    return _UNSAFE.sub(lambda found: ascii(found[0])[1:-1], text)


def say(*lines: str) -> None:
    """Prints lines for people on stderr; each stays one line."""
    for line in lines:
        _write(sys.stderr, cleaned(line).replace("\n", "\\n"))


def answer(*lines: str) -> None:
    """Prints lines that were asked for on stdout; each stays one line."""
    for line in lines:
        _write(sys.stdout, cleaned(line).replace("\n", "\\n"))


def print_json(value: Any) -> None:
    """Prints a value as JSON on stdout; what is unsafe to show is an escape of JSON in it."""
    _write(sys.stdout, safe_json(value))


def safe_json(value: Any) -> str:
    text = json.dumps(value, indent=2, default=str, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _write(stream: TextIO, line: str) -> None:
    with _open_pipe():
        print(line, file=stream, flush=True)


@contextmanager
def _open_pipe() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise ClosedPipe from None
    except OSError as error:
        error.filename = error.filename or "what is printed"
        raise


class CleanFormatter(logging.Formatter):
    """What libraries log, cleaned and without secrets: Beam tells what a worker has raised."""

    def format(self, record: logging.LogRecord) -> str:
        return cleaned(masked(super().format(record)))


def clean_logs() -> None:
    """Has logs cleaned, where nobody has said before how they are shown."""
    handler = logging.StreamHandler()
    handler.setFormatter(CleanFormatter())
    logging.basicConfig(handlers=[handler])


def forget_output() -> None:
    """Lets the interpreter end in silence where nobody reads what it has still to print."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def console(**settings: Any) -> "Console":
    """A console on stderr that cleans what it shows and sees no markup in it."""
    return _kind()(file=sys.stderr, highlight=False, markup=False, emoji=False, **settings)


@cache
def _kind() -> type["Console"]:
    """rich is imported when something is shown: a trainer that reads shards needs none of it."""
    from rich.console import Console
    from rich.text import Text

    class Cleaning(Console):
        """All strings, those in tables too, become text here."""

        def render_str(self, text: str, **settings: Any) -> Text:
            return super().render_str(cleaned(text), **settings)

        def on_broken_pipe(self) -> None:
            raise ClosedPipe

    return Cleaning
