"""The tags of a page one by one, as far as they can be told from scripts, styles and comments.

Dear, so only pages that look like bombs are read so. In doubt what looks like a tag is one.
"""

import re
from collections.abc import Iterable, Iterator

# Quotes hold a `>` back only where a value begins.
TAG = re.compile(rb"""<[a-zA-Z][^>=]*(?:=\s*(?:"[^"]*"|'[^']*')?[^>=]*)*""")
_RAW = re.compile(
    rb"<(script|style|textarea|title|xmp|noframes|noembed|iframe)(?=[\s/>])", re.IGNORECASE
)
_NAME = re.compile(rb"</?([a-zA-Z][^\s/>]*)")
_SLASH = ord("/")
_COMMENT_END = re.compile(rb"--!?>")
# In svg and math no element is raw; in these inside them, some are again.
_FOREIGN = re.compile(
    rb"<(svg|math|foreignobject|desc|title|mi|mo|mn|ms|mtext|annotation-xml)(?=[\s/>])",
    re.IGNORECASE,
)


def read_tags(body: bytes) -> Iterator[tuple[int, int]]:
    """Where tags begin and end; of end tags and comments only the beginning is told."""
    foreign = _Foreign()
    at = body.find(b"<")
    while at >= 0:
        stop = at + 1
        if tag := TAG.match(body, at):
            stop = tag.end()
            yield at, stop
            foreign.open(body, at, stop)
            if not foreign.open_names and (raw := _RAW.match(body, at)):
                close = re.compile(b"</" + raw[1], re.IGNORECASE).search(body, stop)
                stop = close.start() if close else len(body)
        elif body.startswith(b"</", at):
            yield at, at + 2
            foreign.close(body, at)
        elif body.startswith((b"<!", b"<?"), at):
            yield at, at + 2
            if body.startswith(b"--", at + 2):
                end = _COMMENT_END.search(body, at + 2)
                stop = end.end() if end else len(body)
        at = body.find(b"<", stop)


class _Foreign:
    """The elements of svg and math that are open, or that may be."""

    def __init__(self) -> None:
        self.open_names: list[bytes] = []
        self._is_last = False  # nothing was opened since

    def open(self, body: bytes, at: int, stop: int) -> None:
        name = _FOREIGN.match(body, at)
        self._is_last = name is not None
        if name and body[stop - 1 : stop] != b"/":
            called = name[1].lower()
            if self.open_names or called in (b"svg", b"math"):
                self.open_names.append(called)

    def close(self, body: bytes, at: int) -> None:
        """Only svg and math surely end with their end tags, the others if they hold no element."""
        name = name_at(body, at)
        surely = self._is_last or name in (b"svg", b"math")
        if surely and self.open_names and self.open_names[-1] == name:
            self.open_names.pop()
        self._is_last = False


def name_at(body: bytes, at: int) -> bytes:
    """The name in the tag at `at`, in lower case; nothing where no tag is."""
    found = _NAME.match(body, at)
    return found[1].lower() if found else b""


def named_tags(
    body: bytes, spans: Iterable[tuple[int, int]]
) -> Iterator[tuple[bytes, bytes, bool]]:
    """The names of tags, each with all of the tag but its `>`, b"" of an end tag, and whether there
    is text before it.
    """
    done = 0
    for at, stop in spans:
        if name := name_at(body, at):
            yield name, b"" if body[at + 1] == _SLASH else body[at:stop], at > done
            done = body.find(b">", stop) + 1 or len(body)
