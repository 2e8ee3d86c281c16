"""Decompressed bytes of an archive in one line, and where in the file each of them comes from."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.ingest.archive.damage import MAX_START, SEARCH, is_start, next_header
from pipeline.ingest.archive.window import Codec, Piece, Window

_NEWLINES = re.compile(rb"[\r\n]*")


class _Mark(NamedTuple):
    """Where a member begins on the tape."""

    position: int
    offset: int
    starts: bool  # whether it begins with a record header


class Tape:
    """A cursor (`at`) over the members of a file; what lies behind it is forgotten."""

    def __init__(self, window: Window, codec: Codec, offset: int) -> None:
        self._window = window
        self._codec = codec
        self._pieces: Iterator[Piece] | None = None
        self._marks: list[_Mark] = []
        self.plain = not codec.magic
        self.next = offset  # the member that is being read, or that comes after the last one
        self.failing = False  # what is at hand is the last that can be had of a bad member
        self.data = b""
        self.at = 0

    @property
    def in_member(self) -> bool:
        """Whether more of the current member is to come."""
        return self._pieces is not None

    @property
    def starts_record(self) -> bool:
        """Whether the cursor stands where a member begins with a record of its own."""
        return any(mark.starts and mark.position == self.at for mark in self._marks)

    @property
    def rest(self) -> int:
        """Bytes at hand from the cursor on."""
        return len(self.data) - self.at

    def fill(self) -> bool:
        """Appends the next piece; False at the end of the file. Raises BadMember (at `next`)."""
        fresh = self._pieces is None
        if self._pieces is None:
            if not self._window.holds(self.next):
                return False
            self._pieces = self._codec.pieces(self._window, self.next)
        piece = next(self._pieces)
        self._forget(all_of_it=fresh and not self.rest)
        if fresh:
            starts = not self.data or is_start(piece.data)
            self._marks.append(_Mark(len(self.data), piece.offset, starts))
        self.data = self.data + piece.data if self.data else piece.data
        self.failing = piece.failing
        if piece.end >= 0:
            self.next = piece.end
            self._pieces = None
        return True

    def need(self, size: int) -> int:
        """Tries to have `size` bytes at hand; returns how many the record at the cursor can have.

        They end at the end of the file, or where a member begins with a record of its own.
        """
        border = self._border()
        while border is None and self.rest < size and self.fill():
            border = self._border()
        return self.rest if border is None else border

    def skip_newlines(self) -> None:
        """Passes line ends; not those with which a member begins that has no record after them."""
        found = _NEWLINES.match(self.data, self.at)
        ahead = found.end() - self.at if found else 0
        if ahead and self._at_border(0):
            self.need(ahead + MAX_START)
            if self.rest > ahead and not is_start(self.data, self.at + ahead):
                return
        self.at += ahead

    def offset(self, ahead: int = 0) -> int:
        """Where in the file the byte `ahead` lies: its member, or in a plain file itself."""
        position = self.at + ahead
        if self.plain and self._marks:
            return self._marks[0].offset + position - self._marks[0].position
        if position >= len(self.data) and not self.in_member:
            return self.next
        for mark in reversed(self._marks):
            if mark.position <= position:
                return mark.offset
        return self.next

    def end(self, ahead: int) -> int:
        """Where the member ends that holds the byte before `ahead`; -1 if that is not known yet."""
        position = self.at + ahead
        if self.plain:
            return self.offset(ahead)
        after = [mark.offset for mark in self._marks if mark.position >= position]
        if after:
            return after[0]
        return -1 if self.in_member else self.next

    def find_header(self, ahead: int, arc: bool = True) -> int:
        """How far ahead, from `ahead` on, the next record begins; the end of the file if none does.

        Without `arc` only headers of WARC count. After SEARCH bytes it gives up for now and returns
        how far it has come.
        """
        while True:
            border, found = self._border(), next_header(self.data, self.at + ahead, arc)
            ends = [found - self.at] if found >= 0 else []
            if border is not None and border >= ahead:
                ends.append(border)
            if ends:
                return min(ends)
            ahead = max(ahead, self.rest - MAX_START)
            if ahead > SEARCH:
                return ahead
            if not self.fill():
                return self.rest

    def stretch(self, size: int) -> int:
        """Bytes of the file that the next `size` bytes take; `size` where members are shared."""
        if self.plain or not (self._at_border(0) and self._at_border(size)):
            return size
        return self.offset(size) - self.offset()

    def _at_border(self, ahead: int) -> bool:
        position = self.at + ahead
        if position >= len(self.data):
            return not self.in_member
        return any(mark.position == position for mark in self._marks)

    def _border(self) -> int | None:
        for mark in self._marks:
            if mark.starts and mark.position > self.at:
                return mark.position - self.at
        return None

    def _forget(self, all_of_it: bool) -> None:
        """Drops the bytes behind the cursor, and the marks that no later byte needs."""
        if all_of_it:
            self.data, self.at, self._marks = b"", 0, []
        if not self.at:
            return
        self.data = self.data[self.at :]
        marks = [mark._replace(position=mark.position - self.at) for mark in self._marks]
        first = max((i for i, mark in enumerate(marks) if mark.position <= 0), default=0)
        self._marks = marks[first:]
        self.at = 0
