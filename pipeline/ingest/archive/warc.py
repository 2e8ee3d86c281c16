"""Records of a WARC or ARC file, with the place each takes in it, and the damage between them.

WARC 1.0 and 1.1 (ISO 28500), with headers that are folded, end in bare LF or change case; ARC 1.0
and 2.0. A record may fill a member, share it, or run over several. Nothing raises: what cannot be
read is a `Damage`, or a `Record` that says how many bytes were lost with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.ingest.archive.damage import (
    MAX_START,
    SEARCH,
    is_start,
    next_header,
    range_start,
    resumption,
)
from pipeline.ingest.archive.tape import Tape
from pipeline.ingest.archive.window import BadMember, Codec, Window

MAX_HEADER = 1 << 18  # bytes of one record header

_NEWLINES = re.compile(rb"[\r\n]*")
_HEADER_END = re.compile(rb"\r*\n\r*\n")
_FOLD = re.compile(r"\r*\n[ \t]+")
# Addresses may hold spaces, so the IP or the date shows where they end.
_ARC_FIELDS = tuple(
    re.compile(rf"(?P<url>.*?) (?P<ip>{ip}) (?P<date>{date}) (?P<mime>\S*)(?: .*)? (?P<size>\S+)")
    for ip, date in ((r"[0-9A-Fa-f:]*[:.][0-9A-Fa-f:.]+", r"\S+"), (r"\S+", r"\d{8,20}"))
)
_NUMBER = re.compile(r"\d{1,18}\Z")
_ARC_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its header fields by lower-case name and its content block."""

    kind: str  # "" where the header does not say, as no whole header fails to
    headers: dict[str, str]
    block: memoryview  # cut at the reader's limit; no copy, so that a body is copied once
    offset: int  # of its member in the file; of itself in a plain file
    length: int  # of its member, or members; of itself in a plain file; -1 if not known
    size: int  # of the block as it stands in the file
    lost: int = 0  # bytes of the stretch, where the block is not as long as the header says


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of the file from which no record can be read.

    `lost` counts bytes of the file, or, where the stretch shares a member with records,
    decompressed ones.
    """

    offset: int
    lost: int


def read_records(
    window: Window, codec: Codec, start: int, stop: int | None, keep: int
) -> Iterator[Record | Damage]:
    """Every record that starts in the members of [start, stop), and every damage among them.

    `start` and `stop` move to the next member that begins a record, so adjacent ranges meet
    exactly. Of each block at most `keep` bytes are kept.
    """
    tape = Tape(window, codec, range_start(window, codec, start))
    end = None if stop is None else range_start(window, codec, stop)
    while True:
        try:
            if not _advance(tape, end):
                return
            yield _record(tape, keep) or _damage(tape)
        except BadMember:
            resume = resumption(window, codec, tape.next + 1)
            yield _broken(tape, resume, keep)
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


def _broken(tape: Tape, resume: int, keep: int) -> Record | Damage:
    """What a bad member has cost: the record whose header can still be read, or a stretch."""
    begin = tape.offset() if tape.rest else tape.next
    head = _header_at_hand(tape, tape.rest) if tape.rest else 0
    if not head:
        return Damage(begin, resume - begin)
    kind, headers = _header(tape.data[tape.at : tape.at + head])
    block = memoryview(tape.data)[tape.at + head :]
    return Record(kind, headers, block[:keep], begin, -1, len(block), resume - begin)


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
    kind, headers = _header(tape.data[tape.at : tape.at + head])
    told, arc, lost = _content_length(headers), "arc-type" in headers, 0
    size = told or 0
    at_hand = tape.need(head + min(size, SEARCH)) - head
    if size > SEARCH and next_header(tape.data, tape.at + head) < 0:
        return _long_record(tape, kind, headers, head, size, keep)
    sound = bool(kind) and (told is not None or arc) and at_hand >= size
    if not sound or not _ends_well(tape, head + size, arc):
        size = max(0, tape.find_header(head, arc or not tape.failing) - head)
        lost = tape.stretch(head + size)
    offset, end = tape.offset(), tape.end(head + size)
    begin = tape.at + head
    block = memoryview(tape.data)[begin : begin + min(size, keep)]
    tape.at = begin + size
    return Record(kind, headers, block, offset, end - offset if end >= 0 else -1, size, lost)


def _ends_well(tape: Tape, size: int, arc: bool) -> bool:
    """Whether a record may end `size` bytes ahead: line ends, then a record, or nothing more.

    Two line ends (one in ARC) suffice: what comes after them is not this record's fault.
    """
    while True:
        found = _NEWLINES.match(tape.data, tape.at + size)
        ahead = (found.end() if found else 0) - tape.at
        if ahead < tape.rest or not (tape.in_member or tape.plain) or not tape.fill():
            break
    if ahead >= tape.rest:
        return True
    if not is_start(tape.data, tape.at + ahead) and (tape.in_member or tape.plain):
        tape.need(ahead + MAX_START)
    at = tape.at + ahead
    if is_start(tape.data, at, arc or not tape.failing):
        return True
    if tape.failing:
        tape.fill()  # raises: nothing vouches for the last record of a bad member
    return tape.data.count(b"\n", tape.at + size, at) >= 2 - arc


def _long_record(
    tape: Tape, kind: str, headers: dict[str, str], head: int, size: int, keep: int
) -> Record:
    """A record too long to be held: its block is passed over."""
    offset, left = tape.offset(), head + size
    block = memoryview(tape.data[tape.at + head : tape.at + head + min(size, keep)])
    while (at_hand := tape.need(1)) < left:
        left -= at_hand
        tape.at += at_hand
        if tape.starts_record or (not tape.rest and not tape.fill()):
            return Record(kind, headers, block, offset, -1, size - left, tape.offset() - offset)
    tape.at += left
    end = tape.end(0)
    return Record(kind, headers, block, offset, end - offset if end >= 0 else -1, size)


def _header_length(tape: Tape) -> int:
    """The length of the header at the cursor with the empty line after it; 0 if there is none."""
    at_hand = tape.rest
    for size in (MAX_START, MAX_HEADER, 0):
        head = _header_at_hand(tape, at_hand)
        if head or not size:
            return head
        at_hand = tape.need(size)
        if at_hand < size and not _header_at_hand(tape, at_hand):
            # Where file or member end inside a header, what is there is all there will be.
            return at_hand if is_start(tape.data, tape.at) else 0
    return 0


def _header_at_hand(tape: Tape, size: int) -> int:
    if not is_start(tape.data, tape.at):
        return 0
    if tape.data[tape.at : tape.at + 5].upper() != b"WARC/":
        return tape.data.find(b"\n", tape.at) + 1 - tape.at
    at, stop = tape.at, tape.at + size
    end = tape.data.find(b"\r\n\r\n", at, stop)
    if end >= 0 and all(tape.data.find(odd, at, end) < 0 for odd in (b"\n\n", b"\r\r\n")):
        return end + 4 - at
    found = _HEADER_END.search(tape.data, at, stop)
    return found.end() - at if found else 0


def _header(data: bytes) -> tuple[str, dict[str, str]]:
    """Kind and fields of a record header."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return _warc_header(text) if text[:4].upper() == "WARC" else _arc_header(text)


def _warc_header(text: str) -> tuple[str, dict[str, str]]:
    headers: dict[str, str] = {}
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    for line in text.split("\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip())
    return headers.get("warc-type", "").lower(), headers


def _arc_header(text: str) -> tuple[str, dict[str, str]]:
    """The URL record of ARC as the WARC fields that say the same."""
    line = text.strip()
    found = next((m for m in (p.match(line) for p in _ARC_FIELDS) if m is not None), None)
    if text.startswith("filedesc:") or found is None:
        return "warcinfo", {"arc-type": "", "content-length": found["size"] if found else ""}
    return "response", {
        "warc-target-uri": found["url"],
        "warc-date": _iso_date(found["date"]),
        "content-length": found["size"],
        "arc-type": found["mime"],
    }


def _iso_date(digits: str) -> str:
    found = _ARC_DATE.match(digits)
    if found is None:
        return ""
    year, month, day, *rest = found.groups()
    hour, minute, second = (part or "00" for part in rest)
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"


def _content_length(headers: dict[str, str]) -> int | None:
    text = headers.get("content-length", "")
    return int(text) if _NUMBER.match(text) else None
