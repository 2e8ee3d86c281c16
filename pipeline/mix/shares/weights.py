"""Shares of the tokens by component, and amounts that have them under a cap on copies.

Those that weights do not name share the rest by the recipe's method: in proportion to n tokens,
to n^(1/T) (mT5, arXiv 2010.11934, has T = 3.3), or all alike (UniMax, 2304.09151).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError
from pipeline.recipe_types import MixConfig

Floats = NDArray[np.float64]
WHOLE = 1e-5  # less is no rest: it is what rounding leaves


def rest(weights: Mapping[str, float]) -> float:
    """The share of the tokens that weights leave to the components that they do not name."""
    left = 1 - sum(weights.values())
    return left if left > WHOLE else 0.0


def is_wanted(name: str, weights: Mapping[str, float]) -> bool:
    """Whether a component has a share, be there documents of it or not."""
    return weights.get(name, rest(weights)) > 0


def shares_of(names: tuple[str, ...], mix: MixConfig, natural: Floats) -> Floats:
    """The share of every component: its weight, and of the others their part of the rest.

    What components without documents were to have, the others take; all are 0 where none that
    there is has a share.
    """
    named = np.array([name in mix.weights for name in names], dtype=np.bool_)
    others = np.where(named, 0.0, _pulls(mix, natural))
    shares = rest(mix.weights) * others / max(float(others.sum()), 1e-300)
    shares += np.array([mix.weights.get(name, 0.0) for name in names])
    shares = np.where(natural > 0, shares, 0.0)
    whole = float(shares.sum())
    return np.asarray(shares / whole) if whole else shares


def _pulls(mix: MixConfig, natural: Floats) -> Floats:
    """In which proportions the method has those that no weight names."""
    if mix.method == "unimax":
        return np.asarray((natural > 0).astype(np.float64))
    return np.asarray(natural ** (1 / mix.temperature if mix.method == "temperature" else 1.0))


def target_shares(names: tuple[str, ...], mix: MixConfig, natural: Floats) -> Floats:
    """`shares_of`; UsageError where there are documents, and none has a share."""
    shares = shares_of(names, mix, natural)
    if natural.any() and not shares.any():
        raise UsageError(
            f"mix.weights names {', '.join(sorted(mix.weights))} and the documents are of "
            f"{', '.join(names) or 'no ' + mix.by}; give one of these a weight"
        )
    return shares


def unbudgeted(natural: Floats, most: Floats, shares: Floats) -> float:
    """So much in all, in proportion to shares, that every component with one is seen whole, the
    scarce ones several times, but no more than has as much of the scarcest as `most` allows.
    """
    there = (shares > 0) & (natural > 0)
    if not there.any():
        return 0.0
    levels, limits = natural[there] / shares[there], most[there] / shares[there]
    return min(float(levels.max()), float(limits.min()))


def fill(shares: Floats, room: Floats, total: float, before: Floats | None = None) -> Floats:
    """Amounts that sum to `total`, none above its room, and else with `before` in proportion to
    shares: who has more than its share before gets nothing, who has no room left gives the rest to
    the others. The most that there is room for, where that is less.

    Water-filling: UniMax (arXiv 2304.09151) with any shares and something in every glass.
    """
    had = np.zeros_like(room) if before is None else before
    open_room = np.where(shares > 0, room, 0.0)
    if total >= open_room.sum():
        return open_room
    # Between two of these levels the sum is linear: each begins or ends the filling of one.
    safe = np.where(shares > 0, shares, 1.0)
    starts, ends = had / safe, (had + open_room) / safe
    marks = np.unique(np.concatenate([starts[shares > 0], ends[shares > 0]]))
    sums = np.array([_filled(shares, had, open_room, mark).sum() for mark in marks])
    at = int(np.clip(np.searchsorted(sums, total, side="right"), 1, len(marks) - 1))
    part = (total - sums[at - 1]) / max(sums[at] - sums[at - 1], 1e-300)
    level = marks[at - 1] + min(max(part, 0.0), 1.0) * (marks[at] - marks[at - 1])
    return _filled(shares, had, open_room, float(level))


def _filled(shares: Floats, had: Floats, room: Floats, level: float) -> Floats:
    return np.asarray(np.clip(level * shares - had, 0.0, room))
