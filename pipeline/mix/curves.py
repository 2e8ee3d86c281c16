"""From scores to keeping and repeating: percentiles by characters, Pareto draws, a rising curve.

All functions see masses (characters) by bin or bucket, in rising order of score, and never a
document.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError

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


def buckets(masses: Floats, count: int) -> NDArray[np.int64]:
    """Per bin the number of its bucket, 0 the lowest: `count` buckets of about equal mass."""
    middle = np.cumsum(masses) - masses / 2
    shares = middle / max(float(masses.sum()), 1e-300)
    return np.minimum((shares * count).astype(np.int64), count - 1)


def quality_curve(masses: Floats, amount: float, cap: float) -> Floats:
    """How often each bucket is seen, so that `amount` is seen in all and better is never seen less.

    One parameter t, by bisection: above the natural size bucket x (0 the worst, 1 the best) is seen
    exp(t x) times, at most `cap`; below it exp(-t (1 - x)), at most once; at the natural size all
    once. UsageError where `amount` is more than `cap` times the mass.
    """
    total = float(masses.sum())
    if amount > cap * total * (1 + 1e-9):
        raise UsageError(
            f"{amount:.0f} characters are wanted of {total:.0f}; at {cap:g} copies "
            f"{cap * total:.0f} can be reached"
        )
    places = (np.arange(len(masses)) + 0.5) / len(masses)

    def factors(t: float) -> Floats:
        exponents = np.where(amount >= total, t * places, t * (places - 1))
        return np.asarray(np.minimum(np.exp(np.clip(exponents, -700, 700)), cap))

    if np.isclose(amount, total, rtol=1e-12, atol=0):
        return np.ones_like(masses)
    return factors(
        _bisect(lambda t: float((masses * factors(t)).sum()) - amount, rising=amount > total)
    )


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
