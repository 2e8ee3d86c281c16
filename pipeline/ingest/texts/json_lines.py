"""A file of JSON lines: its lines, whatever packs them, and the fields of a line."""

import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from pipeline.errors import UsageError
from pipeline.ingest.archive.codecs import codec_of
from pipeline.ingest.archive.window import BadMember, Window
from pipeline.ingest.texts.field_names import Seen
from pipeline.recipe_types import Part

MAX_LINE = 1 << 24  # bytes; reading a line takes up to 27 times as much memory
HEADS = (1 << 16, 1 << 22)  # bytes of a file that are looked at: these, and more where they fail
FIRST = 1_000  # lines of them


def check_head(path: str, file: Any, fields: Mapping[Part, str]) -> None:
    """Raises UsageError for a file that holds no JSON lines, and for one whose first records all
    lack a field that has to be there. Damage is for the reader to tell.
    """
    for size in HEADS:
        file.seek(0)
        head = file.read(size)
        _check_kind(path, head)
        seen = Seen(path, fields)
        if any(seen.add(record) for record in _first_records(head)):
            return
        if len(head) < size:
            break
    seen.check()


def _check_kind(path: str, head: bytes) -> None:
    window = Window(BytesIO(head))
    try:
        start = next(codec_of(window).pieces(window, 0)).data.lstrip(b"\xef\xbb\xbf \t\r\n")
    except (BadMember, StopIteration):
        return
    if start[:2] in (b"\xff\xfe", b"\xfe\xff", b"{\x00", b"\x00{"):
        raise UsageError(f"{path} is in UTF-16; write it in UTF-8")
    if start and start[:1] != b"{":
        raise UsageError(f"{path} does not hold JSON lines; set the source's format to what it is")


def _first_records(head: bytes) -> Iterator[dict[str, Any]]:
    """The objects among the first lines of what a file begins with; a line that is cut is none."""
    for number, line in enumerate(lines(Window(BytesIO(head)), len(head))):
        if number >= FIRST:
            return
        fields = fields_of(line) if isinstance(line, bytes) else None
        if fields is not None:
            yield fields


def fields_of(line: bytes) -> dict[str, Any] | None:
    """The object that a line holds; None where it holds none. Of equal names the last one counts,
    as for all who read JSON into tables.
    """
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def lines(window: Window, size: int) -> Iterator[bytes | int | None]:
    """The lines of a file, None for one that is too long; at the end the offset of a bad member,
    if there is one.
    """
    codec, at, held = codec_of(window), 0, Line()
    try:
        while at < size:
            for piece in codec.pieces(window, at):
                *ended, rest = piece.data.split(b"\n")
                for end in ended:
                    yield held.ended(end)
                held.add(rest)
                at = max(at, piece.end)
    except BadMember:
        yield at
        return
    if held.size:
        yield held.ended(b"")


class Line:
    """The beginning of a line whose end has not come yet; of a long one its size alone."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []

    def add(self, some: bytes) -> None:
        self.size += len(some)
        if self.size > MAX_LINE:
            self._parts.clear()
        elif some:
            self._parts.append(some)

    def ended(self, some: bytes) -> bytes | None:
        """The line that ends with `some`, None for one that is too long; the next one begins."""
        self.add(some)
        line = b"".join(self._parts) if self.size <= MAX_LINE else None
        self.size, self._parts = 0, []
        return line
