"""What the second stage sees beside the features: the first stage's verdicts on the blocks around.

Probabilities are whole thousandths, so every sum is exact and no order of summation can show.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.page.page_blocks import PLACE, Ints, PageBlocks

Floats = NDArray[np.float32]

_STEPS = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)
_REACHES = (5, 15)
NEIGHBOURS = (
    "own", *(f"chance_{step:+d}" for step in _STEPS),
    *(f"chance_within_{reach}" for reach in _REACHES),
    "chance_path", "chance_kind", "chance_parent", "chance_grandparent", "chance_great_grandparent",
    "chance_page", "chance_most", "chance_before", "chance_section",
)  # fmt: skip


def neighbour_features(page: PageBlocks, sizes: Ints, chances: Ints) -> Floats:
    """float32 of shape (len(NEIGHBOURS), blocks) from thousandths; `sizes` in characters."""
    count = len(chances)
    weighted = chances * sizes
    rows: list[Ints | NDArray[np.float64]] = [chances]
    for step in _STEPS:
        row = np.full(count, -1000, dtype=np.int64)
        if step < 0:
            row[-step:] = chances[: max(count + step, 0)]
        else:
            row[: max(count - step, 0)] = chances[step:]
        rows.append(row)
    rows += [_near(weighted, sizes, reach) for reach in _REACHES]
    rows += _groups(page, weighted, sizes)
    total = int(weighted.sum())
    rows.append(np.full(count, total // max(int(sizes.sum()), 1)))
    rows.append(np.full(count, chances.max()))
    rows.append(np.cumsum(weighted) / max(total, 1))
    rows.append(_sections(page, weighted, sizes))
    return np.array(rows, dtype=np.float32)


def _near(weighted: Ints, sizes: Ints, reach: int) -> NDArray[np.float64]:
    index = np.arange(len(sizes))
    low, high = np.maximum(index - reach, 0), np.minimum(index + reach + 1, len(sizes))
    sums, whole = (np.concatenate(([0], np.cumsum(values))) for values in (weighted, sizes))
    return np.asarray((sums[high] - sums[low]) / np.maximum(whole[high] - whole[low], 1))


def _mean_by(keys: Ints, weighted: Ints, sizes: Ints) -> NDArray[np.float64]:
    """The mean of each block's group; bincount adds exactly, for sums stay below 2**53."""
    return np.asarray((np.bincount(keys, weighted) / np.maximum(np.bincount(keys, sizes), 1))[keys])


def _groups(page: PageBlocks, weighted: Ints, sizes: Ints) -> list[NDArray[np.float64]]:
    """Means over blocks of the same path, of the same kind, under the parent and its parents."""
    made = page.arrays()
    owner = made.places[PLACE["element"]]  # -1: the extra last row
    kinds = made.kinds[owner]
    paths = made.known[kinds, 0]
    rows = [_mean_by(paths, weighted, sizes), _mean_by(kinds, weighted, sizes)]
    for _ in range(3):
        owner = made.parents[owner]
        rows.append(_mean_by(owner % len(made.parents), weighted, sizes))
    return rows


def _sections(page: PageBlocks, weighted: Ints, sizes: Ints) -> NDArray[np.float64]:
    """Mean over the text under the heading that a block stands under, or is."""
    levels = page.place_rows()[PLACE["level"]]
    section = np.cumsum(levels > 0)
    text = levels == 0
    sums = np.bincount(section, weighted * text)
    whole = np.bincount(section, sizes * text)
    return np.asarray((sums / np.maximum(whole, 1))[section])
