"""Wrong labels of the ISO 8859 family, told by the control characters that they would make.

No text holds the control characters 0x80 to 0x9F of ISO 8859; the Windows code pages have quotes,
dashes and letters there. Which page it is, or whether only the signs were pasted, is told by how
odd the words are that each reading makes.
"""

import re

from pipeline.ingest.charset.encodings import decoded_by

# The Windows page that serves the same languages.
_WINDOWS = {
    "iso-8859-2": "windows-1250", "iso-8859-3": "windows-1254", "iso-8859-4": "windows-1257",
    "iso-8859-5": "windows-1251", "iso-8859-6": "windows-1256", "iso-8859-7": "windows-1253",
    "iso-8859-8": "windows-1255", "iso-8859-8-i": "windows-1255", "iso-8859-10": "windows-1257",
    "iso-8859-13": "windows-1257", "iso-8859-14": "windows-1252", "iso-8859-15": "windows-1252",
    "iso-8859-16": "windows-1250", **{f"windows-125{at}": f"windows-125{at}" for at in range(9)},
}  # fmt: skip
_DOUBLE_BYTE = ("gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr")
_CONTROL = re.compile("[\x80-\x84\x86-\x9f]")  # next line is no betrayal
_OTHER_SCRIPTS = "\u0370-\u06ff"
_ODD = re.compile(
    f"[A-Za-z\u00c0-\u024f][{_OTHER_SCRIPTS}]|[{_OTHER_SCRIPTS}][A-Za-z\u00c0-\u024f]"
    "|[a-z][\u2e80-\uffdc][a-z]"
    "|(?<=[^\\W\\d_])[\x80-\x9f\u00a1-\u00ac\u00ae-\u00b6\u00b8-\u00bf\u00d7\u00f7\u2020-\u2022\u2030\u20ac\u2122](?=[^\\W\\d_])"
    "|(?<=[a-z\u00df-\u00f6])[\u00c0-\u00de\u0160\u017d]|\ufffd"
)


def betrayed(text: str, name: str) -> bool:
    """Whether `text` holds what no text in the encoding `name` does, from which it was decoded."""
    return name in _WINDOWS and ("\ufffd" in text or _CONTROL.search(text) is not None)


def relabelled(body: bytes, name: str, detected: str) -> tuple[str, str]:
    """The least odd reading of a `body` that betrays its label, and the name of its encoding."""
    eight_bit = (_WINDOWS[name], name, "windows-1252", detected, "macintosh")
    names = (detected, *eight_bit) if detected in _DOUBLE_BYTE else eight_bit
    readings = [(_reading(body, each), each) for each in dict.fromkeys(names) if each]
    return min(readings, key=lambda reading: len(_ODD.findall(reading[0])))


def _reading(body: bytes, name: str) -> str:
    """`body` by its label, but what that makes control characters by the Windows page."""
    text = decoded_by(body, name)
    windows = _WINDOWS.get(name, name)
    return _CONTROL.sub(lambda found: decoded_by(found[0].encode("latin-1"), windows), text)
