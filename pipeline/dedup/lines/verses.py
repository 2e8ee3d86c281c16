"""Verses: rows of short lines that read as sentences broken into lines, and so are no menu.

A poem stands on its own page and in a collection, and on a small site that is often enough to
recur. Its lines are told from those of a template by what templates have and poems lack (notices,
numbers, headings, items of lists) and by marks of sentences at their ends; where marks are missing,
as in songs, the row must be longer and its lines be more than names of one or two words. What
stands on many pages is a template's, whatever it reads as.
"""

import re
from collections.abc import Sequence

from pipeline.dedup.lines.line_kinds import is_heading, runs
from pipeline.dedup.packed_keys import MOST, Recurrence
from pipeline.text import line_words

LEAST_LINES, LEAST_WORDS = 4, 2  # of a row of verses, words on average
UNMARKED_LINES, UNMARKED_WORDS = 6, 3  # of one without marks of sentences
MOST_WORDS = 14  # two verses of seven signs
MARKED = 0.25  # so many lines end with a mark,
NUMBERED = 0.25  # and at most so many hold a number

_MARK = re.compile(r"[,;.…—–，。；、।،؛][\"'”’»」』)\]]*\s*$")
_SEMICOLON = re.compile(r"\s*(?:[^\W\d_][^\s=(){}<>\[\]\\$#]*\s+){2,}[^\s=(){}<>\[\]\\$#]+;\s*")
_NUMBER = re.compile(r"\d")


def verses(
    lines: Sequence[str],
    kinds: Sequence[str],
    found: Sequence[Recurrence | None],
    notices: Sequence[bool],
) -> list[bool]:
    """Which lines of a text stand in rows of verses, given what is known of those that recur and
    which say what templates say.
    """
    out = [False] * len(lines)
    may_be = [_may_be(*each) for each in zip(lines, kinds, found, notices, strict=True)]
    for start, end in runs(may_be):
        while start < end and kinds[start] == "quotation":
            start += 1  # a quotation above a footer is no verse of it
        while start < end and kinds[end - 1] == "quotation":
            end -= 1
        out[start:end] = [_are_verses(lines[start:end])] * (end - start)
    return out


def _may_be(line: str, kind: str, found: Recurrence | None, notice: bool) -> bool:
    """A line that ends with a semicolon passes for code, and speech in a poem for a quotation."""
    if kind == "quotation" or (kind == "code" and _SEMICOLON.fullmatch(line)):
        return True
    if kind != "text" or found is None or found.pages == MOST:
        return False
    return not (is_heading(line) or notice)


def _are_verses(row: Sequence[str]) -> bool:
    if len(row) < LEAST_LINES:
        return False
    words = sum(len(line_words(line)) for line in row) / len(row)
    numbered = sum(_NUMBER.search(line) is not None for line in row) / len(row)
    marked = sum(_MARK.search(line) is not None for line in row) / len(row)
    if words > MOST_WORDS or numbered > NUMBERED:
        return False
    if marked >= MARKED:
        return words >= LEAST_WORDS
    return len(row) >= UNMARKED_LINES and words >= UNMARKED_WORDS
