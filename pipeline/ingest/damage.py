"""Where reading goes on after bad bytes: the next whole member, the next record header.

Both searches depend on the position alone, so a byte range that begins after the damage finds the same
place as a reader that comes from before it.
"""

import re

from pipeline.ingest.members import SLICE, BadMember, Codec, Window

# The start of a record: a WARC version line with a header line after it, or the URL record of ARC 1.0 and 2.0
# (address, IP, date of 8 to 17 digits, type, ..., length).
WARC_START = re.compile(rb"WARC/[0-9.]{3,8}[ \t]*\r?\n[!-9;-~]+[ \t]*:", re.IGNORECASE)
ARC_START = re.compile(
    rb"[A-Za-z][A-Za-z0-9+.-]*:[^\r\n]{0,8192}? (?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*|-)"
    rb" \d{8,17} [^\r\n]{1,1024}\d+\r?\n"
)
HEAD = 1 << 12  # decompressed bytes in which a record start must show itself


def is_start(data: bytes, at: int = 0) -> bool:
    """Whether a record header begins at `at` of `data`."""
    return WARC_START.match(data, at) is not None or ARC_START.match(data, at) is not None


def whole_member(window: Window, codec: Codec, offset: int) -> int | None:
    """The end of the member at `offset` if it is whole and begins a record."""
    first = True
    try:
        for piece in codec.pieces(window, offset):
            if first and not is_start(piece.data.lstrip(b"\r\n")[: HEAD * 3]):
                return None
            first = False
            if piece.end >= 0:
                return piece.end
    except BadMember:
        return None
    return None


def next_member(window: Window, codec: Codec, offset: int) -> int:
    """The offset of the first whole member at or after `offset`; the end of the file if there is none."""
    magic, at = codec.magic, offset
    while data := bytes(window.view(at, SLICE)):
        found = data.find(magic)
        if found < 0:
            if len(data) < SLICE:
                return at + len(data)
            at += len(data) - len(magic) + 1
            continue
        if whole_member(window, codec, at + found) is not None:
            return at + found
        at += found + 1
    return at


def next_header(data: bytes, at: int) -> int:
    """The position of the first record header that begins a line of `data` at or after `at`; -1 if none."""
    for pattern in (WARC_START,):
        position = at
        while (found := pattern.search(data, position)) is not None:
            start = found.start()
            if start == 0 or data[start - 1 : start] == b"\n":
                return start
            position = start + 1
    return -1
