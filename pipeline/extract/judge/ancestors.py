"""Features from the tree above a block: names of its ancestors, and what else stands under them."""

from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.judge.characters import Counts
from pipeline.extract.page.class_names import NameWeights
from pipeline.extract.page.page_blocks import PLACE, Ints, PageBlocks

Columns = dict[str, NDArray[Any]]

FAR = 100  # blocks, and steps in the tree, beyond which a distance no longer counts
PARTS = 8  # of a page, in a share that is the same for all of its blocks: none is known by it
_LEVELS = 4  # the block's element and three ancestors
_PROSE_WORDS = 12  # of a block that counts as prose, when links are under a third of it


def share(part: Ints, whole: Ints) -> NDArray[np.float64]:
    return np.asarray(part / np.maximum(whole, 1))


def token_columns(page: PageBlocks, weights: NameWeights, places: Ints) -> Columns:
    """Sum, least, most, nearest and own token weight of the elements above each block."""
    rows = [(0, 0, 0, 0, 0)]
    for parent, names in page.chains:
        total, least, most, near, _ = rows[parent + 1]
        own = weights.of(names)
        if own:
            rows.append((total + own, min(least, own), max(most, own), own, own))
        else:
            rows.append((total, least, most, near, 0))
    flat = np.fromiter(chain.from_iterable(rows), np.int64, 5 * len(rows))
    chosen = flat.reshape(-1, 5)[places[PLACE["chain"]] + 1].T
    columns = ("token_sum", "token_least", "token_most", "token_near", "token_own")
    return dict(zip(columns, chosen, strict=True))


def prose_blocks(counts: Counts, places: Ints) -> NDArray[np.bool_]:
    """Which blocks have some words, and few of them under links."""
    return np.asarray(
        (counts.words >= _PROSE_WORDS) & (3 * places[PLACE["linked"]] < counts.characters)
    )


def element_sums(
    page: PageBlocks, counts: Counts, places: Ints, below: Ints, prose: NDArray[np.bool_]
) -> Ints:
    """What stands under each element, in rows: words, linked characters, characters, blocks, words
    of prose, headings, images. The extra last element stands for being outside all.
    """
    root = len(below)
    owner = places[PLACE["element"]] % (root + 1)  # -1 becomes the extra last row
    measures = np.array(
        (
            counts.words, places[PLACE["linked"]], counts.characters, np.ones_like(owner),
            counts.words * prose, places[PLACE["level"]] > 0, places[PLACE["images"]],
        )
    )  # fmt: skip
    sums = np.zeros((len(measures), root + 2), dtype=np.int64)
    for row, values in zip(sums, measures, strict=True):
        row[1:] = np.bincount(owner, values, minlength=root + 1)
    np.cumsum(sums, axis=1, out=sums)
    return np.asarray(sums[:, np.append(below, root) + 1] - sums[:, :-1])


def tree_columns(page: PageBlocks, places: Ints, below: Ints, under: Ints, whole: int) -> Columns:
    """Words, links, blocks under the block's element and ancestors, and the best container.

    `whole` are the words of the page.
    """
    parents = page.arrays().parents
    owner = places[PLACE["element"]] % len(parents)
    columns: Columns = {}
    kinds = page.arrays().kinds
    alike = np.bincount(kinds)[kinds]
    at_level = owner
    for level in range(_LEVELS):
        words, links, letters, blocks = under[:4, at_level]
        columns[f"share_{level}"] = words / whole
        columns[f"links_{level}"] = share(links, letters)
        columns[f"blocks_{level}"] = blocks
        columns[f"mean_{level}"] = share(words, blocks)
        columns[f"twins_{level}"] = alike[at_level]
        at_level = parents[at_level]
    return columns | _best_columns(under[4], below, owner)


def last_inside(parents: list[int]) -> Ints:
    """Of each element, the index of the last one inside it: elements are numbered in document
    order.
    """
    last = list(range(len(parents)))
    for at in range(len(parents) - 1, 0, -1):
        above = parents[at]
        if last[above] < last[at]:
            last[above] = last[at]
    return np.array(last, dtype=np.int64)


def _best_columns(prose: Ints, below: Ints, owner: Ints) -> Columns:
    """Where a block stands to the deepest element that holds 60 % of the page's prose."""
    total = max(int(prose[0]), 1) if len(prose) > 1 else 1
    holds = np.flatnonzero(prose[:-1] * 10 >= total * 6)
    best = int(holds[-1]) if len(holds) else 0
    end = int(below[best]) if len(below) else 0
    return {
        "best_inside": (owner >= best) & (owner <= end),
        "best_distance": np.maximum(best - owner, 0) + np.maximum(owner - end, 0),
        "best_share": np.full(len(owner), prose[best] / total),
    }
