"""What each line of a text is: the marks of the extractor's Markdown, and for bare lines whether
they are sentences.

A *label* is a line that says nothing by itself: a term, an option, a signature, an entry of a menu,
a field of a form. What a text *says* stands in its sentences, rows, code and formulas.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pipeline.text import TERMINAL_MARKS, line_words

Kind = Literal["heading", "item", "row", "code", "formula", "quote", "prose", "label", "blank"]
_SENTENCES: frozenset[Kind] = frozenset(("prose", "quote"))
_SAYING: frozenset[Kind] = frozenset(("prose", "quote", "row", "code", "formula"))
_LONG = 12  # words of a line that is a sentence however it ends
_FULL = 8  # of one that ends in any mark, for many a headline of four ends in ? or !
_LEAST = 4  # of one that ends in a full stop or a colon
_LISTING = 100  # of code that says something without a sentence
_FENCE = re.compile(r"(?:>\s?)*\s*(`{3,}|~{3,})")
_HEADING = re.compile(r"#{1,6}\s+")
_ITEM = re.compile(r"\s*(?:[-*+•‣◦]|\d{1,4}[.)])\s+")
_QUOTE = re.compile(r"\s*(?:>\s?)+")
_CLOSING = "\"'”’»)]*_"
_STOPS = (".", "。", "।", "။", "።", "۔", ":", "：")


@dataclass(frozen=True)
class TypedLines:
    """The lines of a text in order, without their marks, and what each is."""

    lines: Sequence[str]
    kinds: Sequence[Kind]
    words: Sequence[int]  # of each line, as rules on lines count them

    def of(self, places: Sequence[int]) -> "TypedLines":
        """The lines at these places alone."""
        return TypedLines(
            [self.lines[at] for at in places],
            [self.kinds[at] for at in places],
            [self.words[at] for at in places],
        )

    @cached_property
    def is_sentence(self) -> list[bool]:
        """Which lines belong to the prose; an item does where it is a sentence."""
        return [
            kind in _SENTENCES or (kind == "item" and (words >= _FULL or is_sentence(line, words)))
            for line, kind, words in zip(self.lines, self.kinds, self.words, strict=True)
        ]

    @cached_property
    def last_line(self) -> int:
        """The last line that is more than a label; -1 where none is."""
        rest = ("blank", "label")
        return max((at for at, kind in enumerate(self.kinds) if kind not in rest), default=-1)

    @cached_property
    def prose(self) -> list[str]:
        """The lines that are sentences."""
        return [line for line, flag in zip(self.lines, self.is_sentence, strict=True) if flag]

    @cached_property
    def content_words(self) -> int:
        """Words in lines that say something; a screen or a snippet alone says nothing."""
        code = sum(w for w, kind in zip(self.words, self.kinds, strict=True) if kind == "code")
        said = sum(
            words
            for words, kind, flag in zip(self.words, self.kinds, self.is_sentence, strict=True)
            if flag or kind in _SAYING
        )
        return said if said > code or code >= _LISTING else 0


def typed_lines(text: str) -> TypedLines:
    """The lines of `text`; one for one, blank lines and marks of code among them."""
    lines, kinds, words = list[str](), list[Kind](), list[int]()
    fence, formula = "", False
    for line in text.split("\n"):
        bare, kind = line.strip(), _kind_inside(fence, formula)
        if opening := _FENCE.match(bare):
            if not fence:
                fence = opening[1]
            elif opening[1].startswith(fence) and bare.rstrip(fence[0]).strip("> ") == "":
                fence = ""
            bare, kind = "", "blank"
        elif not fence and bare.startswith("$$"):
            formula = formula != (bare.count("$$") % 2 == 1)
            kind = "formula"
        elif not kind:
            bare, kind = _marked(line, bare)
        count = len(line_words(bare)) if bare else 0
        lines.append(bare)
        kinds.append(kind or ("prose" if is_sentence(bare, count) else "label"))
        words.append(count)
    return TypedLines(lines, kinds, words)


def _kind_inside(fence: str, formula: bool) -> Kind | None:
    return "code" if fence else "formula" if formula else None


def _marked(line: str, bare: str) -> tuple[str, Kind | None]:
    """A line outside of code without its marks, and the kind that these say."""
    if not bare:
        return "", "blank"
    if (mark := _HEADING.match(bare)) is not None:
        return bare[mark.end() :], "heading"
    if bare.startswith("|"):
        return bare.strip("|-: \t"), "row" if bare.strip("|-: \t") else "blank"
    if (mark := _ITEM.match(line)) is not None:
        return line[mark.end() :].strip(), "item"
    if bare.startswith(">"):
        return _QUOTE.sub("", bare, count=1), "quote"
    return bare, None


def is_sentence(line: str, words: int) -> bool:
    """Whether a line of so many words is a sentence: it is long, or ends like one."""
    if words >= _LONG:
        return True
    if words < _LEAST:
        return False
    end = line.rstrip(_CLOSING)
    return end.endswith(_STOPS) or (words >= _FULL and end.endswith(TERMINAL_MARKS))
