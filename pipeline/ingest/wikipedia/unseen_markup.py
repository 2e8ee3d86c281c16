"""What is cut from wikitext before it is parsed: comments, references and tables.

None of them is shown, and parsing them would cost as much as all the rest. One pass in linear time:
a closing tag that has not been found once is not looked for again.
"""

import re

# Beginnings of what is cut, and of what is kept as it stands, so that nothing in it is cut.
_TOKEN = re.compile(
    r"<!--|<(?P<tag>ref)(?:\s[^<>]*|/)?>|<(?P<kept>nowiki|syntaxhighlight|source|pre|math)\b[^<>]*>",
    re.IGNORECASE,
)
_CLOSING = {
    name: re.compile(rf"</{name}\s{{0,99}}>" if name else "-->", re.IGNORECASE)
    for name in ("", "ref", "nowiki", "syntaxhighlight", "source", "pre", "math")
}
_TABLE = re.compile(r"(?m)^[ \t:*#]*\{\|(?![|}])|^[ \t]*\|\}(?!\})")


def without_unseen(wikitext: str) -> str:
    """`wikitext` without comments, references and whole tables."""
    return _without_tables(_without_references(wikitext))


def _without_references(text: str) -> str:
    parts: list[str] = []
    done = at = 0
    missing: set[str] = set()
    while (found := _TOKEN.search(text, at)) is not None:
        kept = found["kept"]
        whole = found.group().endswith("/>")
        stop = found.end() if whole else _closed(text, found, missing)
        if stop < 0:
            at = found.end()
        elif kept:
            at = stop
        else:
            parts.append(text[done : found.start()])
            done = at = stop
    return "".join([*parts, text[done:]])


def _closed(text: str, opening: re.Match[str], missing: set[str]) -> int:
    """Where what `opening` opens is closed again; -1 if it is not."""
    name = (opening["kept"] or opening["tag"] or "").lower()
    found = None if name in missing else _CLOSING[name].search(text, opening.end())
    if found is None:
        missing.add(name)
        return -1
    return found.end()


def _without_tables(text: str) -> str:
    """`text` without tables that are closed; the outermost take those in them along."""
    parts: list[str] = []
    done = 0
    opened: list[int] = []
    spans: list[tuple[int, int]] = []
    for found in _TABLE.finditer(text):
        if found.group().endswith("{|"):
            opened.append(found.start())
        elif opened:
            spans.append((opened.pop(), found.end()))
    for start, stop in sorted(spans):
        if start >= done:
            parts.append(text[done:start])
            done = stop
    return "".join([*parts, text[done:]])
