"""Bytes of a page to text: which encoding, how it was found, wrong labels and mojibake repaired.

The order is that of the WHATWG encoding standard (byte order mark, HTTP header, `<meta>`), then
detection; labels are those of the standard. Valid UTF-8 beats every label: other text hardly ever
is by chance. Pages that glue pieces in UTF-8 and in an 8-bit encoding together are read as both.
"""

import codecs
import re
from functools import lru_cache
from typing import NamedTuple

import ftfy
import webencodings
from ftfy.badness import is_bad
from resiliparse.parse.encoding import detect_encoding

META_BYTES = 4_096  # the standard says 1,024; real pages put scripts first
# A label is right while at most this share of what is not ASCII cannot be decoded with it.
MAX_BAD = 0.05
# Text is UTF-8 with foreign bytes in it while at least this share of what is not ASCII is valid.
MIN_MIXED = 0.7
# Pages in a Western language have fewer accented letters than this; over it the label is wrong.
MAX_ACCENTED = 0.12

_META = re.compile(
    rb"<(?:meta\b[^>]{0,512}?charset|\?xml\b[^>]{0,128}?encoding)\s*=\s*[\"']?\s*([\w:.()-]{2,40})",
    re.IGNORECASE,
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w:.()-]{2,40})", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
# Python's codecs of these labels are narrower than what the standard decodes under the same name.
_WIDER = {"gbk": "gb18030", "euc-kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs"}
_STATEFUL = ("iso-2022-jp", "utf-16le", "utf-16be")
# The detector's names that the standard does not know; MacCyrillic is a slip for windows-1251.
_SPOKEN = {"cp949": "euc-kr", "cp932": "shift_jis", "mac-cyrillic": "windows-1251"}
_CODEC = re.compile(r"\Acp125(\d)\Z")
_WESTERN = ("windows-1252", "iso-8859-15", "iso-8859-3", "macintosh")
_FOREIGN = re.compile("[\udc80-\udcff]")  # bytes that surrogateescape could not decode

# UTF-8 that was read as windows-1252 and written as UTF-8 again. Lead bytes become letters, trail
# bytes signs or control characters, which stand nowhere else. Where it cannot be a quotation of
# mojibake: with a control character, with a sign that follows no such letter in any language, or
# inside a word.
_TRAIL = "[\u0080-\u00bf\u0152-\u0192\u2013-\u203a\u20ac\u2122]"
_MANGLED = re.compile(
    "[\u00c2-\u00df\u00e0-\u00f0](?:"
    "[\u0080-\u009f]|(?<=\u00c2)[\u00a0-\u00bf]|(?<=\u00e2)\u20ac|(?<=\u00f0)\u0178"
    f"|(?<=[A-Za-z][\u00c3\u00d0\u00d1]){_TRAIL}"
    f"|(?<=[\u00c3\u00d0\u00d1]){_TRAIL}(?=[A-Za-z\u00c3\u00d0\u00d1]))"
)
_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
_LEADS = "ÂÃÐÑâð"  # letters that a match without control characters begins with
_EDGE = re.compile(r"[<>\n]")  # where a run of text ends that was decoded as one


class Decoded(NamedTuple):
    """Text that can be written as UTF-8 (no lone surrogates, no NUL), and how it was had."""

    text: str
    charset: str  # WHATWG name
    how: str  # bom | http | meta | detected | repaired | default


def decode(body: bytes, content_type: str) -> Decoded:
    """`body` as text, by the label in `content_type`, in the body, or by its bytes."""
    decoded = _decoded(body, content_type)
    if b"\x00" in body:
        return decoded._replace(text=decoded.text.replace("\x00", "\ufffd"))
    return decoded


def _decoded(body: bytes, content_type: str) -> Decoded:
    for bom, name in _BOMS:
        if body.startswith(bom):
            return Decoded(body[len(bom) :].decode(name, "replace"), name, "bom")
    labels = _labels(body, content_type)
    if labels and labels[0][0] in _STATEFUL:
        return _legacy(body, labels)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        mixed = _mixed(body, labels)
        return _unmangled(mixed, body) if mixed else _legacy(body, labels)
    return _unmangled(_valid(text, labels), body)


def _valid(text: str, labels: list[tuple[str, str]]) -> Decoded:
    """Text that has proved to be UTF-8, with where that was declared."""
    how = next((how for name, how in labels if name == "utf-8"), "")
    if how:
        return Decoded(text, "utf-8", how)
    if text.isascii():
        name, how = labels[0] if labels else ("utf-8", "default")
        return Decoded(text, name, how)
    return Decoded(text, "utf-8", "repaired" if labels else "detected")


def _labels(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """The encodings that are declared, strongest first, with where."""
    found: list[tuple[str, str]] = []
    header = _HEADER.search(content_type) if "harset" in content_type else None
    name = _name(header.group(1)) if header else ""
    if name:
        found.append((name, "http"))
    meta = _META.search(body, 0, META_BYTES)
    name = _name(meta.group(1).decode("latin-1")) if meta else ""
    if name:
        # What can be read as ASCII is not UTF-16 (WHATWG HTML, prescan of a byte stream).
        found.append(("utf-8" if name.startswith("utf-16") else name, "meta"))
    return found


@lru_cache(maxsize=1_024)
def _name(label: str) -> str:
    """The standard's name of a label; "" where it knows none."""
    encoding = webencodings.lookup(label)
    unusable = encoding is None or encoding.name in ("replacement", "x-user-defined")
    return "" if unusable else str(encoding.name)


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
    return bytes([ord(escaped) - 0xDC00]).decode(name, "replace")


def _legacy(body: bytes, labels: list[tuple[str, str]]) -> Decoded:
    """`body` by the first label that fits it, else by what its bytes look like."""
    for name, how in labels:
        text = _by(body, name)
        if _fits(text, name):
            return Decoded(text, name, how)
    name = _detected(body)
    if name in ("", "utf-8"):
        name = next((name for name, _ in labels if name != "utf-8"), "windows-1252")
    return Decoded(_by(body, name), name, "repaired" if labels else "detected")


def _detected(body: bytes) -> str:
    """What the bytes look like; "" if nothing. The detector answers in Python's names."""
    found = (detect_encoding(body, html5_compatible=False) or "").lower().replace("_", "-")
    return _name(_CODEC.sub(r"windows-125\1", _SPOKEN.get(found, found)))


def _by(body: bytes, name: str) -> str:
    codec = _WIDER.get(name) or webencodings.lookup(name).codec_info.name
    return body.decode(codec, "replace")


def _fits(text: str, name: str) -> bool:
    """Whether `text` reads like text of the encoding it was decoded by."""
    beyond = _beyond_ascii(text)
    if text.count("\ufffd") > MAX_BAD * beyond:
        return False
    if name not in _WESTERN or beyond < 32:
        return True
    return beyond <= MAX_ACCENTED * len(text)


def _unmangled(decoded: Decoded, body: bytes) -> Decoded:
    """`decoded` with the runs of text put right that were decoded wrongly before they were written.

    Single runs may look right by chance, so one that does not speaks for all of the page.
    """
    text = decoded.text
    if text.isascii() or b"\xc3" not in body:
        return decoded
    if not any(lead in text for lead in _LEADS) and not _CONTROL.search(body):
        return decoded
    places = _mangled_runs(text)
    if not any(is_bad(text[start:stop]) for start, stop in places):
        return decoded
    parts, done = [], 0
    for start, stop in places:
        parts += [text[done:start], ftfy.fix_encoding(text[start:stop])]
        done = stop
    return decoded._replace(text="".join([*parts, text[done:]]), how="repaired")


def _mangled_runs(text: str) -> list[tuple[int, int]]:
    """The runs between tags and line ends that hold mojibake."""
    places: list[tuple[int, int]] = []
    at = 0
    while (found := _MANGLED.search(text, at)) is not None:
        start = max(at, *(text.rfind(edge, at, found.start()) + 1 for edge in "<>\n"))
        edge = _EDGE.search(text, found.end())
        at = edge.start() if edge else len(text)
        places.append((start, at))
    return places


def repaired(text: str) -> str:
    """`text` as it can be written as UTF-8: surrogate pairs joined, lone ones and NULs replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\x00", "\ufffd")
