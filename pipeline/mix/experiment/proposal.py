"""Weights that laws predict best under a budget and a cap on copies, near the natural mixture.

Minimised is the mean over metrics of (prediction - mean of the runs) / their standard deviation,
plus `pull` times KL(weights || natural), as in Olmix (arXiv 2602.12237). With linear and log-linear
laws this is convex; of trees the best of many sampled mixtures are averaged, as RegMix (2407.01492)
does.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError, needing
from pipeline.mix.experiment.laws import Trees
from pipeline.mix.experiment.mixture_fit import Fit
from pipeline.mix.experiment.swarm import caps_of, existing, within_caps
from pipeline.recipe_types import toml_key

Floats = NDArray[np.float64]

_SAMPLED, _AVERAGED = 4096, 64  # mixtures that trees are asked for, and the best that are averaged
_LEAST_GAIN = 1e-9  # of the score, below which the natural mixture stays
_UNBELIEVED = "no law is better than its baseline, so that nothing speaks against the natural mix"


@dataclass(frozen=True)
class Proposal:
    """Weights by component, their score and that of the natural mixture: less is better."""

    weights: dict[str, float]
    score: float
    natural_score: float
    note: str  # why it is the natural mixture, or which metrics it leaves out; "" otherwise

    @property
    def is_another(self) -> bool:
        """Whether it is another mixture than the natural one."""
        return self.score < self.natural_score


@dataclass(frozen=True)
class _Aim:
    """What is minimised, over components with tokens; shares and caps (components,)."""

    laws: tuple[Fit, ...]
    columns: NDArray[np.int64]  # of the components among those of the laws
    natural: Floats
    caps: Floats
    pull: float

    def scores(self, mixtures: Floats) -> Floats:
        """Of mixtures (mixtures, components)."""
        rows = self._rows(mixtures)
        told = [(fit.law.predict(rows) - fit.mean) / fit.spread for fit in self.laws]
        apart = (mixtures * self._log_ratios(mixtures)).sum(axis=1)
        return np.asarray(np.mean(told, axis=0) + self.pull * apart)

    def score(self, weights: Floats) -> float:
        return float(self.scores(weights[None])[0])

    def gradient(self, weights: Floats) -> Floats:
        """Of laws that have one."""
        row = self._rows(weights[None])[0]
        slopes = [_gradient(fit.law, row)[self.columns] / fit.spread for fit in self.laws]
        return np.asarray(np.mean(slopes, axis=0) + self.pull * (self._log_ratios(weights) + 1))

    def _log_ratios(self, mixtures: Floats) -> Floats:
        return np.asarray(np.log(np.maximum(mixtures, 1e-12) / self.natural))

    def _rows(self, mixtures: Floats) -> Floats:
        rows = np.zeros((len(mixtures), len(self.laws[0].components)))
        rows[:, self.columns] = mixtures
        return rows


def propose(
    fits: Sequence[Fit],
    natural: Mapping[str, float],
    tokens: float,
    max_copies: float,
    pull: float,
    seed: int,
) -> Proposal:
    """The best weights for metrics whose laws are better than their baselines; others are left out,
    as a law of noise would move weights by chance.

    No weight is more than `max_copies` of a component's natural tokens, of `tokens` in all; 0 are
    all natural tokens. The natural mixture where none is better by score, and a note. UsageError
    where components of runs and natural tokens differ, or the copies have too few tokens.
    """
    if not (math.isfinite(pull) and pull >= 0):
        raise UsageError(f"pull = {pull:g} is no strength; give a number from 0 on")
    names, sizes = existing(natural)
    shares, caps = sizes / sizes.sum(), caps_of(sizes, tokens, max_copies)
    believed = tuple(fit for fit in fits if fit.is_better)
    for fit in fits:
        _check_components(fit, natural)
    if not believed:
        return Proposal(_named(natural, names, shares), 0.0, 0.0, _UNBELIEVED)
    columns = np.array([believed[0].components.index(name) for name in names])
    aim = _Aim(tuple(_aligned(fit, believed[0]) for fit in believed), columns, shares, caps, pull)
    found, at_natural = _best(aim, np.random.default_rng(seed)), aim.score(shares)
    if aim.score(found) >= at_natural - _LEAST_GAIN:
        note = "no mixture within the caps is predicted better than the natural one"
        return Proposal(_named(natural, names, shares), at_natural, at_natural, note)
    left = [fit.metric for fit in fits if not fit.is_better]
    note = f"left out, as no law is better than its baseline: {', '.join(left)}" if left else ""
    return Proposal(_named(natural, names, found), aim.score(found), at_natural, note)


def recipe_text(
    weights: Mapping[str, float], tokens: int, max_copies: float, by: str = "domain"
) -> str:
    """The section of a recipe, in TOML. Weights are rounded down to six digits, so that they sum to
    at most 1 and keep their caps.
    """
    lines = ["[mix]", f'by = "{by}"', 'method = "weights"', f"tokens = {int(tokens)}"]
    lines += [f"max_copies = {float(max_copies)!r}", "", "[mix.weights]"]
    for name, weight in weights.items():
        millionths = math.floor(1e6 * weight + 1e-4)  # 0.3 has no digits of its own
        lines.append(f"{toml_key(name)} = {millionths / 1e6:.6f}")
    return "\n".join(lines) + "\n"


def _gradient(law: Any, row: Floats) -> Floats:
    return np.asarray(law.gradient(row))


def _named(natural: Mapping[str, float], names: Sequence[str], shares: Floats) -> dict[str, float]:
    """Weights of all components, in the order they were given; 0 without tokens."""
    found = dict(zip(names, shares.tolist(), strict=True))
    return {name: found.get(name, 0.0) for name in natural}


def _check_components(fit: Fit, natural: Mapping[str, float]) -> None:
    if missing := sorted(set(fit.components) - set(natural)):
        raise UsageError(
            f"the runs have the component {missing[0]} and no natural tokens are given for it; "
            "give them, or 0"
        )
    if unseen := sorted(name for name in natural if natural[name] and name not in fit.components):
        raise UsageError(
            f"the component {unseen[0]} has natural tokens and no run has a share of it; "
            "take it out, or give it a column of the ratios"
        )


def _aligned(fit: Fit, first: Fit) -> Fit:
    if fit.components != first.components:
        raise UsageError(
            f"{fit.metric} and {first.metric} were fitted to different components; "
            "fit all metrics to one table of ratios"
        )
    return fit


def _best(aim: _Aim, draws: np.random.Generator) -> Floats:
    """Feasible weights with the least score that is found."""
    sampled = np.array(list(_sampled(aim, draws)))
    order = np.argsort(aim.scores(sampled), kind="stable")
    if any(isinstance(fit.law, Trees) for fit in aim.laws):
        found = [sampled[order[0]], sampled[order[:_AVERAGED]].mean(axis=0)]
    else:
        starts = [aim.natural, sampled[order[0]], sampled.mean(axis=0)]
        found = [one for start in starts if (one := _descended(aim, start)) is not None]
    return min([*found, aim.natural], key=aim.score)


def _sampled(aim: _Aim, draws: np.random.Generator) -> Iterator[Floats]:
    """Mixtures within the caps, from near the natural one to single components."""
    centre = (aim.natural + 1 / len(aim.natural)) / 2
    trees = any(isinstance(fit.law, Trees) for fit in aim.laws)
    for strength in np.geomspace(0.5, 200.0, _SAMPLED if trees else _AVERAGED):
        drawn = draws.dirichlet(np.maximum(strength * centre, 1e-6))
        mixture = within_caps(drawn, aim.caps, aim.natural, 0.0)
        if mixture is not None:
            yield mixture


def _descended(aim: _Aim, start: Floats) -> Floats | None:
    """Where sequential least squares ends, brought back onto the simplex and below the caps."""
    with needing("train", "fitting mixtures"):
        from scipy.optimize import minimize
    found = minimize(
        aim.score,
        start,
        jac=aim.gradient,
        method="SLSQP",
        bounds=[(0.0, cap) for cap in aim.caps],
        constraints={
            "type": "eq",
            "fun": lambda weights: weights.sum() - 1,
            "jac": lambda weights: np.ones_like(weights),
        },
        options={"maxiter": 300, "ftol": 1e-10},
    )
    weights = np.clip(np.nan_to_num(found.x), 0.0, aim.caps)
    return within_caps(weights, aim.caps, aim.natural, 0.0)
