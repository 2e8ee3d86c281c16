"""Cutting recurring lines and shared paragraphs out of a text, with guards for what is content.

A line that recurs at the edges of a site's texts is cut there: in a run at the end, or in one at
the beginning (one line, the title, may come first). One that recurs anywhere in them is cut in a
block of three or more items of a list or lines of some length, or alone when it is a sentence of
eight words. So headings such as "See also", which recur between lines that do not, stay. These
stay wherever they stand: code, quotations, items of a list and rows of a table of which other
items or rows do not recur. A text that would lose more than half and more than 1,000 characters
loses nothing: its pages are copies of each other, which is the matter of the near-duplicates.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from pipeline.dedup.keys import EDGE, LETTERS, key_of, line_form, units
from pipeline.document import Document
from pipeline.text import normalise

BLOCK_LINES = 3
BLOCK_WORDS = 5  # to a line, on average
SENTENCE_WORDS = 8
TITLE_LINES = 1  # lines of content that may stand above a header
MAX_SHARE = 0.5
MAX_CHARACTERS = 1_000

_FENCES = re.compile(r"(?m)^[^\S\n]*(?:```|~~~)")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_LIST_ITEM = re.compile(r"\s*(?:[-*+•·‣◦]|\d{1,3}[.)])\s")
_TABLE_ROW = re.compile(r"(?<!\\)\|")
_QUOTATION = re.compile(r"\s*(?:>|[\"“„«‘].*[\"”“»’][.,;!?]?\s*$)")
_CODE = re.compile(
    r"\S {2,}\S+(?: \S+)* {2,}\S|"  # columns: a screen, a table drawn with spaces
    r"[{};\\]\s*$|^\s*(?:[$#%]\s|#\w|//|/\*|\*/|@\w|<[/\w!?]|[\])}>.]+\s*$)"
    r"|::|->|=>|==|!=|&&|\|\||\+=|\w\(\)|^\s*\w[\w.\[\]]*\s=\s|^\s*(?:int|void|def|class|import|return)\s"
)
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
    text, line_count = _without_lines(text, lines, document.title)
    lost = len(document.text) - len(text)
    changed = replace(document, text=text) if lost else document
    return Cut(changed, line_count, paragraph_count, lost)


def _without_paragraphs(text: str, paragraphs: Set[int]) -> tuple[str, int]:
    if not paragraphs:
        return text, 0
    fences = [match.start() for match in _FENCES.finditer(text)]
    pieces, at, count = [], 0, 0
    for start, end in units(text):
        before, within = bisect_left(fences, start), bisect_left(fences, end)
        in_code = before % 2 == 1 or within > before
        if not in_code and key_of(normalise(text[start:end])) in paragraphs:
            pieces.append(text[at:start])
            at, count = end, count + 1
    left = "".join([*pieces, text[at:]])
    return (text, 0) if _is_too_much(len(text) - len(left), text) else (_tidy(left), count)


def _is_too_much(lost: int, text: str) -> bool:
    """Whether a cut would leave a stump: such a text is a copy of others, not one with a notice."""
    return lost > MAX_CHARACTERS and lost > MAX_SHARE * len(text)


def _without_lines(text: str, recurring: Set[int], title: str) -> tuple[str, int]:
    if not recurring:
        return text, 0
    lines = text.split("\n")
    filled = [at for at, line in enumerate(lines) if line.strip()]
    cut = boilerplate([lines[at] for at in filled], recurring, title)
    gone = {at for at, flag in zip(filled, cut, strict=True) if flag}
    lost = sum(len(lines[at]) for at in gone)
    if _is_too_much(lost, text):
        return text, 0
    return _tidy("\n".join(line for at, line in enumerate(lines) if at not in gone)), len(gone)


def _tidy(text: str) -> str:
    return _BLANKS.sub("\n\n", text).strip()


def boilerplate(lines: Sequence[str], recurring: Set[int], title: str = "") -> list[bool]:
    """Which lines of a text (no blank ones) are cut, given the keys that recur on its site."""
    keys = [key_of(line_form(line)) for line in lines]
    inside = [key in recurring for key in keys]
    edge = [key | EDGE in recurring for key in keys]
    recurs = _bridged(lines, [a or b for a, b in zip(inside, edge, strict=True)])
    kept = guarded(lines, recurs)
    kept[:1] = [flag or _begins(title, line) for flag, line in zip(kept, lines[:1], strict=False)]
    cut = [False] * len(lines)
    for start, end in _runs([flag and not keep for flag, keep in zip(recurs, kept, strict=True)]):
        block = sum(inside[start:end]) >= BLOCK_LINES and _is_menu(lines[start:end])
        outer = start <= TITLE_LINES or end == len(lines)
        alone = end - start == 1 and start == 0  # a title that pages share, as far as one can see
        for at in range(start, end):
            bridge = not (inside[at] or edge[at])
            long = len(lines[at].split()) >= SENTENCE_WORDS
            header = outer and (edge[at] or bridge) and not (alone and not inside[at])
            cut[at] = header or (inside[at] and (block or long))
    return cut


def _is_menu(block: Sequence[str]) -> bool:
    """Whether lines in a block look like a list, a table or notices, not like headings in a row.

    "Parameters", "(none)", "Return value" stand together on the pages of a manual and are
    content.
    """
    return _words(block) >= BLOCK_WORDS * len(block) or all(_kind(line) == "list" for line in block)


def _words(block: Sequence[str]) -> int:
    return sum(len(line.split()) for line in block)


def _begins(title: str, line: str) -> bool:
    """Whether a page's title, which often ends with the site's name, begins with `line`."""
    return bool(title) and normalise(title).startswith(line_form(line))


def _bridged(lines: Sequence[str], recurs: Sequence[bool]) -> list[bool]:
    """`recurs`, and true for lines without letters between lines that recur: bullets, bars."""
    out = list(recurs)
    for start, end in _runs([LETTERS.search(line) is None for line in lines]):
        if start > 0 and end < len(lines) and recurs[start - 1] and recurs[end]:
            out[start:end] = [True] * (end - start)
    return out


def guarded(lines: Sequence[str], recurring: Sequence[bool]) -> list[bool]:
    """Which lines stay although they may recur: code, quotations, lists and tables with content.

    Of a list or table with content, a block of recurring items with as many words as a sentence
    in all goes: a navigation box below a table of content.
    """
    kinds = list(_kinds(lines))
    kept = [
        kind in ("code", "quotation") or (kind == "none" and not recurs)
        for kind, recurs in zip(kinds, recurring, strict=True)
    ]
    for start, end in _runs_of(kinds):
        if kinds[start] in ("list", "table") and not all(recurring[start:end]):
            kept[start:end] = [True] * (end - start)
            for first, last in _runs(recurring[start:end]):
                block = lines[start + first : start + last]
                if len(block) >= BLOCK_LINES and _words(block) >= BLOCK_WORDS * len(block):
                    kept[start + first : start + last] = [False] * (last - first)
    return kept


def _kinds(lines: Sequence[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        fence = _FENCE.match(line) is not None
        yield "code" if inside or fence else _kind(line)
        inside ^= fence


def _kind(line: str) -> str:
    if not LETTERS.search(line):
        return "none"
    if _LIST_ITEM.match(line):
        return "list"
    if _TABLE_ROW.search(line):
        return "table"
    if _CODE.search(line):
        return "code"
    return "quotation" if _QUOTATION.match(line) else "text"


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where flags are true: [start, end) of every run."""
    return ((start, end) for start, end in _runs_of(flags) if flags[start])


def _runs_of(values: Sequence[object]) -> Iterator[tuple[int, int]]:
    """[start, end) of every run of equal values."""
    start = 0
    for end in range(1, len(values) + 1):
        if end == len(values) or values[end] != values[start]:
            yield start, end
            start = end
