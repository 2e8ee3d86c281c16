"""Sentences that pages of a site share, and headings: what lines of a template must not take along.

A sentence that gives no notice is content: the introduction of a manual, the description of an
option. Where it ends the texts of many pages, as footers do, it may go, but from all documents of
its site save one, the first in the recipe's order of survivors. A heading stays above text that
stays.
"""

from collections.abc import Sequence

from pipeline.dedup.lines.line_kinds import is_heading, is_long, is_sentence
from pipeline.dedup.packed_keys import MOST, Recurrence
from pipeline.text import line_words

TITLED = 0.7  # so many words of a headline begin with a capital

Found = Sequence[Recurrence | None]  # for each line of a text: what is known of it, if it recurs


def shared_sentences(lines: Sequence[str], found: Found, notices: Sequence[bool]) -> list[bool]:
    """Which of the lines that recur are sentences of content."""
    return [
        each is not None and not notice and is_sentence(line) and not _is_headline(line)
        for line, each, notice in zip(lines, found, notices, strict=True)
    ]


def _is_headline(line: str) -> bool:
    """Whether nearly all words begin with a capital, as in a headline that asks something."""
    words = line_words(line)
    return sum(word[:1].isupper() for word in words) > TITLED * len(words)


def stay_everywhere(kinds: Sequence[str], found: Found, sentences: Sequence[bool]) -> list[bool]:
    """Which of the sentences nothing cuts: all but those that end texts on many pages."""
    own = (each is None and kind != "none" for each, kind in zip(found, kinds, strict=True))
    end = max((at + 1 for at, is_own in enumerate(own) if is_own), default=0)
    return [
        sentence and not (at >= end and each is not None and each.pages == MOST)
        for at, (each, sentence) in enumerate(zip(found, sentences, strict=True))
    ]


def with_text_kept(
    lines: Sequence[str], cut: Sequence[bool], found: Found, sentences: Sequence[bool]
) -> list[bool]:
    """`cut` without sentences that this document keeps for its site, and headings of kept text."""
    out = [
        goes and not (sentence and each is not None and each.kept)
        for goes, sentence, each in zip(cut, sentences, found, strict=True)
    ]
    stays_below = False  # text, or a heading above it
    for at in range(len(lines) - 1, -1, -1):
        if is_heading(lines[at]):
            out[at] = out[at] and not stays_below
            stays_below = stays_below and not out[at]
        else:
            stays_below = not out[at] and is_long(lines[at])
    return out
