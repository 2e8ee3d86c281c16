"""Encodings that their bytes betray, whatever any label says.

In UTF-16 and UTF-32 the markup has a NUL in every second byte, or three in every fourth; the
seven-bit encodings of East Asia switch alphabets by escape sequences that stand in no other text.
Read as ASCII they would be no text at all.
"""

import re

_LOOKED_AT = 1 << 13  # bytes of a body in which NULs are counted
_UNMARKED = 0.25  # of all bytes are NULs where no markup tells
_LITTLE, _BIG, _PLAIN = (re.compile(sign) for sign in (rb"<\x00", rb"\x00<", rb"<[a-zA-Z/!]"))
_MULTIBYTE = re.compile(rb"\x1b\$(?:[@B]|\([DOPQ])|\x1b\(I")
_SHIFTS = ((re.compile(rb"\x1b\$\)C[^\x0e]*\x0e", re.DOTALL), "iso-2022-kr"),
           (re.compile(rb"\x1b\$[)*][AEGH][^\x0e]*\x0e", re.DOTALL), "iso-2022-cn"))  # fmt: skip
_EIGHT_BIT = bytes(range(0x80, 0x100))
_HZ_RUN = re.compile(rb"~\{((?:[\x21-\x77][\x21-\x7e])+)~\}")
# Lead bytes of the signs, alphabets and Han characters of GB 2312 that are in daily use.
_HZ_COMMON = frozenset((*range(0x21, 0x2A), *range(0x30, 0x58)))
_ALPHANUMERIC = re.compile(rb"[0-9A-Z]*")


def shown(body: bytes) -> str:
    """The encoding that the bytes of `body` show, by the standard's name; "" for none of these."""
    if body.find(b"\x00", 0, _LOOKED_AT) >= 0 and (name := _wide(body[:_LOOKED_AT])):
        return name
    return seven_bit(body) if body.isascii() else ""


def seven_bit(body: bytes) -> str:
    """The seven-bit encoding of East Asia that `body` shows, stray bytes allowed; "" for none."""
    may_switch, may_be_hz = b"\x1b" in body, b"~" in body and b"~{" in body
    if not (may_switch or may_be_hz) or not _is_seven_bit(body):
        return ""
    if may_switch and (name := _escaped(body)):
        return name
    return "hz-gb-2312" if may_be_hz and _is_hz(body) else ""


def _wide(head: bytes) -> str:
    """UTF-16 or UTF-32 by where the NULs and the markup stand."""
    nuls = [head[at::4].count(0) for at in range(4)]
    if sum(nuls) > 0.6 * len(head):
        little, big = nuls[3] > 2 * nuls[0], nuls[0] > 2 * nuls[3]
        return "utf-32le" if little else "utf-32be" if big else ""
    even, odd = nuls[0] + nuls[2], nuls[1] + nuls[3]
    low = sum(mark.start() % 2 == 0 for mark in _LITTLE.finditer(head))
    high = sum(mark.start() % 2 == 0 for mark in _BIG.finditer(head))
    plain = len(_PLAIN.findall(head))  # markup of other text; some letters look like it, too
    if max(low, high) > 4 * plain + 1:
        return "utf-16le" if low > high else "utf-16be"
    if plain:
        return ""
    if even + odd < _UNMARKED * len(head) or min(even, odd) * 10 > max(even, odd):
        return ""
    return "utf-16le" if odd > even else "utf-16be"


def _escaped(body: bytes) -> str:
    """ISO-2022: escape sequences that call other alphabets."""
    if _MULTIBYTE.search(body):
        return "iso-2022-jp"
    return next((name for pattern, name in _SHIFTS if pattern.search(body)), "")


def _is_seven_bit(body: bytes) -> bool:
    """Whether all of `body` is ASCII, but for some stray bytes that are no UTF-8."""
    if body.isascii():
        return True
    if len(body) - len(body.translate(None, _EIGHT_BIT)) > len(body) // 100:
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _is_hz(body: bytes) -> bool:
    """Whether `body` has runs of Chinese text between `~{` and `~}` (RFC 1843)."""
    pairs = b"".join(run[1] for run in _HZ_RUN.finditer(body))
    leads = pairs[::2]
    if len(leads) < 4 or _ALPHANUMERIC.fullmatch(pairs):
        return False
    return sum(lead in _HZ_COMMON for lead in leads) > 0.7 * len(leads)
