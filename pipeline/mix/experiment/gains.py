"""What a proposal gains over the natural mixture, less what the search for it has flattered it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError
from pipeline.mix.experiment.laws import LAWS, spread_of
from pipeline.mix.experiment.mixture_fit import Fit, Interval, interval_of, values_of
from pipeline.mix.experiment.proposal import Proposal, propose
from pipeline.mix.experiment.run_tables import RunTable

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

LEAST_DRAWS = 20


@dataclass(frozen=True)
class Gain:
    """By how much less a metric is under a proposal than under the natural mixture, in its units.

    The best of many mixtures looks better than it is. How much, resamples tell: each proposes anew,
    and what its own law promises is held against the law of all runs. `expected` is `predicted`
    less that, with an interval over 95 % of the resamples. It does not know by how much a law of
    its form misses the truth, so that it is rather too narrow.
    """

    metric: str
    predicted: float
    expected: Interval


def gains(
    fits: Sequence[Fit],
    ratios: RunTable,
    metrics: RunTable,
    proposal: Proposal,
    natural: Mapping[str, float],
    *,
    tokens: float,
    max_copies: float,
    pull: float,
    seed: int,
    draws: int = 100,
) -> list[Gain]:
    """The gains of `propose(fits, natural, tokens, max_copies, pull, seed)`, for each metric that
    it believes; the best law of each is fitted again to `draws` resamples of the runs.
    """
    if draws < LEAST_DRAWS:
        raise UsageError(f"draws = {draws} give no interval; take {LEAST_DRAWS} or more")
    believed = [fit for fit in fits if fit.is_better]
    predicted = _gains(believed, natural, proposal.weights)
    runs, generator = len(ratios.runs), np.random.default_rng(seed)
    flattery = np.zeros((draws, len(believed)))
    if np.abs(predicted).max(initial=0.0) > 0:
        for number, rows in enumerate(generator.integers(runs, size=(draws, runs))):
            again = [_refitted(fit, ratios, metrics, rows, seed) for fit in believed]
            weights = propose(again, natural, tokens, max_copies, pull, seed).weights
            promised = _gains(again, natural, weights)
            flattery[number] = promised - _gains(believed, natural, weights)
    return [
        Gain(fit.metric, value, interval_of(value - float(np.median(own)), value - own))
        for fit, value, own in zip(believed, predicted.tolist(), flattery.T, strict=True)
    ]


def _refitted(fit: Fit, ratios: RunTable, metrics: RunTable, rows: Places, seed: int) -> Fit:
    values = values_of(ratios, metrics, fit.metric)[rows]
    law = LAWS[fit.best](ratios.values[rows], values, seed)
    return replace(fit, law=law, mean=float(values.mean()), spread=spread_of(values))


def _gains(
    fits: Sequence[Fit], natural: Mapping[str, float], weights: Mapping[str, float]
) -> Floats:
    """By how much less each metric (fits,) is predicted under weights than under natural tokens."""
    found = []
    for fit in fits:
        pair = np.array(
            [[one.get(name, 0.0) for name in fit.components] for one in (natural, weights)]
        )
        at_natural, at_weights = fit.law.predict(pair / pair.sum(axis=1, keepdims=True))
        found.append(float(at_natural - at_weights))
    return np.array(found)
