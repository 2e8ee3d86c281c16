"""Python's codecs by the names of the WHATWG encoding standard, and what they leave out.

Encodings that browsers refuse for safety's sake (HZ, ISO-2022-KR) and old ones that the standard
does not know (IBM's code pages, Johab) are decoded all the same: text is text.
"""

import codecs
import re
from functools import lru_cache

import webencodings

# Python's codecs of these labels are narrower than what the standard decodes under the same name.
_CODECS = {
    "gbk": "gb18030",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso-2022-jp": "iso2022_jp_ext",
    "hz-gb-2312": "hz",
}
_ERRORS = {
    "euc-jp": "vendor_kanji",
    "iso-2022-jp": "seven_bit_vendor_kanji",
    "hz-gb-2312": "bare_tilde",
}
# Labels of encodings that the standard replaces by an error message.
_REFUSED = {
    "hz-gb-2312": "hz-gb-2312",
    "csiso2022kr": "iso-2022-kr",
    "iso-2022-kr": "iso-2022-kr",
    "iso-2022-cn": "iso-2022-cn",
    "iso-2022-cn-ext": "iso-2022-cn",
}
_OLD = re.compile(r"(?:cp|mac|koi8|kz|ptcp|johab|utf-32|hp|euc|shift|iso2022_jp|hz)")
_UNREADABLE = ("x-user-defined", "replacement")
_SHIFTED = {"iso-2022-kr": "euc_kr", "iso-2022-cn": "gb2312"}
_DESIGNATION = re.compile(rb"\x1b\$[)*+][A-Z]")
_UNREAD = re.compile(rb"\x1b\$[)*+][G-M]")
_SHIFTED_RUN = re.compile(rb"\x0e([^\x0f\r\n]*)\x0f?")


@lru_cache(maxsize=1_024)
def name_of(label: str) -> str:
    """The standard's name of a label, else Python's; "" where it names nothing that we decode."""
    label = label.strip().lower()
    if refused := _REFUSED.get(label):
        return refused
    encoding = webencodings.lookup(label)
    if encoding is not None:
        return "" if encoding.name in _UNREADABLE else str(encoding.name)
    try:
        name = codecs.lookup(label).name
        is_ascii = b"<p>".decode(name) == "<p>" or name.startswith("utf-32")  # no EBCDIC
    except (LookupError, ValueError, TypeError):  # a label may hold a NUL, or name no text
        return ""
    if known := webencodings.lookup(name):
        return str(known.name)
    return name if is_ascii and _OLD.match(name) else ""


def is_standard(name: str) -> bool:
    """Whether the standard knows the encoding of that name."""
    return webencodings.lookup(name) is not None


def decoded_by(body: bytes, name: str) -> str:
    """`body` by the encoding of that name, U+FFFD for what it does not decode."""
    if name in _SHIFTED:
        return _by_shifts(body, _SHIFTED[name])
    known = webencodings.lookup(name)
    codec = _CODECS.get(name) or (known.codec_info.name if known else name)
    return body.decode(codec, _ERRORS.get(name, "replace"))


def _by_shifts(body: bytes, codec: str) -> str:
    """Seven-bit text with runs of double bytes between shift out and shift in (ISO/IEC 2022).

    Runs of CNS 11643, which nothing here decodes, are U+FFFD.
    """
    parts, done = [], 0
    codec = "ascii" if _UNREAD.search(body) else codec
    body = _DESIGNATION.sub(b"", body)
    for run in _SHIFTED_RUN.finditer(body):
        parts.append(body[done : run.start()].decode("ascii", "replace"))
        parts.append(bytes(byte | 0x80 for byte in run[1]).decode(codec, "replace"))
        done = run.end()
    return "".join([*parts, body[done:].decode("ascii", "replace")])


def _vendor_kanji(error: UnicodeError) -> tuple[str, int]:
    """The rows that makers added to JIS X 0208, circled digits among them, by way of Shift_JIS."""
    assert isinstance(error, UnicodeDecodeError)
    row, cell = (byte - 0x80 for byte in _pair(error))
    return _kanji(row, cell, error.start)


def _seven_bit_vendor_kanji(error: UnicodeError) -> tuple[str, int]:
    """The same in ISO-2022-JP, where the bytes of a pair are below 0x80."""
    assert isinstance(error, UnicodeDecodeError)
    row, cell = _pair(error)
    return _kanji(row, cell, error.start)


def _pair(error: UnicodeDecodeError) -> bytes:
    return error.object[error.start : error.start + 2].ljust(2, b"\0")


def _kanji(row: int, cell: int, start: int) -> tuple[str, int]:
    if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
        return "\ufffd", start + 1
    lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
    trail = cell + (0x7E if row % 2 == 0 else 0x1F + (cell > 0x5F))
    return bytes((lead, trail)).decode("cp932", "replace")[:1], start + 2


def _bare_tilde(error: UnicodeError) -> tuple[str, int]:
    """A tilde that nobody has doubled, as in addresses."""
    assert isinstance(error, UnicodeDecodeError)
    sign = error.object[error.start : error.start + 1]
    return "~" if sign == b"~" else "\ufffd", error.start + 1


codecs.register_error("vendor_kanji", _vendor_kanji)
codecs.register_error("seven_bit_vendor_kanji", _seven_bit_vendor_kanji)
codecs.register_error("bare_tilde", _bare_tilde)
