"""What the list is like that a block's item belongs to: directories, shops, threads of posts.

Elements of one kind under one parent that hold words are *like items*, from three on. A block may
stand in items within items: the longest such list tells, and beside it the outermost. Mining of
data records looks for the same regularity (Liu, Grossman and Zhai 2003).
"""

import numpy as np

from pipeline.extract.judge.ancestors import FAR, PARTS, Columns, share
from pipeline.extract.page.page_blocks import PLACE, Ints, PageBlocks

_LEAST = 3  # items of a list
_DOUBLINGS = 6  # as many ancestors as two to this


def item_columns(page: PageBlocks, places: Ints, under: Ints, whole: int, title: int) -> Columns:
    """Figures of the longest list that holds each block, zeros where none does.

    Args:
        page: the blocks.
        places: their places.
        under: what stands under each element, see `ancestors.element_sums`.
        whole: the words of the page.
        title: index of the block that holds the page's title, or -1.
    """
    parents = page.arrays().parents
    owner = places[PLACE["element"]] % len(parents)  # -1 becomes the extra last row
    groups, count = like_items(page, under[0] > 0)
    length = count[groups]
    outermost = np.where(length > 0, len(parents) - np.arange(len(parents)), 0)
    deepest = int(page.arrays().known[:, 1].max())
    longest, outer = groups[_highest(np.array((length, outermost)), parents, deepest)[:, owner]]
    sums = np.array([np.bincount(groups, row, len(count)) for row in under])
    sums[:, count == 0] = 0
    words, linked, letters, blocks, _, headings, images = sums[:, longest].astype(np.int64)
    number = count[longest]
    most = int(words.max(initial=0))
    return {
        "items": number,
        "items_share": words / whole,
        "items_words": share(words, number),
        "items_links": share(linked, letters),
        "items_blocks": share(blocks, number),
        "items_headings": share(headings, number),
        "items_images": share(images, number),
        **_starts(longest, number, title),
        "items_most": words / max(most, 1),
        "items_best": np.full(len(owner), PARTS * most // whole),
        "outer_items": count[outer],
        "outer_share": sums[0, outer] / whole,
    }


def like_items(page: PageBlocks, holds: Ints) -> tuple[Ints, Ints]:
    """Of each element the number of its list, and of each list how many items it has: 0 where these
    are too few. `holds` tells which elements hold words; those without are in list 0.
    """
    made = page.arrays()
    items = np.flatnonzero(holds[:-1])
    keys = made.parents[items] * (len(page.known) + 1) + made.kinds[items]
    _, numbers, counts = np.unique(keys, return_inverse=True, return_counts=True)
    groups = np.zeros(len(made.parents), dtype=np.int64)
    groups[items] = numbers + 1
    counts[counts < _LEAST] = 0
    return groups, np.concatenate(([0], counts))


def _starts(longest: Ints, number: Ints, title: int) -> Columns:
    """Where on the page, and how far behind its title, each block's list begins."""
    size = len(longest)
    first = np.zeros(int(longest.max(initial=0)) + 1, dtype=np.int64)
    first[longest[::-1]] = np.arange(size)[::-1]  # of several, the last assigned stays
    start = first[longest]
    behind = start - title if title >= 0 else np.full(size, -FAR)
    return {
        "items_start": np.where(number > 0, start / size, -1),
        "items_from_title": np.where(number > 0, np.clip(behind, -FAR, FAR), -FAR),
    }


def _highest(values: Ints, parents: Ints, deepest: int) -> Ints:
    """Of each element, for each row of values: which of itself and its ancestors has the highest,
    the deepest of several. None has more than `deepest` ancestors.
    """
    size = values.shape[1]
    best = values * size + np.arange(size)
    above = parents
    for _ in range(min(deepest.bit_length(), _DOUBLINGS)):
        best = np.maximum(best, best[:, above])
        above = above[above]
    return np.asarray(best % size)
