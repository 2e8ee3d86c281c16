"""What each line of a text is: the marks of the extractor's Markdown, and for bare lines whether
they are sentences.

A *label* is a line that says nothing by itself: a term, an option, a signature, an entry of a menu,
a field of a form. What a text *says* stands in its sentences, rows, code and formulas.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.quality.reading.verbatim_lines import verbatim_lines
from pipeline.text import TERMINAL_MARKS, line_words

Kind = Literal["heading", "item", "row", "code", "formula", "quote", "prose", "label", "blank"]
_SENTENCES: frozenset[Kind] = frozenset(("prose", "quote"))
_SAYING: frozenset[Kind] = frozenset(("prose", "quote", "row", "code", "formula"))
_LONG = 12  # words of a line that is a sentence however it ends
_FULL = 8  # of one that ends in any mark, for many a headline of four ends in ? or !
_LEAST = 4  # of one that ends in a full stop or a colon
_LISTING = 100  # of code that says something without a sentence
_UNSPACED = 2  # characters that count as a word in scripts without spaces, as in the block model
_HEADING = re.compile(r"#{1,6}\s+")
_ITEM = re.compile(r"\s*(?:[-*+•‣◦]|\d{1,4}[.)])\s+")
_QUOTE = re.compile(r"\s*(?:>\s?)+")
_CLOSING = "\"'”’»)]*_"
_STOPS = (".", "。", "।", "။", "።", "۔", ":", "：")


@dataclass(frozen=True)
class TypedLines:
    """The lines of a text in order, without their marks, what each is, and its words."""

    lines: Sequence[str]
    kinds: Sequence[Kind]
    words: Sequence[int]
    is_sentence: Sequence[bool]  # which lines belong to the prose

    @property
    def prose(self) -> list[str]:
        """The lines that are sentences, and a blank one where others stand between."""
        found = list[str]()
        for line, flag in zip(self.lines, self.is_sentence, strict=True):
            if flag and line:
                found.append(line)
            elif found and found[-1]:
                found.append("")
        return found

    @property
    def content_words(self) -> int:
        """Words in lines that say something; a screen or a snippet alone says nothing."""
        code = sum(w for w, kind in zip(self.words, self.kinds, strict=True) if kind == "code")
        said = sum(
            words
            for words, kind, flag in zip(self.words, self.kinds, self.is_sentence, strict=True)
            if flag or kind in _SAYING
        )
        return said if said > code or code >= _LISTING else 0

    def taken(self, places: Sequence[int]) -> "TypedLines":
        """Some of the lines, in order, as they are typed among all."""
        return TypedLines(
            [self.lines[at] for at in places],
            [self.kinds[at] for at in places],
            [self.words[at] for at in places],
            [self.is_sentence[at] for at in places],
        )

    def last_long(self, words: int) -> int:
        """The last line that is more than a label of fewer words; -1 where none is."""
        lines = zip(self.kinds, self.words, strict=True)
        return max(
            (
                at
                for at, (kind, count) in enumerate(lines)
                if kind != "blank" and (kind != "label" or count >= words)
            ),
            default=-1,
        )


def typed_lines(text: str) -> TypedLines:
    """The lines of `text`; one for one, blank lines and marks of code among them."""
    source = text.split("\n")
    lines, kinds, words = list[str](), list[Kind](), list[int]()
    for line, verbatim in zip(source, verbatim_lines(text, source), strict=True):
        bare: str = line.strip()
        kind: Kind | None = None
        if verbatim == "mark" or not bare:
            bare, kind = "", "blank"
        elif verbatim:
            kind = "code" if verbatim == "code" else "formula"
        else:
            bare, kind = _marked(line, bare)
        count = word_count(bare)
        lines.append(bare)
        kinds.append(kind or ("prose" if is_sentence(bare, count) else "label"))
        words.append(count)
    told = zip(lines, kinds, words, strict=True)
    return TypedLines(lines, kinds, words, [_is_prose(*each) for each in told])


def _is_prose(line: str, kind: Kind, words: int) -> bool:
    """Whether a line belongs to the prose; an item does where it is a sentence."""
    if kind != "item":
        return kind in _SENTENCES
    return words >= _FULL or is_sentence(line, words)


def word_count(line: str) -> int:
    """Words of a line; in scripts without spaces two characters are one."""
    spaced = len(line.split())
    if line.isascii():
        return spaced
    count = len(line_words(line))
    if count <= _UNSPACED * spaced:
        return count
    return spaced + (count - spaced) // _UNSPACED


def _marked(line: str, bare: str) -> tuple[str, Kind | None]:
    """A line outside of code without its marks, and the kind that these say."""
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
