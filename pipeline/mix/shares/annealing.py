"""The annealing set: the best documents, kept out of the main phase and read at the very end.

Sizes in use reach from under 2 % (OLMo 3, arXiv 2512.13961) to 10 % of a run (MiniCPM, 2404.06395).
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.mix.shares.curves import keep_best
from pipeline.mix.shares.weights import fill
from pipeline.recipe_types import AnnealingConfig

Floats = NDArray[np.float64]


def reserve(
    masses: Floats, names: tuple[str, ...], shares: Floats, amount: float, config: AnnealingConfig
) -> Floats:
    """The chance by component and bin to be reserved; shape of `masses`, (components, bins).

    `amount` tokens of documents that score at least `min_score`, components in proportion to their
    shares as far as they have such documents, the best of each, and no more than `max_share` of
    what it has; all there are where that is less.
    """
    bins = masses.shape[1]
    allowed = np.array([not config.domains or name in config.domains for name in names])
    # A bin counts where its lower edge reaches the limit, so no document below it is reserved.
    eligible = np.ceil(config.min_score * bins - 1e-9) <= np.arange(bins)
    open_masses = masses * eligible[None, :] * allowed[:, None] * (shares > 0)[:, None]
    there = open_masses.sum(axis=1)
    amounts = fill(shares, np.minimum(there, config.max_share * masses.sum(axis=1)), amount)
    chances = np.zeros_like(masses)
    for i in np.flatnonzero(amounts):
        chances[i] = keep_best(open_masses[i], amounts[i] / there[i]) * (open_masses[i] > 0)
    return chances
