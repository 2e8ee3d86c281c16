"""Bytes of a page to text: which encoding, how it was found, wrong labels repaired.

The order is that of the WHATWG encoding standard (byte order mark, HTTP header, `<meta>`), then detection;
labels are those of the standard. Valid UTF-8 beats every label: other text hardly ever is by chance.
"""

import codecs
import re
from typing import NamedTuple

import webencodings
from resiliparse.parse.encoding import detect_encoding

_META = re.compile(
    rb"""<(?:meta\b[^>]{0,512}?charset|\?xml\b[^>]{0,128}?encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.()-]{2,40})""",
    re.IGNORECASE,
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.()-]{2,40})", re.IGNORECASE)
META_BYTES = 4_096  # the standard says 1,024; real pages put scripts first
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
# Python's codecs of these labels are narrower than what the standard decodes under the same name.
_WIDER = {"gbk": "gb18030", "euc-kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs"}


class Decoded(NamedTuple):
    text: str
    charset: str  # WHATWG name
    how: str  # bom | http | meta | detected | repaired | default


def decode(body: bytes, content_type: str) -> Decoded:
    """`body` as text that can be written as UTF-8: no lone surrogates, no NUL."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return Decoded(_without_nul(body[len(bom) :].decode(name, "replace")), name, "bom")
    labels = _labels(body, content_type)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(body, labels)
    if labels and labels[0][0] in _STATEFUL:
        return _legacy(body, labels)
    how = next((how for name, how in labels if name == "utf-8"), "")
    if not how:
        if text.isascii():
            return Decoded(_without_nul(text), *(labels[0] if labels else ("utf-8", "default")))
        how = "repaired" if labels else "detected"
    return Decoded(_without_nul(text), "utf-8", how)


_STATEFUL = ("iso-2022-jp", "utf-16le", "utf-16be", "hz-gb-2312")


def _labels(body: bytes, content_type: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    header = _HEADER.search(content_type)
    name = _name(header.group(1)) if header else ""
    if name:
        found.append((name, "http"))
    meta = _META.search(body, 0, META_BYTES)
    name = _name(meta.group(1).decode("ascii")) if meta else ""
    if name:
        # A page that says UTF-16 in ASCII bytes is not (WHATWG, prescan, step 15).
        found.append(("utf-8" if name.startswith("utf-16") else name, "meta"))
    return found


def _name(label: str) -> str:
    encoding = webencodings.lookup(label)
    return encoding.name if encoding is not None and encoding.name != "replacement" else ""


def _legacy(body: bytes, labels: list[tuple[str, str]]) -> Decoded:
    for name, how in labels:
        if name != "utf-8":
            try:
                return Decoded(_without_nul(body.decode(_WIDER.get(name, name))), name, how)
            except (UnicodeDecodeError, LookupError):
                continue
    guess = detect_encoding(body) or "windows-1252"
    name = _name(guess) or "windows-1252"
    text = body.decode(_WIDER.get(name, name), "replace")
    return Decoded(_without_nul(text), name, "repaired" if labels else "detected")


def _without_nul(text: str) -> str:
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def repaired(text: str) -> str:
    """`text` as it can be written as UTF-8: surrogate pairs joined, lone ones and NULs replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _without_nul(text)
