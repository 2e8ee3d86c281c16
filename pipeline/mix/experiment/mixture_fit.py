"""What the runs of a swarm say of one metric: laws beside trivial baselines, out of fold.

A law is believed where it predicts runs that it has not seen reliably better, in squared error and
in rank, than the mean and than the share of one component alone, which can explain most of a swarm
and must be beaten.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError
from pipeline.mix.experiment.laws import BASELINES, LAWS, Law, spread_of
from pipeline.mix.experiment.run_tables import RunTable, matched
from pipeline.recipe_types import suggestion

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

NOT_BETTER = "no better than the baseline"
LEAST_RUNS = 10
_LEVEL = 95.0  # per cent of intervals
_KINDS = LAWS | BASELINES


@dataclass(frozen=True)
class Interval:
    """A figure and its 95 % interval over runs that are drawn again."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"


@dataclass(frozen=True)
class Skill:
    """How well runs that were left out are predicted."""

    rank: Interval  # Spearman's correlation with what was measured; 0 of what predicts no order
    error: Interval  # root of the mean squared error, in units of the metric


@dataclass(frozen=True)
class Lead:
    """What a law has over a baseline; above 0 where it is better."""

    rank: Interval
    error: Interval  # by which the root of the mean squared error is less

    @property
    def is_sure(self) -> bool:
        """Whether both intervals lie above 0."""
        return self.rank.low > 0 and self.error.low > 0


@dataclass(frozen=True)
class Fit:
    """A metric, the law that predicts it best, and what it is worth."""

    metric: str
    components: tuple[str, ...]
    runs: int
    skills: dict[str, Skill]  # by law and baseline
    leads: dict[str, dict[str, Lead]]  # of each law over each baseline
    best: str  # the law with the least error out of fold
    baseline: str  # the baseline with the least error out of fold
    law: Law  # the best one, fitted to all runs
    mean: float  # of the metric over the runs
    spread: float  # its standard deviation, 1 of a constant metric

    @property
    def is_better(self) -> bool:
        """Whether the best law is reliably better than every baseline."""
        return all(lead.is_sure for lead in self.leads[self.best].values())

    @property
    def verdict(self) -> str:
        """One sentence."""
        leads = self.leads[self.best]
        doubtful = [name for name in leads if not leads[name].is_sure]
        against = self.baseline if not doubtful or self.baseline in doubtful else doubtful[0]
        lead = leads[against]
        figures = (
            f"out of fold its error is {lead.error} less than that of {against}, "
            f"its rank correlation {lead.rank} more"
        )
        if doubtful:
            return f"{self.metric}: {self.best} is {NOT_BETTER}; {figures}"
        return f"{self.metric}: {self.best} is better than the baselines; {figures}"


def fit(
    ratios: RunTable,
    metrics: RunTable,
    metric: str,
    seed: int,
    folds: int = 5,
    repeats: int = 5,
    draws: int = 1000,
) -> Fit:
    """The laws of one metric, cross-validated `repeats` times in `folds`; intervals from `draws`
    resamples of the runs. UsageError for a metric that is not there or too few runs.
    """
    values = values_of(ratios, metrics, metric)
    _check(len(values), folds, repeats, draws)
    shares, generator = ratios.values, np.random.default_rng(seed)
    numbers = [_fold_numbers(len(values), folds, generator) for _ in range(repeats)]
    told = {
        name: np.stack([_out_of_fold(name, shares, values, fold, seed) for fold in numbers])
        for name in _KINDS
    }
    drawn = generator.integers(len(values), size=(draws, len(values)))
    samples = np.concatenate([np.arange(len(values))[None], drawn])
    ranks = {name: _rank_correlations(one, values, samples) for name, one in told.items()}
    # A mean orders nothing; that of other folds is low where the runs left out are high.
    ranks["mean"] = np.zeros(len(samples))
    errors = {name: _errors(one, values, samples) for name, one in told.items()}
    best = min(LAWS, key=lambda name: float(errors[name][0]))
    return Fit(
        metric=metric,
        components=ratios.columns,
        runs=len(values),
        skills={name: Skill(_interval(ranks[name]), _interval(errors[name])) for name in _KINDS},
        leads={name: _leads(name, ranks, errors) for name in LAWS},
        best=best,
        baseline=min(BASELINES, key=lambda name: float(errors[name][0])),
        law=LAWS[best](shares, values, seed),
        mean=float(values.mean()),
        spread=spread_of(values),
    )


def values_of(ratios: RunTable, metrics: RunTable, metric: str) -> Floats:
    """A metric (runs,) in the order of the ratios; UsageError where there is none."""
    if metric not in metrics.columns:
        told = suggestion(metric, metrics.columns, "it has")
        raise UsageError(f"{metrics.path} has no metric {metric!r}; {told}")
    values = matched(ratios, metrics).values
    return np.ascontiguousarray(values[:, metrics.columns.index(metric)])


def interval_of(value: float, draws: Floats) -> Interval:
    """A figure with the middle 95 % of what resamples gave."""
    outside = (100 - _LEVEL) / 2
    low, high = np.percentile(draws, [outside, 100 - outside])
    return Interval(value, float(low), float(high))


def _check(runs: int, folds: int, repeats: int, draws: int) -> None:
    if runs < LEAST_RUNS:
        raise UsageError(f"{runs} runs are too few to judge a law; give {LEAST_RUNS} or more")
    if not 2 <= folds <= runs // 2:
        raise UsageError(f"folds = {folds} of {runs} runs; give 2 to {runs // 2}")
    if repeats < 1 or draws < 100:
        raise UsageError(
            f"repeats = {repeats} and draws = {draws} are too few; give at least 1 and 100"
        )


def _fold_numbers(runs: int, folds: int, generator: np.random.Generator) -> Places:
    """The fold of each run; sizes differ by one at most."""
    numbers = np.empty(runs, dtype=np.int64)
    numbers[generator.permutation(runs)] = np.arange(runs) % folds
    return numbers


def _out_of_fold(name: str, shares: Floats, values: Floats, fold: Places, seed: int) -> Floats:
    """What a law says of each run (runs,), fitted to the other folds."""
    told = np.empty_like(values)
    for number in range(int(fold.max()) + 1):
        out = fold == number
        told[out] = _KINDS[name](shares[~out], values[~out], seed).predict(shares[out])
    return told


def _errors(told: Floats, values: Floats, samples: Places) -> Floats:
    """Root mean squared errors (samples,) of predictions (repeats, runs)."""
    squares = ((told - values) ** 2).mean(axis=0)
    return np.asarray(np.sqrt(squares[samples].mean(axis=1)))


def _rank_correlations(told: Floats, values: Floats, samples: Places) -> Floats:
    """Spearman's correlations (samples,), the mean over predictions (repeats, runs)."""
    measured = _centred_ranks(values[samples])
    found = [_correlations(_centred_ranks(one[samples]), measured) for one in told]
    return np.asarray(np.mean(found, axis=0))


def _centred_ranks(rows: Floats) -> Floats:
    """Mean ranks within each row, less their mean."""
    from scipy.stats import rankdata

    ranks = np.asarray(rankdata(rows, axis=1))
    return np.asarray(ranks - ranks.mean(axis=1, keepdims=True))


def _correlations(one: Floats, other: Floats) -> Floats:
    """Row by row, 0 where a row is constant."""
    whole = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return np.asarray(
        np.divide((one * other).sum(axis=1), whole, out=np.zeros(len(whole)), where=whole > 0)
    )


def _leads(name: str, ranks: dict[str, Floats], errors: dict[str, Floats]) -> dict[str, Lead]:
    return {
        baseline: Lead(
            _interval(ranks[name] - ranks[baseline]), _interval(errors[baseline] - errors[name])
        )
        for baseline in BASELINES
    }


def _interval(figures: Floats) -> Interval:
    """Of the figure of all runs, which comes first, and those of resamples."""
    return interval_of(float(figures[0]), figures[1:])
