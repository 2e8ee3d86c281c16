"""The annealing set: the best documents, kept out of the main phase and read at the very end.

Sizes in use reach from under 2 % (OLMo 3, arXiv 2512.13961) to 10 % of a run (MiniCPM, 2404.06395).
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.mix.curves import keep_best
from pipeline.mix.weights import allocate
from pipeline.recipe import AnnealingConfig

Floats = NDArray[np.float64]


def reserve(
    masses: Floats, names: tuple[str, ...], shares: Floats, amount: float, config: AnnealingConfig
) -> Floats:
    """The chance by domain and bin to be reserved; shape of `masses`, (domains, bins).

    `amount` characters of documents that score at least `min_score`, domains in proportion to their
    shares as far as they have such documents, the best of each; all there are where that is less.
    """
    bins = masses.shape[1]
    allowed = np.array([not config.domains or name in config.domains for name in names])
    # A bin counts where its lower edge reaches the limit, so no document below it is reserved.
    eligible = np.ceil(config.min_score * bins - 1e-9) <= np.arange(bins)
    open_masses = masses * eligible[None, :] * allowed[:, None] * (shares > 0)[:, None]
    capacities = open_masses.sum(axis=1)
    amounts = allocate(capacities, shares, min(amount, float(capacities.sum())))
    chances = np.zeros_like(masses)
    for i in np.flatnonzero(amounts):
        chances[i] = keep_best(open_masses[i], amounts[i] / capacities[i]) * (open_masses[i] > 0)
    return chances
