"""A body to text: the order in which the evidence for its encoding counts.

A byte order mark is believed; then bytes that betray their encoding; then valid UTF-8, which other
text hardly ever is by chance; then labels, in the order of the WHATWG encoding standard (HTTP
header, `<meta>`), as far as the text reads like text of that encoding; then detection. Pages that
glue pieces in UTF-8 and in an 8-bit encoding together are read as both.
"""

import codecs
import re
from typing import NamedTuple

from resiliparse.parse.encoding import detect_encoding

from pipeline.ingest.charset.byte_shapes import seven_bit, shown
from pipeline.ingest.charset.declared import declared
from pipeline.ingest.charset.encodings import decoded_by, is_standard, name_of
from pipeline.ingest.charset.latin import betrayed, relabelled
from pipeline.ingest.charset.mojibake import unmangled

# A label is right while at most this share of what is not ASCII cannot be decoded with it.
MAX_BAD = 0.05
# Text is UTF-8 with foreign bytes in it while at least this share of what is not ASCII is valid.
MIN_MIXED = 0.7
# Pages in a Western language have fewer accented letters than this; over it the label is wrong.
MAX_ACCENTED = 0.12

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32le"),
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_FIRST_OF_MARKS = frozenset(bom[:1] for bom, _ in _BOMS)
# The detector's names that nobody else knows; MacCyrillic is a slip for windows-1251.
_SPOKEN = {"cp949": "euc-kr", "cp932": "shift_jis", "mac-cyrillic": "windows-1251"}
_WESTERN = ("windows-1252", "windows-1254", "iso-8859-15", "iso-8859-3", "macintosh")
_SEVEN_BIT = ("iso-2022-jp", "iso-2022-kr", "iso-2022-cn", "hz-gb-2312")
_WIDE = ("utf-16", "utf-32")
_FOREIGN = re.compile("[\udc80-\udcff]")  # bytes that surrogateescape could not decode


class Decoded(NamedTuple):
    """Text that can be written as UTF-8 (no lone surrogates, no NUL), and how it was had."""

    text: str
    charset: str  # WHATWG name, Python's where the standard has none
    how: str  # bom | http | meta | detected | repaired | default
    utf8: bytes | None = None  # the text as UTF-8, where that is what was read

    def encoded(self) -> bytes:
        """The text as UTF-8, which of most pages needs no encoding."""
        return self.text.encode() if self.utf8 is None else self.utf8


def decode(body: bytes, content_type: str) -> Decoded:
    """`body` as text, by its bytes and by the labels in `content_type` and in itself.

    NULs go, as a browser leaves them out of text.
    """
    decoded = _decoded(body, content_type)
    if b"\x00" in body:
        return decoded._replace(text=decoded.text.replace("\x00", ""), utf8=None)
    return decoded


def _decoded(body: bytes, content_type: str) -> Decoded:
    if body[:1] in _FIRST_OF_MARKS:
        if marked := _marked(body):
            return marked
        body = body.removeprefix(codecs.BOM_UTF8)
    labels = declared(body, content_type)
    if name := shown(body):
        how = next((how for label, how in labels if label == name), "")
        return Decoded(decoded_by(body, name), name, how or _unlabelled(labels))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        decoded = _mixed(body, labels) or _legacy(body, labels)
    else:
        decoded = _valid(text, labels)
        if decoded.text is text:
            decoded = decoded._replace(utf8=body)
    if decoded.charset != "utf-8":
        return decoded
    text = unmangled(decoded.text, body)
    return decoded if text is decoded.text else Decoded(text, "utf-8", "repaired")


def _marked(body: bytes) -> Decoded | None:
    """`body` by its byte order mark, where what follows reads so."""
    for bom, name in _BOMS:
        if body.startswith(bom) and _is_marked(text := decoded_by(body[len(bom) :], name), body):
            return Decoded(text, name, "bom")
    return None


def _is_marked(text: str, body: bytes) -> bool:
    """Whether `text` reads like what the mark of `body` promises: with its markup, and whole."""
    return ("<" in text or b"<" not in body) and text.count("\ufffd") <= MAX_BAD * len(text)


def _unlabelled(labels: list[tuple[str, str]]) -> str:
    """How an encoding was found that no label names."""
    return "repaired" if labels else "detected"


def _valid(text: str, labels: list[tuple[str, str]]) -> Decoded:
    """Text that has proved to be UTF-8, with where that was declared."""
    how = next((how for name, how in labels if name == "utf-8"), "")
    if how:
        return Decoded(text, "utf-8", how)
    if text.isascii():
        name, how = labels[0] if labels else ("utf-8", "default")
        if name in _SEVEN_BIT and "\ufffd" not in (shifted := decoded_by(text.encode(), name)):
            return Decoded(shifted, name, how)
        return Decoded(text, "utf-8" if name.startswith(_WIDE) else name, how)
    return Decoded(text, "utf-8", _unlabelled(labels))


def _mixed(body: bytes, labels: list[tuple[str, str]]) -> Decoded | None:
    """UTF-8 with a few bytes of an 8-bit encoding in it; None where most of it is not UTF-8."""
    text = body.decode("utf-8", "ignore")
    foreign, valid = len(body) - len(text.encode()), _beyond_ascii(text)
    if valid < MIN_MIXED * (valid + foreign):
        return None
    eight_bit = next((name for name, _ in labels if name in _EIGHT_BIT), "windows-1252")
    text = body.decode("utf-8", "surrogateescape")
    text = _FOREIGN.sub(lambda found: _byte(found.group(), eight_bit), text)
    return Decoded(text, "utf-8", "repaired")


_EIGHT_BIT = frozenset(
    [f"windows-125{i}" for i in range(9)] + [f"iso-8859-{i}" for i in range(2, 17)] + ["koi8-r"]
)


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _byte(escaped: str, name: str) -> str:
    return decoded_by(bytes([ord(escaped) - 0xDC00]), name)


def _legacy(body: bytes, labels: list[tuple[str, str]]) -> Decoded:
    """`body` by the first label that fits it, else by what its bytes look like."""
    if name := seven_bit(body):
        return Decoded(decoded_by(body, name), name, _unlabelled(labels))
    for name, how in labels:
        if name.startswith(_WIDE):
            continue  # its bytes would have shown it
        text = decoded_by(body, name)
        if not _fits(text, name):
            continue
        if not betrayed(text, name):
            return Decoded(text, name, how)
        right, right_name = relabelled(body, name, _detected(body))
        return Decoded(right, right_name, how if right == text else "repaired")
    name = _detected(body)
    if name in ("", "utf-8"):
        unread = (name for name, _ in labels if not name.startswith(("utf-", *_SEVEN_BIT)))
        name = next(unread, "windows-1252")
    text = decoded_by(body, name)
    if betrayed(text, name):
        text, name = relabelled(body, name, "")
    return Decoded(text, name, _unlabelled(labels))


def _detected(body: bytes) -> str:
    """What the bytes look like; "" if nothing. The detector answers in Python's names."""
    found = (detect_encoding(body, html5_compatible=False) or "").lower().replace("_", "-")
    name = name_of(_SPOKEN.get(found, found))
    return name if is_standard(name) else ""  # nobody writes pages in IBM's code pages


def _fits(text: str, name: str) -> bool:
    """Whether `text` reads like text of the encoding it was decoded by."""
    beyond = _beyond_ascii(text)
    if text.count("\ufffd") > MAX_BAD * beyond:
        return False
    if name not in _WESTERN or beyond < 32:
        return True
    return beyond <= MAX_ACCENTED * len(text)
