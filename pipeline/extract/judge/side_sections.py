"""Sections that a label sets apart from the text: related stories, what is most read or comes next.

The model sees no words, and a teaser below such a label reads like a paragraph of the article.
"""

import numpy as np

from pipeline.extract.judge.ancestors import last_inside
from pipeline.extract.judge.side_labels import LABELS, WEAK_LABELS
from pipeline.extract.page.page_blocks import PLACE, PageBlocks

_MOST_LABEL = 60  # characters
_SHORT = 40  # characters of a block that is no text of its own
_MOST_ENTRIES = 60  # blocks that a label in the midst of a text speaks for
# Parts of what is kept that must be left: else the list is what the page is about.
_LEAST_LEFT, _LEAST_LEFT_BY_WEAK = 8, 2
_AROUND = " \t:.…!?-–—|/#>»›→↓【】[]()*•"


def without_side_sections(page: PageBlocks, kept: list[int]) -> list[int]:
    """Those of the `kept` blocks that stand below no such label."""
    labels = [at for at in _short_lines(page) if is_label(page.texts[at])]
    if not labels:
        return kept
    blocks, flow = np.array(kept, dtype=np.int64), _Flow(page)
    stays = np.ones(len(kept), dtype=np.bool_)
    sizes = page.sizes()[blocks]
    left = whole = int(sizes.sum())
    for label in labels:
        first, last = blocks.searchsorted((label, flow.end(label))).tolist()
        lost = int(sizes[first:last][stays[first:last]].sum())
        weak = is_label(page.texts[label], WEAK_LABELS)
        if (left - lost) * (_LEAST_LEFT_BY_WEAK if weak else _LEAST_LEFT) >= whole:
            stays[first:last] = False
            left -= lost
    text: list[int] = blocks[stays].tolist()
    return text


def is_label(text: str, labels: frozenset[str] = LABELS) -> bool:
    """Whether a line is nothing but the label of a section beside the text."""
    return text.casefold().strip(_AROUND) in labels


def _short_lines(page: PageBlocks) -> list[int]:
    """Lines that may be a label: no cell of a table, no item of a list but a heading in it, and not
    what the whole page is called.
    """
    places = page.place_rows()
    levels = places[PLACE["level"]]
    may_be = (page.sizes() <= _MOST_LABEL) & (places[PLACE["table"]] < 0) & (levels != 1)
    lines: list[int] = (
        (may_be & ((places[PLACE["lists"]] == 0) | (levels > 0))).nonzero()[0].tolist()
    )
    return lines


class _Flow:
    """The blocks of a page in their order, asked by each label where its section ends."""

    def __init__(self, page: PageBlocks) -> None:
        places = page.place_rows()
        self.owner, self.levels = places[PLACE["element"]], places[PLACE["level"]]
        self.sizes, self.parents = page.sizes(), page.parents
        self.linked = 2 * places[PLACE["linked"]] >= self.sizes
        self.below, self.lowest = last_inside(page.parents), int(self.levels.max())

    def end(self, label: int) -> int:
        """The block behind the section that a label begins: all of an element of its own, else what
        looks like entries.
        """
        owner, after = self.owner, label + 1
        if after == len(owner):
            return after
        common = self.common(int(owner[label]), int(owner[after]))
        if common < 0:
            return self.until_text(label, len(owner))
        end = int(np.searchsorted(owner, self.below[common], side="right"))
        if label == 0 or int(owner[label - 1]) < common:
            return self.until_higher(label, end)
        return self.until_text(label, end)

    def until_higher(self, label: int, end: int) -> int:
        """`end`, or a heading before it that is higher than the label."""
        level = int(self.levels[label]) or self.lowest
        levels = self.levels[label + 1 : end]
        higher = np.flatnonzero((levels > 0) & (levels < level))
        return label + 1 + int(higher[0]) if len(higher) else end

    def until_text(self, label: int, end: int) -> int:
        """Behind the short lines, links and teasers that follow a label within a text."""
        levels, linked, level = self.levels, self.linked, int(self.levels[label])
        end = min(end, label + 1 + _MOST_ENTRIES)
        for at in range(label + 1, end):
            if levels[at] > 0:
                if not linked[at] and levels[at] <= level:
                    return at
            elif self.sizes[at] > _SHORT and not linked[at]:
                # The teaser below a heading that is a link, or lower than the label.
                above = int(levels[at - 1])
                if not above or not (linked[at - 1] or above > level > 0):
                    return at
        return end

    def common(self, one: int, other: int) -> int:
        """The lowest element that holds two, -1 for none; they are numbered in document order."""
        while one != other:
            if one > other:
                one = self.parents[one]
            else:
                other = self.parents[other]
        return one
