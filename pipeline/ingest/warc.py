"""Records of a WARC or ARC file, with the place each takes in it; damaged stretches between them.

WARC 1.0 and 1.1 (ISO 28500), with headers that are folded, end in bare LF or change case; ARC 1.0 and 2.0.
A record may fill a member, share it, or run over several. Nothing raises: what cannot be read is a `Damage`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.ingest.damage import is_start, next_header, next_member
from pipeline.ingest.members import BadMember, Codec, Piece, Window

MAX_HEADER = 1 << 18  # bytes of one record header
SEARCH = 1 << 26  # decompressed bytes in which the true end of a record is looked for

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_DIGITS = re.compile(r"\d{1,18}\Z")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its header fields by lower-case name and its content block."""

    kind: str
    headers: dict[str, str]
    block: bytes  # cut at the reader's limit
    offset: int  # of its member in the file
    length: int  # of its member, or members
    size: int  # of the block as it stands in the file
    damaged: bool = False  # the block is shorter or longer than the header promises


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of the file from which no record can be read."""

    offset: int
    lost: int


class _Tape:
    """Decompressed bytes from a member on, and which member each of them comes from."""

    def __init__(self, window: Window, codec: Codec, offset: int) -> None:
        self._window = window
        self._codec = codec
        self._pieces: Iterator[Piece] | None = None
        self.next = offset  # where the member after the last one begins
        self.data = b""
        self.at = 0
        self.marks: list[tuple[int, int]] = []  # (position in data, offset of the member)
        self.plain = codec.magic == b""

    def fill(self) -> bool:
        """Appends a piece; False at the end of the file. Raises BadMember at `next`."""
        if self._pieces is None:
            if not self._window.view(self.next, 1):
                return False
            self._pieces = self._codec.pieces(self._window, self.next)
        piece = next(self._pieces)
        self._forget()
        if not self.marks or self.marks[-1][1] != piece.offset:
            self.marks.append((len(self.data), piece.offset))
        self.data = self.data + piece.data if self.data else piece.data
        if piece.end >= 0:
            self.next = piece.end
            self._pieces = None
        return True

    def _forget(self) -> None:
        """Drops what has been read."""
        if not self.at:
            return
        self.data = self.data[self.at :]
        marks = [(position - self.at, offset) for position, offset in self.marks]
        while len(marks) > 1 and marks[1][0] <= 0:
            marks.pop(0)
        if self.plain:
            marks = [(0, marks[0][1] - marks[0][0])]
        elif not self.data and self._pieces is None:
            marks = []
        self.marks = marks
        self.at = 0

    @property
    def in_member(self) -> bool:
        """Whether more of the current member is to come."""
        return self._pieces is not None

    def offset(self, position: int) -> int:
        """Where in the file the byte at `position` lies: its member, or itself in a plain file."""
        for start, offset in reversed(self.marks):
            if start <= position:
                return offset + position - start if self.plain else offset
        return self.next

    def end(self, position: int) -> int:
        """Where the member of the byte before `position` ends."""
        if self.plain:
            return self.offset(position)
        for start, offset in self.marks:
            if start >= position:
                return offset
        return self.next
