"""How often a document is seen that stands for a cluster of near-duplicates.

FineWeb-2 sees it as often as its cluster's size says that such pages are good: pages that some
sites repeat, more often; those that hundreds repeat, most; those that thousands do, once. The
steps are those of its released code (arXiv 2506.20920).
"""

import numpy as np
from numpy.typing import NDArray

STEPS = ((1, 1), (2, 2), (3, 3), (5, 5), (100, 8), (1_000, 1))  # documents of a cluster, copies
COPIES = tuple(sorted({copies for _, copies in STEPS}))


def copy_class(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place in COPIES of what is seen of the survivor of each of many clusters."""
    least = np.array([size for size, _ in STEPS])
    place = np.array([COPIES.index(copies) for _, copies in STEPS], dtype=np.int64)
    return place[np.maximum(np.searchsorted(least, sizes, side="right") - 1, 0)]
