"""What wikitext would cost its parser, reckoned before it sees it.

mwparserfromhell follows what opens to its end; where it is not closed, it goes back and begins
anew behind the opening. So an opening that nothing closes costs all that comes after it (measured:
20 to 200 ns a character), as an equals sign costs the rest of a heading's line. A list mark or a
link takes about 35 µs.
"""

import re
from collections import defaultdict

MOST_MARKS = 150_000  # openings, closings, list marks
MOST_UNREAD = 20_000_000  # characters after unclosed openings, summed up
_AT_ONCE = 2  # openings in a run of brackets that the parser begins with; it gives up many at once
_MARK = re.compile(
    r"(?P<run>\{{2,}|\}{2,}|\[+|\]+)|<(?P<end>/?)(?P<tag>[a-zA-Z][\w-]*)(?P<rest>[^<>]*)(?P<whole>>?)"
    r"|(?P<comment><!--)|^[ \t:*#;|!]*(?P<table>\{\||\|\}(?!\}))|^(?P<items>[:*#;]+)|^(?:=+|-{4})|&|://",
    re.MULTILINE,
)
_SINGLE = frozenset(
    {"br", "hr", "wbr", "img", "meta", "link", "li", "dd", "dt", "td", "th", "tr", "p"}
)


def is_costly(wikitext: str) -> bool:
    """Whether a parser should not see it."""
    headings = (line for line in wikitext.split("\n") if line.startswith("="))
    if sum(line.count("=") * len(line) for line in headings) > MOST_UNREAD:
        return True
    openings = sum(map(wikitext.count, ("{", "[", "<")))
    if len(wikitext) <= MOST_MARKS and openings * len(wikitext) <= MOST_UNREAD:
        return False
    return _Marks(wikitext).is_costly()


class _Marks:
    """The openings of a text that are not closed yet, by what closes them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: defaultdict[str, list[int]] = defaultdict(list)
        self._unread = 0

    def is_costly(self) -> bool:
        size = len(self._text)
        count = 0
        for found in _MARK.finditer(self._text):
            count += self._count(found)
            if count > MOST_MARKS or self._unread > MOST_UNREAD:
                return True
        left = sum(size - at for places in self._open.values() for at in places)
        return self._unread + left > MOST_UNREAD

    def _count(self, found: re.Match[str]) -> int:
        """Takes a mark in; as how many marks it counts."""
        at = found.start()
        if run := found["run"]:
            return self._run(run, at)
        if name := found["tag"]:
            self._tag(name.lower(), found, at)
        elif found["comment"]:
            self._unread += len(self._text) - at
        elif table := found["table"]:
            self._open_or_close("{|", table == "{|", at)
        return len(found["items"] or "-")

    def _run(self, run: str, at: int) -> int:
        kind = "{" if run[0] in "{}" else "["
        opens = run[0] == kind
        for _ in range(min(len(run) // 2, _AT_ONCE) or 1 if opens else len(run) // 2 or 1):
            self._open_or_close(kind, opens, at)
        return len(run) // 2

    def _tag(self, name: str, found: re.Match[str], at: int) -> None:
        rest = found["rest"]
        if not found["whole"] or rest.count('"') % 2:
            self._unread += len(self._text) - at
        elif not rest.endswith("/") and name not in _SINGLE:
            self._open_or_close(f"<{name}", not found["end"], at)

    def _open_or_close(self, kind: str, opens: bool, at: int) -> None:
        if opens:
            self._open[kind].append(at)
        elif self._open[kind]:
            self._open[kind].pop()
