"""How good scores are: AUC, precision at a keep rate, calibration and its error. NumPy alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ISOTONIC_POINTS = 2_000  # fewer are calibrated by a logistic curve, which has two parameters only
_KNOTS = 65  # of a logistic curve kept as a map
_STEPS = 500
_LEAST_SLOPE = 1e-3


def auc(scores: Floats, positive: Flags) -> float:
    """The chance that a positive scores above a negative, ties half; NaN without one of each."""
    positives, negatives = int(positive.sum()), int((~positive).sum())
    if not positives or not negatives:
        return float("nan")
    _, group, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[group]
    return float(
        (ranks[positive].sum() - positives * (positives + 1) / 2) / (positives * negatives)
    )


def threshold_at_keep(scores: Floats, weights: Floats, keep: float) -> float:
    """The least score kept when the best `keep` of all weight (characters, tokens) is kept."""
    order = np.argsort(-scores, kind="stable")
    reached = np.cumsum(weights[order])
    at = int(np.searchsorted(reached, keep * reached[-1] * (1 - 1e-12)))
    return float(scores[order][min(at, len(order) - 1)])


def precision_recall(scores: Floats, positive: Flags, threshold: float) -> tuple[float, float]:
    """At or above the threshold: the share that is positive, and the share of all positives."""
    above = scores >= threshold
    hits = float((above & positive).sum())
    return hits / max(1, int(above.sum())), hits / max(1, int(positive.sum()))


def calibration_error(chances: Floats, positive: Flags, bins: int = 10) -> float:
    """Expected calibration error over bins of equal mass."""
    order = np.argsort(chances, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [len(p) * abs(chances[p].mean() - positive[p].mean()) for p in parts]
    return float(sum(gaps) / len(order))


@dataclass(frozen=True)
class Calibration:
    """A map from scores to chances: straight lines between knots, rising, so that order is kept."""

    scores: tuple[float, ...] = (0.0, 1.0)
    chances: tuple[float, ...] = (0.0, 1.0)

    def apply(self, scores: Floats) -> Floats:
        """The chances of `scores`; NaN stays NaN."""
        return np.asarray(np.interp(scores, self.scores, self.chances), dtype=np.float64)


def calibration_of(card: Mapping[str, Any]) -> Calibration:
    """The map of a model's card. KeyError for a card without one."""
    return Calibration(**{name: tuple(knots) for name, knots in card["calibration"].items()})


def calibrate(scores: Floats, positive: Flags) -> Calibration:
    """Isotonic from 2,000 points on (Zadrozny and Elkan 2002), below that logistic (Platt 1999)."""
    return (
        _isotonic(scores, positive) if len(scores) >= ISOTONIC_POINTS else _platt(scores, positive)
    )


def _isotonic(scores: Floats, positive: Flags) -> Calibration:
    """Pool adjacent violators; a knot in the middle of every block, smoothed off 0 and 1."""
    blocks: list[list[float]] = []  # sum of scores, positives, points
    for i in np.argsort(scores, kind="stable"):
        blocks.append([float(scores[i]), float(positive[i]), 1.0])
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    knots = [(s / n, (p + 0.5) / (n + 1)) for s, p, n in blocks]
    xs, ys = np.array([x for x, _ in knots]), np.maximum.accumulate([y for _, y in knots])
    return _map(xs, ys)


def _platt(scores: Floats, positive: Flags) -> Calibration:
    """A logistic curve over the score's log-odds, with Platt's soft targets."""
    odds = _log_odds(scores)
    count, total = float(positive.sum()), float(len(positive))
    targets = np.where(positive, (count + 1) / (count + 2), 1 / (total - count + 2))
    design = np.stack([odds, np.ones_like(odds)], axis=1)
    weights = np.zeros(2)
    # The curvature is at most a quarter of the squares everywhere: with that bound every step goes
    # uphill (Boehning and Lindsay 1988), where Newton's own may leap away from saturated scores.
    bound = np.linalg.inv(design.T @ design / 4 + 1e-6 * np.eye(2))
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        weights = weights + bound @ (design.T @ (targets - chances))
    if weights[0] < _LEAST_SLOPE:  # a falling curve would turn the order round
        base = targets.mean()
        weights = np.array([_LEAST_SLOPE, np.log(base / (1 - base)) - _LEAST_SLOPE * odds.mean()])
    xs = 1 / (1 + np.exp(-np.linspace(-12, 12, _KNOTS)))
    return _map(xs, 1 / (1 + np.exp(-np.clip(weights[0] * _log_odds(xs) + weights[1], -30, 30))))


def _log_odds(scores: Floats) -> Floats:
    clipped = np.clip(scores, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(clipped / (1 - clipped)), dtype=np.float64)


def _map(xs: Floats, ys: Floats) -> Calibration:
    """Knots with ends at 0 and 1, so that best and worst still differ; ten digits are kept."""
    xs = np.concatenate([[0.0], np.clip(xs, 1e-9, 1 - 1e-9), [1.0]])
    ys = np.concatenate([[ys[0] / 2], ys, [(1 + ys[-1]) / 2]])
    return Calibration(
        tuple(round(float(x), 10) for x in xs), tuple(round(float(y), 10) for y in ys)
    )


def crossed_calibration_error(scores: Floats, positive: Flags, sides: NDArray[np.int64]) -> float:
    """`calibration_error` of chances on each side by a map that was fitted on the others: a map
    looks right on what it was fitted on. NaN where one side alone holds a class.
    """
    chances = np.full(len(scores), np.nan)
    for side in np.unique(sides):
        others = sides != side
        if len(np.unique(positive[others])) < 2:
            return float("nan")
        chances[~others] = calibrate(scores[others], positive[others]).apply(scores[~others])
    return calibration_error(chances, positive)


def percentiles(scores: Floats) -> list[float]:
    """The 101 percentiles of scores."""
    return [round(float(one), 9) for one in np.quantile(scores, np.linspace(0, 1, 101))]


def macro_f1(told: Sequence[str], truth: Sequence[str]) -> float:
    """The mean F1 of the labels there are; one that is told of a text and stands nowhere counts
    against the others alone.
    """
    hits = Counter(one for one, other in zip(told, truth, strict=True) if one == other)
    said, there = Counter(told), Counter(truth)
    return float(np.mean([2 * hits[name] / (said[name] + there[name]) for name in there]))
