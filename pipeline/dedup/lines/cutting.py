"""Cutting recurring lines and shared paragraphs out of a text.

Which of the recurring lines go is for `boilerplate_points` to say, and which of the shared
paragraphs for `paragraph_cuts`. A text that would lose more than
half and more than 1,000 characters loses nothing: its pages are copies of each other, which is the
matter of the near-duplicates.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from pipeline.dedup.lines.boilerplate_points import boilerplate
from pipeline.dedup.lines.line_kinds import is_long
from pipeline.dedup.lines.paragraph_cuts import paragraphs_cut
from pipeline.document import Document

MAX_SHARE = 0.5
MENU_SHARE = 0.95
MAX_CHARACTERS = 1_000
PARAGRAPH, LINE = "shared_paragraph", "site_line"

_BLANKS = re.compile(r"\n\s*\n\s*\n")


@dataclass(frozen=True)
class Cut:
    """What cutting has done: the document, how many characters went, and what they were."""

    document: Document
    characters: int = 0
    gone: tuple[tuple[str, str], ...] = ()  # PARAGRAPH or LINE, and the text that was cut

    @property
    def lines(self) -> int:
        return sum(kind == LINE for kind, _ in self.gone)

    @property
    def paragraphs(self) -> int:
        return len(self.gone) - self.lines


def apply_cuts(document: Document, lines: Set[int], paragraphs: Set[int]) -> Cut:
    """`document` without those of its recurring lines and shared paragraphs that no guard keeps."""
    text, cut_paragraphs = _without_paragraphs(document.text, paragraphs, lines)
    text, cut_lines = _without_lines(text, lines, document)
    lost = len(document.text) - len(text)
    changed = replace(document, text=text) if lost else document
    gone = [(PARAGRAPH, part) for part in cut_paragraphs] + [(LINE, line) for line in cut_lines]
    return Cut(changed, lost, tuple(gone))


def _without_paragraphs(text: str, paragraphs: Set[int], lines: Set[int]) -> tuple[str, list[str]]:
    """The text that is left, and what went."""
    cut = paragraphs_cut(text, paragraphs, lines) if paragraphs else []
    ends = [0, *(end for _, end in cut)]
    begins = [*(start for start, _ in cut), len(text)]
    left = "".join(text[end:start] for end, start in zip(ends, begins, strict=True))
    if not cut or _is_too_much(len(text) - len(left), text):
        return text, []
    return _tidy(left), [text[start:end] for start, end in cut]


def _is_too_much(lost: int, text: str) -> bool:
    """Whether a cut would leave a stump: such a text is a copy of others, not one with a notice."""
    return lost > MAX_CHARACTERS and lost > MAX_SHARE * len(text)


def leaves_a_stump(gone: Sequence[str], text: str) -> bool:
    """`_is_too_much` for lines; the items of a menu may be the greater part of a page, but not all
    of it.
    """
    lost = sum(map(len, gone))
    long = sum(len(line) for line in gone if is_long(line))
    return _is_too_much(long, text) or (_is_too_much(lost, text) and lost > MENU_SHARE * len(text))


def _without_lines(text: str, recurring: Set[int], document: Document) -> tuple[str, list[str]]:
    if not recurring:
        return text, []
    lines = text.split("\n")
    filled = [at for at, line in enumerate(lines) if line.strip()]
    cut = boilerplate([lines[at] for at in filled], recurring, document.title, document.site)
    gone = {at for at, flag in zip(filled, cut, strict=True) if flag}
    texts = [line for at, line in enumerate(lines) if at in gone]
    if leaves_a_stump(texts, text):
        return text, []
    return _tidy("\n".join(line for at, line in enumerate(lines) if at not in gone)), texts


def _tidy(text: str) -> str:
    return _BLANKS.sub("\n\n", text).strip()
