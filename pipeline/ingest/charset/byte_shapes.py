"""Encodings that their bytes betray, whatever any label says.

In UTF-16 and UTF-32 the markup has a NUL in every second byte, or three in every fourth; the
seven-bit encodings of East Asia switch alphabets by escape sequences that stand in no other text.
Read as ASCII they would be no text at all.
"""

import re

_LOOKED_AT = 1 << 16  # bytes of a body
_MARKUP_SHARE = 0.05  # of the characters: markup and spaces, even on a page of Han characters
_MULTIBYTE = re.compile(rb"\x1b\$(?:[@B]|\([DOPQ])|\x1b\(I")
_SHIFTS = ((re.compile(rb"\x1b\$\)C[^\x0e]*\x0e", re.DOTALL), "iso-2022-kr"),
           (re.compile(rb"\x1b\$[)*][AEGH][^\x0e]*\x0e", re.DOTALL), "iso-2022-cn"))  # fmt: skip
_EIGHT_BIT = bytes(range(0x80, 0x100))
_HZ_RUN = re.compile(rb"~\{((?:[\x21-\x77][\x21-\x7e])+)~\}")
# Lead bytes of the signs, alphabets and Han characters of GB 2312 that are in daily use.
_HZ_COMMON = frozenset((*range(0x21, 0x2A), *range(0x30, 0x58)))


def shown(body: bytes) -> str:
    """The encoding that the bytes of `body` show, by the standard's name; "" for none of these."""
    if body.find(b"\x00", 0, _LOOKED_AT) >= 0 and (name := _wide(body[:_LOOKED_AT])):
        return name
    if body.find(b"\x1b", 0, _LOOKED_AT) >= 0 and (name := _escaped(body)):
        return name
    return "hz-gb-2312" if b"~" in body and b"~{" in body and _is_hz(body) else ""


def _wide(head: bytes) -> str:
    """UTF-16 or UTF-32 by where the NULs of the markup stand."""
    nuls = [head[at::4].count(0) for at in range(4)]
    least = max(1, int(_MARKUP_SHARE * len(head) / 4))
    shares = tuple(count >= least for count in nuls)
    if sum(nuls) > 0.6 * len(head):
        return {(False, True): "utf-32le", (True, False): "utf-32be"}.get(
            (shares[0], shares[3]), ""
        )
    even, odd = nuls[0] + nuls[2], nuls[1] + nuls[3]
    if min(even, odd) * 10 > max(even, odd) or max(even, odd) < 2 * least:
        return ""
    return "utf-16le" if odd > even else "utf-16be"


def _escaped(body: bytes) -> str:
    """ISO-2022: seven-bit text with escape sequences that call other alphabets."""
    eight_bit = len(body) - len(body.translate(None, _EIGHT_BIT))
    if eight_bit > len(body) // 100:
        return ""
    if _MULTIBYTE.search(body):
        return "iso-2022-jp"
    return next((name for pattern, name in _SHIFTS if pattern.search(body)), "")


def _is_hz(body: bytes) -> bool:
    """Whether `body` is seven-bit with runs of Chinese text between `~{` and `~}` (RFC 1843)."""
    if not body.isascii():
        return False
    leads = b"".join(run[1][::2] for run in _HZ_RUN.finditer(body))
    return len(leads) >= 4 and sum(lead in _HZ_COMMON for lead in leads) > 0.7 * len(leads)
