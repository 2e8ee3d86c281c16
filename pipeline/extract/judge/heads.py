"""What stands as a head above text: headings, titles of boxes, terms. They stay with their text."""

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.page.page_blocks import BIT, PLACE, PageBlocks

_MOST_TITLE = 100  # characters
_BETWEEN = 3  # lines between a heading and its text: a date, a byline


def heads_of_text(page: PageBlocks, stays: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which heads would go although the text below them stays."""
    places = page.place_rows()
    headings = places[PLACE["level"]] > 0
    titles = headings | _titles(page)
    text = stays & ~titles
    below = _before(text)
    near = below.copy()
    for _ in range(_BETWEEN):
        near |= _before(near & ~titles)
    heads = (headings & near) | (titles & below) | (_terms(page) & below)
    return np.asarray(heads & ~stays)


def without_bare_heads(page: PageBlocks, kept: list[int], alone: NDArray[np.bool_]) -> list[int]:
    """The blocks `kept` without headings of which the page has a section and the text has nothing;
    all of them where little else would be left.

    In the items of a list and in tables, which `alone` tells, and of links a heading is what there
    is to say.
    """
    places, parents = page.place_rows(), page.parents
    levels, owner = places[PLACE["level"]].tolist(), places[PLACE["element"]].tolist()
    linked = 2 * places[PLACE["linked"]] >= page.sizes()
    may_go = ((places[PLACE["level"]] > 1) & ~alone & ~linked).tolist()
    left = list[int]()
    after, level = len(levels), 1  # the block below that stays
    for at in reversed(kept):
        ends = 0 < level <= levels[at]
        if may_go[at] and ends and after > at + 1 and _has_section(owner, parents, at):
            continue
        left.append(at)
        after, level = at, levels[at]
    sizes = page.sizes()
    return left[::-1] if 2 * sizes[left].sum() >= sizes[kept].sum() else kept


def _has_section(owner: list[int], parents: list[int], at: int) -> bool:
    """Whether the block behind a heading stands below the heading's parent."""
    above, other = parents[owner[at]] if owner[at] >= 0 else -1, owner[at + 1]
    while other > above:
        other = parents[other]
    return other == above >= 0


def _before(blocks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Those that stand right before one of `blocks`."""
    before = np.zeros_like(blocks)
    before[:-1] = blocks[1:]
    return before


def _titles(page: PageBlocks) -> NDArray[np.bool_]:
    """Short blocks whose element is called title."""
    called = ["title" in names and "title" in names.split() for _, names in page.chains]
    called.append(False)  # of blocks below no name
    chain = page.place_rows()[PLACE["chain"]]
    return np.asarray(np.array(called)[chain] & (page.sizes() <= _MOST_TITLE))


def _terms(page: PageBlocks) -> NDArray[np.bool_]:
    """Terms of definitions: what comes next is of another kind, and in such a list too."""
    made = page.arrays()
    bits = made.places[PLACE["bits"]]
    defines, listed = (bits & BIT["definition"]) > 0, (bits & BIT["dl"]) > 0
    kinds = made.kinds[made.places[PLACE["element"]]]
    terms: NDArray[np.bool_] = np.zeros(len(defines), dtype=np.bool_)
    terms[:-1] = defines[:-1] & listed[1:] & (kinds[:-1] != kinds[1:])
    return terms
