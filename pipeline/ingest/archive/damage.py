"""Where reading goes on after bad bytes: the next whole member, the next record header.

Both searches depend on the position alone, so a byte range that begins after the damage finds the
same place as a reader that comes from before it.
"""

import re
from collections.abc import Callable

from pipeline.ingest.archive.window import SLICE, BadMember, Codec, Window

# The start of a record. In WARC a version line with a header field after it; some writers double
# the carriage return. In ARC the URL record of versions 1.0 and 2.0: address, IP, date, type,
# (more,) length, where old crawlers left one or the other field empty.
_WARC = re.compile(rb"WARC/[0-9.]{1,8}[ \t]*\r*\n[!-9;-~]+[ \t]*:", re.IGNORECASE)
_IP = rb"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)"
_ARC = re.compile(
    rb"(?:filedesc:[^\r\n]{1,8192}"
    rb"|[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\r\n]{0,8192}?[ ]"
    rb"(?:"
    + _IP
    + rb"[ ][^\r\n ]{1,32}|[^\r\n ]{1,64}[ ]\d{8,20})[ ][^\r\n]{0,1024}?[^\r\n ]{1,18})\r*\n"
)
# As they are searched for, with a literal first (many times as fast): on a line of its own, or
# behind bytes that have no line end, where it is beyond doubt.
_ARC_LINE = re.compile(rb"\n" + _ARC.pattern)
_ARC_SURE = re.compile(rb"https?://[^\s]{1,8192} " + _IP + rb" \d{14} [^\s]{1,128} \d{1,15}\r*\n")

MAX_START = 1 << 14  # bytes in which a record start must show itself
SEARCH = 1 << 26  # bytes in which the true end of a record is looked for
CHAIN = 1 << 18  # bytes of the file over which whole members must follow one another
BACK = 1 << 20  # how far before a doubtful place reading begins


def is_start(data: bytes, at: int = 0, arc: bool = True) -> bool:
    """Whether a record header begins at `at` of `data`; without `arc` only one of WARC counts."""
    return _WARC.match(data, at) is not None or (arc and _ARC.match(data, at) is not None)


def next_header(data: bytes, at: int, arc: bool = True) -> int:
    """Where the first record header from `at` on begins; -1 if none does."""
    warc = at - 1
    while (warc := data.find(b"WARC/", warc + 1)) >= 0:
        if _WARC.match(data, warc):
            break
    if not arc:
        return warc
    stop = warc if warc >= 0 else len(data)
    if at == 0 and _ARC.match(data):
        return 0
    line, sure = _ARC_LINE.search(data, max(0, at - 1), stop), _ARC_SURE.search(data, at, stop)
    places = [warc] if warc >= 0 else []
    places += [line.start() + 1] if line else []
    places += [sure.start()] if sure else []
    return min(places, default=-1)


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


def next_member(window: Window, codec: Codec, offset: int, stop: int | None = None) -> int:
    """Where the first whole member at or after `offset` begins that begins with a record.

    The end of the file if none does, or some place after `stop` if none does before.
    """
    return _first(window, codec, offset, stop, _begins_record)


def resumption(window: Window, codec: Codec, offset: int) -> int:
    """Where reading goes on after a bad member: `next_member`, or members that records run over.

    Of the latter a row over CHAIN bytes, or to the end of the file, is taken.
    """
    return _first(
        window,
        codec,
        offset,
        None,
        lambda *at: _begins_record(*at) or (_is_whole(*at) and _chain(*at)),
    )


def _begins_record(window: Window, codec: Codec, at: int) -> bool:
    return member_end(window, codec, at, starting=True) is not None


def _is_whole(window: Window, codec: Codec, at: int) -> bool:
    return member_end(window, codec, at) is not None


def _first(
    window: Window,
    codec: Codec,
    offset: int,
    stop: int | None,
    wanted: Callable[[Window, Codec, int], bool],
) -> int:
    """The first place of the codec's magic number from `offset` on that is `wanted`."""
    magic, at = codec.magic, offset
    while (data := bytes(window.view(at, SLICE))) and (stop is None or at < stop):
        found = data.find(magic)
        if found < 0:
            if len(data) < SLICE:
                return at + len(data)
            at += len(data) - len(magic) + 1
            continue
        if wanted(window, codec, at + found):
            return at + found
        at += found + 1
    return at


def range_start(window: Window, codec: Codec, offset: int) -> int:
    """Where the first record of a range from `offset` on lies: a member, or the end of the file.

    A member found by its magic number may be a fake: an archive that is itself the body of a record
    stands there as it is, in stored blocks. Those are at most 64 KiB (RFC 1951) or 128 KiB (RFC
    8878) long, so whole members in a row over CHAIN bytes are no fake. Where the row breaks,
    reading starts further before.
    """
    if offset <= 0 or not codec.magic:
        return max(0, offset)
    found, back = next_member(window, codec, offset), BACK
    while not _chain(window, codec, found):
        at = next_member(window, codec, offset - back) if offset > back else 0
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
