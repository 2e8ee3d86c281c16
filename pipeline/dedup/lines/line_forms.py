"""The lines and paragraphs of a text, and the form in which two lines of a site are the same."""

import re
import string
from itertools import accumulate, pairwise

from pipeline.dedup.lines.navigation import skeleton
from pipeline.text import normalise

_PUNCTUATION = string.punctuation + " \u00a0«»‹›→←·•–—…©|"
LETTERS = re.compile(r"[^\W\d_]{2}|[^\W\d_a-zA-Z]")  # two of an alphabet, or one character of Han
_BREAK = re.compile(r"\n[^\S\n]*\n\s*")


def line_form(line: str) -> str:
    """The form in which two lines of a site are one: caseless, without punctuation at both ends.

    Digits stay as they are: "New in version 3.2" and "Price: 39.95" are content, and lines that
    differ in their numbers alone are not known to be a menu. Lines that plainly turn pages or give
    notice lose what differs (`navigation.skeleton`).
    """
    return form_of(normalise(line))


def form_of(normal: str) -> str:
    """The `line_form` of a line that is normalised."""
    return skeleton(normal).strip(_PUNCTUATION) or normal


def paragraph_texts(text: str) -> list[str]:
    """The paragraphs at `paragraph_spans`."""
    parts = _BREAK.split(text)
    return parts if len(parts) > 1 else text.split("\n")


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    """Where the paragraphs of `text` lie: between blank lines, or its lines where none is blank.

    Some extractors write one line per paragraph and no blank line at all.
    """
    ends = [match.span() for match in _BREAK.finditer(text)]
    if not ends:
        after = list(accumulate(len(line) + 1 for line in text.split("\n")))
        return [(start, end - 1) for start, end in pairwise((0, *after))]
    begin = [0, *(end for _, end in ends)]
    return list(zip(begin, [*(start for start, _ in ends), len(text)], strict=True))
