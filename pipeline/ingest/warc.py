"""Records of a WARC or ARC file, with the place each takes in it; damaged stretches between them.

WARC 1.0 and 1.1 (ISO 28500), with headers that are folded, end in bare LF or change case; ARC 1.0 and 2.0.
A record may fill a member, share it, or run over several. Nothing raises: what cannot be read is a `Damage`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.ingest.damage import (
    MAX_START,
    SEARCH,
    is_start,
    next_header,
    next_member,
    range_start,
)
from pipeline.ingest.members import BadMember, Codec, Window
from pipeline.ingest.tape import Tape

MAX_HEADER = 1 << 18  # bytes of one record header

_FOLD = re.compile(r"\r?\n[ \t]+")
_NEWLINES = re.compile(rb"[\r\n]*")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_ARC_FIELDS = re.compile(r"(.*?) (\S+) (\d{8,17}) (\S*)(?: .*)? (\d+)\s*\Z", re.DOTALL)
_NUMBER = re.compile(r"\d{1,18}\Z")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its header fields by lower-case name and its content block."""

    kind: str
    headers: dict[str, str]
    block: bytes  # cut at the reader's limit
    offset: int  # of its member in the file; of itself in a plain file
    length: int  # of its member, or members; of itself in a plain file
    size: int  # of the block as it stands in the file
    lost: int = 0  # bytes of the stretch, where the block is not as long as the header says


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of the file from which no record can be read.

    `lost` counts bytes of the file, or of the decompressed stretch where it shares a member with records.
    """

    offset: int
    lost: int


def read_records(
    window: Window, codec: Codec, start: int, stop: int | None, keep: int
) -> Iterator[Record | Damage]:
    """Every record that starts in the members of [start, stop), and every damaged stretch among them.

    `start` and `stop` move to the next member that begins a record, so adjacent ranges meet exactly. Of
    each block at most `keep` bytes are kept.
    """
    tape = Tape(window, codec, range_start(window, codec, start))
    end = None if stop is None else range_start(window, codec, stop)
    while True:
        try:
            if not _advance(tape, end):
                return
            yield _record(tape, keep) or _damage(tape)
        except BadMember:
            begin = tape.offset() if tape.rest else tape.next
            resume = next_member(window, codec, tape.next + 1)
            yield Damage(begin, resume - begin)
            tape = Tape(window, codec, resume)


def _advance(tape: Tape, end: int | None) -> bool:
    """Moves to where a record should begin; False where the range or the file ends."""
    while True:
        tape.skip_newlines()
        if tape.rest:
            return end is None or tape.offset() < end
        if end is not None and not tape.in_member and tape.next >= end:
            return False
        if not tape.fill():
            return False


def _damage(tape: Tape) -> Damage:
    """The stretch from the cursor to the next record, or to the end of the file."""
    offset, size = tape.offset(), tape.find_header(1)
    lost = tape.stretch(size)
    tape.at += size
    return Damage(offset, lost)


def _record(tape: Tape, keep: int) -> Record | None:
    """The record at the cursor, which moves behind it; None where there is none."""
    head = _header_length(tape)
    if not head:
        return None
    text = tape.data[tape.at : tape.at + head]
    kind, headers = _warc_header(text) if text[:4].upper() == b"WARC" else _arc_header(text)
    size = _content_length(headers)
    whole = head + size
    at_hand = tape.need(head + min(size, SEARCH))
    if size > SEARCH and next_header(tape.data, tape.at + head) < 0:
        return _long_record(tape, kind, headers, head, size, keep)
    if at_hand < whole or not _ends_well(tape, whole):
        whole = _true_end(tape, head, at_hand)
        size, lost = max(0, whole - head), tape.stretch(whole)
    else:
        lost = 0
    offset, end = tape.offset(), tape.end(whole)
    begin = tape.at + head
    tape.at += whole
    return Record(
        kind,
        headers,
        tape.data[begin : begin + min(size, keep)],
        offset,
        max(-1, end - offset),
        size,
        lost,
    )


def _true_end(tape: Tape, head: int, at_hand: int) -> int:
    """How far ahead a record ends whose header says something else."""
    return tape.find_header(head)


def _ends_well(tape: Tape, size: int) -> bool:
    """Whether a record may end `size` bytes ahead: line ends, then a record, or nothing more."""
    while True:
        found = _NEWLINES.match(tape.data, tape.at + size)
        ahead = (found.end() if found else 0) - tape.at
        if ahead < tape.rest or not (tape.in_member or tape.plain) or not tape.fill():
            break
    if ahead >= tape.rest:
        return True
    if tape.rest - ahead < MAX_START and (tape.in_member or tape.plain):
        tape.need(ahead + MAX_START)
    at = tape.at + ahead
    return is_start(tape.data, at) or tape.data.count(b"\n", tape.at + size, at) >= 2


def _long_record(
    tape: Tape, kind: str, headers: dict[str, str], head: int, size: int, keep: int
) -> Record:
    """A record too long to be held: its block is passed over."""
    offset = tape.offset()
    block = tape.data[tape.at + head : tape.at + head + keep]
    left = head + size
    while (at_hand := tape.need(1)) < left:
        left -= at_hand
        tape.at += at_hand
        if not tape.rest and not tape.fill() or tape.starts_record:
            return Record(kind, headers, block, offset, -1, size - left, tape.offset() - offset)
    tape.at += left
    return Record(kind, headers, block, offset, max(-1, tape.end(0) - offset), size)


def _header_length(tape: Tape) -> int:
    """The length of the header at the cursor with the empty line after it; 0 where there is none."""
    for size in (0, MAX_START, MAX_HEADER):
        at_hand = tape.need(size) if size else tape.rest
        if is_start(tape.data, tape.at):
            if tape.data[tape.at : tape.at + 5].upper() != b"WARC/":
                return tape.data.index(b"\n", tape.at) + 1 - tape.at
            found = _HEADER_END.search(tape.data, tape.at, tape.at + at_hand)
            if found is not None:
                return found.end() - tape.at
    return 0


def _warc_header(text: bytes) -> tuple[str, dict[str, str]]:
    headers: dict[str, str] = {}
    for line in _FOLD.sub(" ", _text(text)).splitlines()[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip())
    return headers.get("warc-type", "unknown").lower(), headers


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _arc_header(text: bytes) -> tuple[str, dict[str, str]]:
    """The URL record of ARC: address, IP, date, type, perhaps five more fields, length."""
    fields = _ARC_FIELDS.match(_text(text))
    url, _, date, mime, size = fields.groups() if fields else ("", "", "", "", "0")
    kind = "warcinfo" if url.startswith("filedesc:") else "response"
    if kind == "response" and not url.lower().startswith(("http:", "https:")):
        kind = "resource"
    return kind, {
        "warc-target-uri": url,
        "warc-date": _arc_date(date),
        "content-length": size,
        "arc-type": mime,
    }


def _arc_date(digits: str) -> str:
    year, rest = digits[:4], digits[4:14].ljust(10, "0")
    month, day, hour, minute, second = (rest[i : i + 2] for i in range(0, 10, 2))
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"


def _content_length(headers: dict[str, str]) -> int:
    text = headers.get("content-length", "")
    return int(text) if _NUMBER.match(text) else 0
