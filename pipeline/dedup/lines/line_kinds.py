"""What a line is by itself: code, a quotation, an item of a list, a heading, a sentence."""

import re
from collections.abc import Iterator, Sequence

from pipeline.dedup.lines.line_forms import LETTERS
from pipeline.text import TERMINAL_MARKS

SENTENCE_WORDS = 8
PARAGRAPH_WORDS = 20  # of a line that is text however it ends
SENTENCE_CHARACTERS = 24  # of a line without spaces between words

_FENCE = re.compile(r"\s*(?:```|~~~)")
_LIST_ITEM = re.compile(r"\s*(?:[-*+•·‣◦]|\d{1,3}[.)])\s")
_TABLE_ROW = re.compile(r"(?<!\\)\|")
_QUOTATION = re.compile(r"\s*(?:>|[\"“„«‘].*[\"”“»’][.,;!?]?\s*$)")
_CODE = re.compile(
    r"\S {2,}\S+(?: \S+)* {2,}\S|"  # columns: a screen, a table drawn with spaces
    r"[{};\\]\s*$|^\s*(?:[$%]\s|#\w|//|/\*|\*/|@\w|<[/\w!?]|[\])}>.]+\s*$)"
    r"|\w::|->|=>|==|!=|&&|\|\||\+=|\w\(\)|^\s*\w[\w.\[\]]*\s=\s|^\s*(?:int|void|def|class|import|return)\s"
)
_CODE_BEGINS, _CODE_ENDS = frozenset("$%#/*@<"), frozenset("{};\\")
_CODE_SIGNS = ("  ", "::", "->", "=", "&&", "||", "()")
_CODE_WORDS = ("int", "void", "def", "class", "import", "return")
_OPTION = re.compile(  # of a command, alone or with its value or what it does behind it
    r"\s*[`*]{0,3}(?:-[A-Za-z?]|--[A-Za-z][\w-]*)(?:[`*]*$|[`*,=<\[|]|\s{2}|\s[<\[-]|\s[A-Z_]{2,}\b)"
)
_REDACTED = re.compile(r"\[(?:email|ip)\]")
_HEADING = re.compile(r"\s*#{1,6}\s")
_CLOSING = "\"'”’»」』)]*_` "
_MARKED = re.compile(r"[,;.!?]\s|[，；、。！？،؛]")
_BREAKS_OFF = re.compile(r"(?:\.\.\.|…)[\])»”\s]*$")


def kinds_of(lines: Sequence[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        fence = _FENCE.match(line) is not None
        yield "code" if inside or fence else kind_of(line)
        inside ^= fence


def kind_of(line: str) -> str:
    if _OPTION.match(line):
        return "code"
    if not LETTERS.search(_REDACTED.sub("", line) if "[" in line else line):
        return "none"
    if _LIST_ITEM.match(line):
        return "list"
    if _TABLE_ROW.search(line):
        return "table"
    if _may_be_code(line) and _CODE.search(line):
        return "code"
    return "quotation" if _QUOTATION.match(line) else "text"


def _may_be_code(line: str) -> bool:
    """Whether a line has any sign that `_CODE` looks for: most have none, and it is slow."""
    bare = line.strip()
    return (
        bare[-1:] in _CODE_ENDS
        or bare[:1] in _CODE_BEGINS
        or any(sign in line for sign in _CODE_SIGNS)
        or bare.startswith(_CODE_WORDS)
    )


def is_heading(line: str) -> bool:
    return _HEADING.match(line) is not None


def breaks_off(line: str) -> bool:
    """Whether a line ends as the beginning of another page's text does."""
    return _BREAKS_OFF.search(line) is not None


def words_of(line: str) -> int:
    """Words of a line; of one without spaces between them, as many as a sentence has."""
    words = line.split()
    packed = 0 < SENTENCE_CHARACTERS * len(words) <= sum(map(len, words))
    return max(len(words), SENTENCE_WORDS) if packed else len(words)


def is_long(line: str) -> bool:
    """Whether a line has as many words as a sentence."""
    return words_of(line) >= SENTENCE_WORDS


def is_ended(line: str) -> bool:
    """Whether a line ends in a mark of sentences."""
    return line.rstrip(_CLOSING).endswith(TERMINAL_MARKS)


def is_sentence(line: str) -> bool:
    """Whether a line is long and ends as a sentence does, or has twenty words and marks between
    them, as no menu has; not one that breaks off.
    """
    if breaks_off(line):
        return False
    if is_ended(line):
        return is_long(line)
    marked = _MARKED.search(line) is not None and _TABLE_ROW.search(line) is None
    return marked and words_of(line) >= PARAGRAPH_WORDS


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
