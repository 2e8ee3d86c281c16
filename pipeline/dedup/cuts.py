"""Cutting recurring lines and shared paragraphs out of a text, with guards for what is content.

A line that recurs on a site is cut where menus and notices stand: in a run at the end of the
text, in a run at its beginning (one line, the title, may come first), in a block of three or
more recurring lines, or alone when it is a sentence of eight words. So a heading such as "See
also", which recurs between lines that do not, stays. These stay wherever they stand: code,
quotations, items of a list and rows of a table of which other items or rows do not recur. A text
that would lose more than half and more than 1,000 characters loses nothing: its pages are copies
of each other, which is the matter of the near-duplicates.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from pipeline.dedup.keys import key_of, units
from pipeline.document import Document
from pipeline.text import normalise, normalised_line

BLOCK_LINES = 3
SENTENCE_WORDS = 8
TITLE_LINES = 1  # lines of content that may stand above a header
MAX_SHARE = 0.5
MAX_CHARACTERS = 1_000

_FENCE = re.compile(r"\s*(?:```|~~~)")
_LIST_ITEM = re.compile(r"\s*(?:[-*+•·‣◦]|\d{1,3}[.)])\s")
_TABLE_ROW = re.compile(r"(?<!\\)\|")
_QUOTATION = re.compile(r"\s*(?:>|[\"“„«‘].*[\"”“»’][.,;!?]?\s*$)")
_CODE = re.compile(
    r"[{};\\]\s*$|^\s*(?:[$#%]\s|#\w|//|/\*|\*/|@\w|<[/\w!?]|[\])}>.]+\s*$)"
    r"|::|->|=>|==|!=|&&|\|\||\+=|\w\(\)|^\s*\w[\w.\[\]]*\s=\s|^\s*(?:int|void|def|class|import|return)\s"
)
_LETTERS = re.compile(r"[^\W\d_]{2}|[^\W\d_a-zA-Z]")
_BLANKS = re.compile(r"\n\s*\n\s*\n")


@dataclass(frozen=True)
class Cut:
    """What cutting has done: the document, how many lines and paragraphs went, how many
    characters.
    """

    document: Document
    lines: int = 0
    paragraphs: int = 0
    characters: int = 0


def apply_cuts(document: Document, lines: Set[int], paragraphs: Set[int]) -> Cut:
    """`document` without those of its recurring lines and shared paragraphs that no guard keeps."""
    text, paragraph_count = _without_paragraphs(document.text, paragraphs)
    text, line_count = _without_lines(text, lines)
    lost = len(document.text) - len(text)
    changed = replace(document, text=text) if lost else document
    return Cut(changed, line_count, paragraph_count, lost)


def _without_paragraphs(text: str, paragraphs: Set[int]) -> tuple[str, int]:
    if not paragraphs:
        return text, 0
    pieces, at, count = [], 0, 0
    for start, end in units(text):
        fenced = len(re.findall(r"(?m)^\s*(?:```|~~~)", text[:start])) % 2 if "```" in text else 0
        if (
            not fenced
            and "```" not in text[start:end]
            and key_of(normalise(text[start:end])) in paragraphs
        ):
            pieces.append(text[at:start])
            at, count = end, count + 1
    return _tidy("".join([*pieces, text[at:]])), count


def _without_lines(text: str, recurring: Set[int]) -> tuple[str, int]:
    if not recurring:
        return text, 0
    lines = text.split("\n")
    filled = [at for at, line in enumerate(lines) if line.strip()]
    flags = [key_of(normalised_line(lines[at])) in recurring for at in filled]
    cut = boilerplate([lines[at] for at in filled], flags)
    gone = {at for at, flag in zip(filled, cut, strict=True) if flag}
    lost = sum(len(lines[at]) for at in gone)
    if lost > MAX_CHARACTERS and lost > MAX_SHARE * len(text):
        return text, 0
    return _tidy("\n".join(line for at, line in enumerate(lines) if at not in gone)), len(gone)


def _tidy(text: str) -> str:
    return _BLANKS.sub("\n\n", text).strip()


def boilerplate(lines: Sequence[str], recurring: Sequence[bool]) -> list[bool]:
    """Which of the lines of a text (no blank ones) are cut, given which recur on the site."""
    loose = [
        recurs and not kept
        for recurs, kept in zip(recurring, guarded(lines, recurring), strict=True)
    ]
    cut = [False] * len(lines)
    for start, end in _runs(loose):
        whole = start <= TITLE_LINES or end == len(lines) or end - start >= BLOCK_LINES
        for at in range(start, end):
            cut[at] = whole or len(lines[at].split()) >= SENTENCE_WORDS
    return cut


def guarded(lines: Sequence[str], recurring: Sequence[bool]) -> list[bool]:
    """Which lines stay although they may recur: code, quotations, lists and tables with content."""
    kinds = list(_kinds(lines))
    kept = [kind in ("code", "quotation") for kind in kinds]
    start = 0
    for end in range(1, len(kinds) + 1):
        if end == len(kinds) or kinds[end] != kinds[start]:
            if kinds[start] in ("list", "table") and not all(recurring[start:end]):
                kept[start:end] = [True] * (end - start)
            start = end
    return kept


def _kinds(lines: Sequence[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        fence = _FENCE.match(line) is not None
        yield "code" if inside or fence else _kind(line)
        inside ^= fence


def _kind(line: str) -> str:
    if not _LETTERS.search(line):
        return "code"
    if _LIST_ITEM.match(line):
        return "list"
    if _TABLE_ROW.search(line):
        return "table"
    if _CODE.search(line):
        return "code"
    return "quotation" if _QUOTATION.match(line) else "text"


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    start = 0
    for end in range(1, len(flags) + 1):
        if end == len(flags) or flags[end] != flags[start]:
            if flags[start]:
                yield start, end
            start = end
