"""What kind of line a line of a text is: code, a quotation, an item of a list, a row of a table."""

import re
from collections.abc import Iterator, Sequence

from pipeline.dedup.keys import LETTERS

_FENCE = re.compile(r"\s*(?:```|~~~)")
_LIST_ITEM = re.compile(r"\s*(?:[-*+•·‣◦]|\d{1,3}[.)])\s")
_TABLE_ROW = re.compile(r"(?<!\\)\|")
_QUOTATION = re.compile(r"\s*(?:>|[\"“„«‘].*[\"”“»’][.,;!?]?\s*$)")
_CODE = re.compile(
    r"\S {2,}\S+(?: \S+)* {2,}\S|"  # columns: a screen, a table drawn with spaces
    r"[{};\\]\s*$|^\s*(?:[$%]\s|#\w|//|/\*|\*/|@\w|<[/\w!?]|[\])}>.]+\s*$)"
    r"|\w::|->|=>|==|!=|&&|\|\||\+=|\w\(\)|^\s*\w[\w.\[\]]*\s=\s|^\s*(?:int|void|def|class|import|return)\s"
)


def kinds_of(lines: Sequence[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        fence = _FENCE.match(line) is not None
        yield "code" if inside or fence else kind_of(line)
        inside ^= fence


def kind_of(line: str) -> str:
    if not LETTERS.search(line):
        return "none"
    if _LIST_ITEM.match(line):
        return "list"
    if _TABLE_ROW.search(line):
        return "table"
    if _CODE.search(line):
        return "code"
    return "quotation" if _QUOTATION.match(line) else "text"


def runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where flags are true: [start, end) of every run."""
    return ((start, end) for start, end in runs_of(flags) if flags[start])


def runs_of(values: Sequence[object]) -> Iterator[tuple[int, int]]:
    """[start, end) of every run of equal values."""
    start = 0
    for end in range(1, len(values) + 1):
        if end == len(values) or values[end] != values[start]:
            yield start, end
            start = end
