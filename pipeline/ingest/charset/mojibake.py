"""Text that was decoded wrongly before it was written, and text that UTF-8 cannot hold."""

import re

import ftfy
from ftfy.badness import is_bad

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
# The same in UTF-8, but for what stands around it.
_MAY_MATCH = re.compile(
    rb"\xc3(?:[\x82-\xb0]\xc2[\x80-\x9f]|\x82\xc2[\xa0-\xbf]|\xa2\xe2\x82\xac|\xb0\xc5\xb8"
    rb"|[\x83\x90\x91][\xc2\xc5\xc6\xe2])"
)
_EDGE = re.compile(r"[<>\n]")  # where a run of text ends that was decoded as one


def unmangled(text: str, body: bytes) -> str:
    """`text` with the runs put right that were decoded wrongly before they were written to `body`.

    Single runs may look right by chance, so one that does not speaks for all of the page.
    """
    if b"\xc3" not in body or not _MAY_MATCH.search(body):
        return text
    places = _mangled_runs(text)
    if any(is_bad(text[start:stop]) for start, stop in places):
        return _with_runs_fixed(text, places)
    return text


def _with_runs_fixed(text: str, places: list[tuple[int, int]]) -> str:
    parts, done = [], 0
    for start, stop in places:
        parts += [text[done:start], ftfy.fix_encoding(text[start:stop])]
        done = stop
    return "".join([*parts, text[done:]])


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
