"""Sections that a label sets apart from the text: related stories, what is most read or comes next.

The model sees no words, and a teaser below such a label reads like a paragraph of the article.
"""

import numpy as np

from pipeline.extract.judge.side_labels import LABELS
from pipeline.extract.page.page_blocks import PLACE, Ints, PageBlocks

_MOST_LABEL = 60  # characters
_SHORT = 40  # characters of a block that is no text of its own
_LEAST_PART = 8  # of what is kept that must be left: else the list is what the page is about
_AROUND = " \t:.…!?-–—|/#>»›→↓【】[]()*•"


def without_side_sections(page: PageBlocks, kept: list[int]) -> list[int]:
    """Those of the `kept` blocks that stand below no such label."""
    sizes, blocks = page.sizes(), np.array(kept, dtype=np.int64)
    sums = np.concatenate(([0], np.cumsum(sizes[blocks])))
    stays = np.ones(len(kept), dtype=np.bool_)
    left = whole = int(sums[-1])
    end = 0
    for label in (sizes <= _MOST_LABEL).nonzero()[0].tolist():
        if label < end or not is_label(page.texts[label]):
            continue
        end = _end(page, label)
        first, last = blocks.searchsorted((label, end)).tolist()
        lost = int(sums[last] - sums[first])
        if (left - lost) * _LEAST_PART >= whole:
            stays[first:last] = False
            left -= lost
    text: list[int] = blocks[stays].tolist()
    return text


def is_label(text: str) -> bool:
    """Whether a line is nothing but the label of a section beside the text."""
    return text.casefold().strip(_AROUND) in LABELS


def _end(page: PageBlocks, label: int) -> int:
    """The block behind the section that a label begins.

    It lies in the element that holds the label and the block behind, up to the next heading of the
    label's level; a label that is no heading only speaks for short blocks and links.
    """
    made = page.arrays()
    owner, levels, linked = (made.places[PLACE[name]] for name in ("element", "level", "linked"))
    stop, level = label + 1, int(levels[label])
    if stop == len(owner):
        return stop
    # Entries may have headings like their label's own; else such a heading begins something new.
    ends = 0 if 0 < levels[stop] <= level else level
    within = {_common(made.parents, int(owner[label]), int(owner[stop])): True, -1: False}
    while stop < len(owner) and _is_within(made.parents, int(owner[stop]), within):
        is_text = made.sizes[stop] > _SHORT and 2 * linked[stop] < made.sizes[stop]
        if 0 < levels[stop] <= ends or (is_text and not level):
            break
        stop += 1
    return stop


def _common(parents: Ints, one: int, other: int) -> int:
    """The lowest element that holds two; elements are numbered in document order."""
    while one != other:
        if one > other:
            one = int(parents[one])
        else:
            other = int(parents[other])
    return one


def _is_within(parents: Ints, element: int, known: dict[int, bool]) -> bool:
    """Whether an element stands under one that is `known` to do so."""
    way = []
    while element not in known:
        way.append(element)
        element = int(parents[element])
    known.update(dict.fromkeys(way, known[element]))
    return known[element]
