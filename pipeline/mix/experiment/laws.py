"""Laws from the shares of a run to one of its metrics, and the trivial ones beside them.

A law is fitted to shares (runs, components) and values (runs,), and predicts values for shares.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import needing

Floats = NDArray[np.float64]

_RIDGES = tuple(10.0**power for power in np.arange(-4, 3.5, 0.5))  # strengths that are tried
_STRENGTHS = tuple(10.0**power for power in np.arange(2, -4.5, -1.0))  # strongest first
_BENDS = (0.1, 0.5, 1.5)  # where a search for the bend of a law begins
_USUAL_BEND = 0.5
_LEAST_PULL, _MOST_PULL, _PULLED = 0.05, 0.6, 3.0  # on log(bend), in variances of the noise
_FAR = 3.0  # standard deviations, from which on a run counts less
_STEEPEST = 40.0  # exponent: far beyond any metric, far below what floats hold


class Law(Protocol):
    """What predicts a metric."""

    def predict(self, shares: Floats) -> Floats:
        """Values (mixtures,) of shares (mixtures, components)."""
        ...


@dataclass(frozen=True)
class Linear:
    """level + slopes . shares"""

    level: float
    slopes: Floats  # (components,)

    def predict(self, shares: Floats) -> Floats:
        return np.asarray(self.level + shares @ self.slopes)

    def gradient(self, shares: Floats) -> Floats:
        """By the shares (components,) of one mixture."""
        return self.slopes


@dataclass(frozen=True)
class LogLinear:
    """floor + exp(level + slopes . shares), the law of Data Mixing Laws (arXiv 2403.16952)."""

    floor: float
    level: float
    slopes: Floats  # (components,)

    def predict(self, shares: Floats) -> Floats:
        return np.asarray(self.floor + self._above(shares))

    def gradient(self, shares: Floats) -> Floats:
        """By the shares (components,) of one mixture."""
        return np.asarray(self._above(shares) * self.slopes)

    def _above(self, shares: Floats) -> Floats:
        return np.asarray(np.exp(self.level + shares @ self.slopes))


@dataclass(frozen=True)
class Trees:
    """Boosted trees of scikit-learn."""

    model: Any

    def predict(self, shares: Floats) -> Floats:
        return np.asarray(self.model.predict(shares), dtype=np.float64)


def spread_of(values: Floats) -> float:
    """The standard deviation, 1 of what is constant but for rounding."""
    spread = float(values.std())
    return spread if spread > 1e-12 * max(1.0, float(np.abs(values).max())) else 1.0


def fit_mean(shares: Floats, values: Floats, seed: int) -> Linear:
    """The mean, whatever the shares."""
    return Linear(float(values.mean()), np.zeros(shares.shape[1]))


def fit_share_alone(shares: Floats, values: Floats, seed: int) -> Linear:
    """A line over the share of one component: the one that correlates best, either way."""
    centred, about = shares - shares.mean(axis=0), values - values.mean()
    squares = (centred**2).sum(axis=0)
    together = centred.T @ about
    strength = np.divide(together**2, squares, out=np.zeros_like(squares), where=squares > 1e-18)
    best = int(strength.argmax())
    slopes = np.zeros(shares.shape[1])
    if strength[best] > 0:
        slopes[best] = together[best] / squares[best]
    return Linear(float(values.mean() - shares.mean(axis=0) @ slopes), slopes)


def fit_ridge(shares: Floats, values: Floats, seed: int) -> Linear:
    """Least squares with a ridge on the slopes, its strength by leaving one run out at a time."""
    with needing("train", "fitting mixtures"):
        from sklearn.linear_model import RidgeCV
    mean, spread = float(values.mean()), spread_of(values)
    model = RidgeCV(alphas=_RIDGES).fit(shares, (values - mean) / spread)
    return Linear(mean + spread * float(model.intercept_), spread * np.asarray(model.coef_))


def fit_trees(shares: Floats, values: Floats, seed: int) -> Trees:
    """Small boosted trees, each of a part of the runs: a swarm has tens of rows."""
    with needing("train", "fitting mixtures"):
        from sklearn.ensemble import GradientBoostingRegressor
    model = GradientBoostingRegressor(
        n_estimators=120,
        learning_rate=0.06,
        max_depth=3,
        min_samples_leaf=3,
        subsample=0.7,
        random_state=seed,
    )
    return Trees(model.fit(shares, values))


def fit_log_linear(shares: Floats, values: Floats, seed: int) -> LogLinear:
    """The log-linear law by least squares with a ridge on its slopes.

    Searched as z = middle + (exp(bend * line) - 1) / bend with line = slopes . (shares - mean) and
    z in standard deviations. As bend falls to 0 this is the straight line, so a ridge on these
    slopes means the same however bent the law is, and a weak pull on log(bend) closes the valley
    in which floor and slopes trade against each other; it is weaker where there is less noise. The
    strength of the ridge is the one with the least error on runs that are left out, to first order
    (by the hat matrix). Runs that miss by far more than the others, as those that diverged do,
    count less (Huber's weights).
    """
    mean, spread, centre = float(values.mean()), spread_of(values), shares.mean(axis=0)
    problem = _Bent(shares - centre, (values - mean) / spread, np.ones(len(values)), _MOST_PULL)
    noise = _usual(problem.best()[1]) ** 2
    problem = replace(problem, pull=float(np.clip(_PULLED * noise, _LEAST_PULL, _MOST_PULL)))
    found, misses = problem.best()
    trust = np.minimum(1.0, _FAR * _usual(misses) / np.maximum(np.abs(misses), 1e-300))
    if trust.min() < 1:
        found, _ = replace(problem, trust=trust).best()
    bend, slopes = float(np.exp(found[1])), found[2:]
    return LogLinear(
        floor=mean + spread * (float(found[0]) - 1 / bend),
        level=float(np.log(spread / bend) - bend * (centre @ slopes)),
        slopes=bend * slopes,
    )


@dataclass(frozen=True)
class _Bent:
    """The least-squares problem of a log-linear law; unknown are middle, log(bend) and slopes."""

    shares: Floats  # (runs, components), centred
    values: Floats  # (runs,), in standard deviations
    trust: Floats  # (runs,), weights of their squares
    pull: float  # on log(bend)

    def best(self) -> tuple[Floats, Floats]:
        """The unknowns under the strength with the least error on runs that are left out, and by
        how much each run is missed without it.

        The strongest ridge starts from several bends, each weaker one from the one before.
        """
        starts = [self._straight(bend) for bend in _BENDS]
        tried = list[tuple[Floats, Floats]]()
        for strength in _STRENGTHS:
            found = self._solved(starts, strength)
            tried.append((found, self._left_out(found, strength)))
            starts = [found]
        return min(tried, key=lambda one: float((self.trust * one[1] ** 2).mean()))

    def _straight(self, bend: float) -> Floats:
        """Unknowns with the slopes of ridge regression."""
        count = self.shares.shape[1]
        gram = self.shares.T @ self.shares + _STRENGTHS[0] * np.eye(count)
        slopes = np.linalg.solve(gram, self.shares.T @ self.values)
        return np.concatenate([[0.0, np.log(bend)], slopes])

    def _solved(self, starts: Sequence[Floats], strength: float) -> Floats:
        with needing("train", "fitting mixtures"):
            from scipy.optimize import least_squares
        found = [
            least_squares(
                self._misses, start, self._slopes, method="lm", args=(strength,), max_nfev=100
            )
            for start in starts
        ]
        return np.asarray(min(found, key=lambda one: float(one.cost)).x)

    def _misses(self, unknown: Floats, strength: float) -> Floats:
        bend = np.exp(unknown[1])
        rise = np.expm1(np.clip(bend * (self.shares @ unknown[2:]), -_STEEPEST, _STEEPEST)) / bend
        pull = np.sqrt(self.pull) * (unknown[1] - np.log(_USUAL_BEND))
        ridge = np.sqrt(strength) * unknown[2:]
        misses = np.sqrt(self.trust) * (unknown[0] + rise - self.values)
        return np.concatenate([misses, [pull], ridge])

    def _slopes(self, unknown: Floats, strength: float) -> Floats:
        """The derivatives of `_misses`."""
        runs, count = self.shares.shape
        bend, line = np.exp(unknown[1]), self.shares @ unknown[2:]
        growth = np.exp(np.clip(bend * line, -_STEEPEST, _STEEPEST))
        found = np.zeros((runs + 1 + count, 2 + count))
        found[:runs, 0] = 1
        found[:runs, 1] = line * growth - (growth - 1) / bend
        found[:runs, 2:] = growth[:, None] * self.shares
        found[:runs] *= np.sqrt(self.trust)[:, None]
        found[runs, 1] = np.sqrt(self.pull)
        found[runs + 1 :, 2:] = np.sqrt(strength) * np.eye(count)
        return found

    def _left_out(self, unknown: Floats, strength: float) -> Floats:
        runs = len(self.values)
        misses = self._misses(unknown, strength)[:runs] / np.sqrt(self.trust)
        basis = np.linalg.qr(self._slopes(unknown, strength))[0][:runs]
        leverage = np.minimum((basis**2).sum(axis=1), 1 - 1e-6)
        return np.asarray(misses / (1 - leverage))


def _usual(misses: Floats) -> float:
    """The standard deviation by the median, of a normal distribution; never quite 0."""
    return max(1e-6, 1.4826 * float(np.median(np.abs(misses))))


Fitter = Callable[[Floats, Floats, int], Law]
LAWS: dict[str, Fitter] = {
    "ridge": fit_ridge,
    "log-linear": fit_log_linear,
    "trees": fit_trees,
}
BASELINES: dict[str, Fitter] = {"mean": fit_mean, "share alone": fit_share_alone}
