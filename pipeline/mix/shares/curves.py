"""From scores to keeping and repeating: percentiles by tokens, Pareto draws, a rising curve.

All functions see masses (tokens) by bin or bucket, in rising order of score, and never a document.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_STEPS = 200  # of a bisection: beyond the precision of a float


def keep_best(masses: Floats, keep: float) -> Floats:
    """Per bin the chance to be kept, so that exactly `keep` of all mass is, the best of it.

    The bin that the percentile falls into is kept in part.
    """
    wanted = keep * masses.sum()
    better = np.concatenate([np.cumsum(masses[::-1])[::-1][1:], [0.0]])  # mass above each bin
    room = np.clip(wanted - better, 0.0, masses)
    whole = (room > 0) | (wanted > better)  # a bin without mass, above the percentile
    return np.asarray(np.divide(room, masses, out=whole.astype(np.float64), where=masses > 0))


def pareto(masses: Floats, keep: float) -> Floats:
    """Per bin (2 - score)^-alpha, with alpha such that `keep` of all mass is kept on average.

    GPT-3's rule (arXiv 2005.14165, appendix A: keep when a Pareto draw exceeds 1 - score) in closed
    form, so that a keyed hash can decide; there alpha was 9.
    """
    scores = (np.arange(len(masses)) + 0.5) / len(masses)
    total = masses.sum()
    if total == 0 or keep >= 1:
        return np.ones_like(masses)
    alpha = _bisect(
        lambda a: float((masses * (2 - scores) ** -a).sum()) - keep * total, rising=False
    )
    return np.asarray((2 - scores) ** -alpha)


def bucket_places(masses: Floats, count: int) -> tuple[Floats, Floats]:
    """Where a bin begins among `count` buckets of equal mass, 0 the lowest, and how many it spans.

    A document of a bin is in the bucket that a draw between its two ends falls into, so that
    buckets are equal however scores are tied.
    """
    share = count / max(float(masses.sum()), 1e-300)
    return (np.cumsum(masses) - masses) * share, masses * share


def quality_curve(
    masses: Floats, amount: float, cap: float, wanted: Floats | None = None, *, rises: bool = True
) -> Floats:
    """How often each bucket is seen, so that `amount` is seen in all, or as much as `cap` allows.

    The first axis is that of buckets. `wanted` is how often each is seen at the natural size, all
    once by default. One parameter t, by
    bisection: above the natural size bucket x (0 the worst, 1 the best) is seen exp(t x) times as
    often, at most `cap`; below it exp(-t (1 - x)) times. Without `rises` all buckets gain and lose
    alike.
    """
    natural = np.broadcast_to(1.0 if wanted is None else np.minimum(wanted, cap), masses.shape)
    total = float((masses * natural).sum())
    if amount <= 0:
        return np.zeros_like(masses)
    if np.isclose(amount, total, rtol=1e-12, atol=0) or not total:
        return natural
    if amount >= cap * float(masses.sum()):
        return np.full_like(masses, cap)
    above = amount > total
    places = (np.arange(len(masses)) + 0.5) / len(masses) if rises else np.full(len(masses), 0.5)
    places = places.reshape(-1, *(1 for _ in masses.shape[1:]))

    def factors(t: float) -> Floats:
        exponents = t * places if above else t * (places - 1)
        return np.asarray(np.minimum(natural * np.exp(np.clip(exponents, -700, 700)), cap))

    return factors(_bisect(lambda t: float((masses * factors(t)).sum()) - amount, rising=above))


def _bisect(excess: Callable[[float], float], rising: bool) -> float:
    """The root from 0 on of a monotone function, or the largest value tried where it has none."""
    low, high = 0.0, 1.0
    while (excess(high) < 0) == rising and high < 2.0**40:
        low, high = high, high * 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if (excess(middle) < 0) == rising:
            low = middle
        else:
            high = middle
    return high
