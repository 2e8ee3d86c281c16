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


def without_bare_heads(page: PageBlocks, kept: list[int], listed: NDArray[np.bool_]) -> list[int]:
    """The blocks `kept` without headings of which the page has a section and the text has nothing.

    In the items of a list, which `listed` tells, and of links a heading is what there is to say.
    """
    places = page.place_rows()
    levels = [*places[PLACE["level"]].tolist(), 1]
    alone = (listed | (2 * places[PLACE["linked"]] >= page.sizes())).tolist()
    left = []
    for at, after in zip(kept, [*kept[1:], len(page.texts)], strict=True):
        ends = 0 < levels[after] <= levels[at]
        if not (levels[at] > 1 and ends and after > at + 1) or alone[at]:
            left.append(at)
    return left


def _before(blocks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Those that stand right before one of `blocks`."""
    before = np.zeros_like(blocks)
    before[:-1] = blocks[1:]
    return before


def _titles(page: PageBlocks) -> NDArray[np.bool_]:
    """Short blocks whose element is called title."""
    called = ["title" in names and "title" in names.split() for _, names, _ in page.chains]
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
