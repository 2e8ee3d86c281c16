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
_LINE_STARTS = tuple(
    re.compile(rb"(?:\A|\n)(" + pattern.pattern + rb")", re.IGNORECASE)
    for pattern in (WARC_START, ARC_START)
)
MAX_START = 1 << 14  # bytes in which a record start must show itself
SEARCH = 1 << 26  # bytes in which the true end of a record is looked for
CHAIN = 1 << 18  # bytes of the file over which whole members must follow one another
BACK = 1 << 20  # how far before a doubtful place reading begins


def is_start(data: bytes, at: int = 0) -> bool:
    """Whether a record header begins at `at` of `data`."""
    return WARC_START.match(data, at) is not None or ARC_START.match(data, at) is not None


def member_end(window: Window, codec: Codec, offset: int, starting: bool = False) -> int | None:
    """The end of the member at `offset` if it is whole and, if so asked, begins with a record."""
    wanted = starting
    try:
        for piece in codec.pieces(window, offset):
            if wanted and not is_start(piece.data[:MAX_START].lstrip(b"\r\n")):
                return None
            wanted = False
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
        if member_end(window, codec, at + found, starting=True) is not None:
            return at + found
        at += found + 1
    return at


def range_start(window: Window, codec: Codec, offset: int) -> int:
    """Where the first record of a range that starts at `offset` lies: a member, or the end of the file.

    A member found by its magic number may be a fake: an archive that is itself the body of a record stands
    there as it is, in stored blocks. Those are at most 64 KiB (gzip) or 128 KiB (zstd) long, so a chain of
    whole members over CHAIN bytes is no fake. Where the chain breaks, reading starts further before.
    """
    if offset <= 0 or not codec.magic:
        return 0 if offset <= 0 else offset
    found, back = next_member(window, codec, offset), BACK
    while not _chain(window, codec, found):
        at = next_member(window, codec, max(0, offset - back)) if offset > back else 0
        if at == 0 or _chain(window, codec, at):
            return next_member(window, codec, _walk(window, codec, at, offset))
        back *= 2
    return found


def _chain(window: Window, codec: Codec, offset: int) -> bool:
    at = offset
    while at < offset + CHAIN and window.view(at, 1):
        end = member_end(window, codec, at)
        if end is None:
            return False
        at = end
    return True


def _walk(window: Window, codec: Codec, at: int, offset: int) -> int:
    """The first place at or after `offset` that whole members lead to from `at`."""
    while at < offset and window.view(at, 1):
        end = member_end(window, codec, at)
        at = next_member(window, codec, at + 1) if end is None else end
    return at


def next_header(data: bytes, at: int) -> int:
    """The position of the first record header that begins a line of `data` at or after `at`; -1 if none."""
    found = [
        match.start(1) for match in (p.search(data, max(0, at - 1)) for p in _LINE_STARTS) if match
    ]
    return min((position for position in found if position >= at), default=-1)
