"""Laws from shares to metrics: a planted law is found, noise is called noise."""

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr

from pipeline.errors import UsageError
from pipeline.mix.experiment.laws import (
    LAWS,
    LogLinear,
    fit_log_linear,
    fit_mean,
    fit_ridge,
    fit_share_alone,
)
from pipeline.mix.experiment.mixture_fit import NOT_BETTER, Fit, fit
from pipeline.mix.experiment.run_tables import RunTable
from pipeline.mix.experiment.swarm import SwarmConfig, swarm

Floats = NDArray[np.float64]
Truth = Callable[[Floats], Floats]


def mixtures(count: int, components: int, seed: int) -> Floats:
    """Shares (count, components) of a swarm over components of unlike sizes."""
    sizes = np.exp(np.random.default_rng(components).normal(0, 1.2, components))
    natural = {f"c{i:02}": float(size) for i, size in enumerate(sizes)}
    config = SwarmConfig(runs=count, seed=seed, max_copies=1e9)
    return np.array([list(one.values()) for one in swarm(natural, config)])


def planted(components: int, seed: int) -> LogLinear:
    return LogLinear(2.0, 0.3, np.random.default_rng(seed).normal(0, 1, components))


def noisy(values: Floats, part: float, seed: int) -> Floats:
    """Values with noise whose deviation is a part of their own."""
    return values + np.random.default_rng(seed).normal(0, part * values.std(), len(values))


def table(values: Floats, columns: tuple[str, ...], path: str = "table.csv") -> RunTable:
    runs = tuple(f"run-{i}" for i in range(len(values)))
    return RunTable(path, runs, columns, values, tuple(range(2, len(values) + 2)))


def fitted(shares: Floats, values: Floats, repeats: int = 1) -> Fit:
    ratios = table(shares, tuple(f"c{i:02}" for i in range(shares.shape[1])))
    return fit(ratios, table(values[:, None], ("loss",)), "loss", 1, repeats=repeats, draws=400)


@cache
def planted_fit() -> Fit:
    shares = mixtures(64, 10, 1)
    return fitted(shares, noisy(planted(10, 5).predict(shares), 0.1, 2), repeats=2)


def rank_correlation(one: Floats, other: Floats) -> float:
    return float(spearmanr(one, other).statistic)


@pytest.mark.parametrize("components", [6, 10, 17])
def test_a_planted_law_ranks_fresh_mixtures_from_64_noisy_runs(components: int) -> None:
    shares, fresh = mixtures(64, components, 1), mixtures(200, components, 2)
    found = list[float]()
    for seed in range(3):
        truth = planted(components, seed)
        law = fit_log_linear(shares, noisy(truth.predict(shares), 0.1, seed), 1)
        found.append(rank_correlation(law.predict(fresh), truth.predict(fresh)))
    assert min(found) >= 0.95


def test_without_noise_the_log_linear_law_is_nearly_the_planted_one() -> None:
    shares, fresh, truth = mixtures(200, 5, 1), mixtures(200, 5, 2), planted(5, 3)
    law = fit_log_linear(shares, truth.predict(shares), 1)
    misses = law.predict(fresh) - truth.predict(fresh)
    assert misses.std() <= 0.05 * truth.predict(fresh).std()
    assert law.floor < truth.predict(fresh).min()


def test_the_log_linear_law_is_as_good_as_a_line_where_the_truth_is_one() -> None:
    shares, fresh = mixtures(64, 8, 1), mixtures(200, 8, 2)
    slopes = np.random.default_rng(4).normal(0, 1, 8)
    law = fit_log_linear(shares, noisy(shares @ slopes, 0.1, 1), 1)
    assert rank_correlation(law.predict(fresh), fresh @ slopes) >= 0.95


def test_a_run_that_diverged_does_not_bend_the_log_linear_law() -> None:
    shares, fresh, truth = mixtures(64, 10, 1), mixtures(200, 10, 2), planted(10, 0)
    values = noisy(truth.predict(shares), 0.1, 1)
    values[7] += 5 * values.std()
    law = fit_log_linear(shares, values, 1)
    assert rank_correlation(law.predict(fresh), truth.predict(fresh)) >= 0.95


@pytest.mark.parametrize("name", ["ridge", "log-linear"])
def test_the_gradient_of_a_law_is_its_slope(name: str) -> None:
    shares = mixtures(40, 5, 1)
    law: Any = LAWS[name](shares, planted(5, 1).predict(shares), 1)
    at, steps = shares[3], 1e-6 * np.eye(5)
    measured = (law.predict(at + steps) - law.predict(at - steps)) / 2e-6
    assert law.gradient(at) == pytest.approx(measured, abs=1e-6)


def test_a_planted_law_is_believed_and_beats_ridge_and_trees() -> None:
    found = planted_fit()
    assert found.best == "log-linear"
    assert found.is_better
    assert found.skills["log-linear"].rank.value >= 0.95
    assert "log-linear is better than the baselines" in found.verdict


def test_a_fit_tells_every_law_beside_both_baselines_with_intervals() -> None:
    found = planted_fit()
    assert set(found.skills) == {"ridge", "log-linear", "trees", "mean", "share alone"}
    for leads in found.leads.values():
        assert set(leads) == {"mean", "share alone"}
    for skill in found.skills.values():
        assert skill.error.low <= skill.error.value <= skill.error.high
    lead = found.leads["ridge"]["mean"].error.value
    apart = found.skills["mean"].error.value - found.skills["ridge"].error.value
    assert lead == pytest.approx(apart)


def test_pure_noise_is_no_better_than_the_baseline() -> None:
    shares = mixtures(64, 8, 1)
    noise = np.random.default_rng(0).normal(size=(6, 64))
    alarms = [fitted(shares, values).is_better for values in noise]
    assert sum(alarms) == 0


def test_the_verdict_on_noise_says_so_in_words() -> None:
    verdict = fitted(mixtures(40, 4, 1), np.random.default_rng(0).normal(size=40)).verdict
    assert NOT_BETTER in verdict
    assert NOT_BETTER == "no better than the baseline"


def test_a_metric_that_one_share_explains_is_no_better_than_the_baseline() -> None:
    shares = mixtures(64, 6, 1)
    found = fitted(shares, noisy(3 - shares[:, 1], 0.2, 1))
    assert found.baseline == "share alone"
    assert not found.is_better
    assert found.skills["share alone"].rank.value >= 0.7


def test_a_constant_metric_and_a_constant_share_are_fitted() -> None:
    shares = np.concatenate([0.9 * mixtures(20, 3, 1), np.full((20, 1), 0.1)], axis=1)
    found = fitted(shares, np.full(20, 2.5))
    assert not found.is_better
    assert found.law.predict(shares) == pytest.approx(2.5)


def test_the_same_seed_gives_the_same_fit() -> None:
    shares = mixtures(30, 4, 1)
    values = noisy(planted(4, 1).predict(shares), 0.3, 1)
    one, other = fitted(shares, values), fitted(shares, values)
    assert (one.skills, one.leads, one.verdict) == (other.skills, other.leads, other.verdict)


def test_share_alone_takes_the_share_that_correlates_best_with_its_sign() -> None:
    shares = mixtures(40, 4, 1)
    law = fit_share_alone(shares, 5 - 2 * shares[:, 3], 1)
    assert law.slopes == pytest.approx([0, 0, 0, -2])
    assert law.level == pytest.approx(5)


def test_the_mean_is_the_same_for_all_mixtures() -> None:
    shares = mixtures(10, 3, 1)
    assert fit_mean(shares, np.arange(10.0), 1).predict(shares).tolist() == [4.5] * 10


def test_ridge_finds_a_line() -> None:
    shares = mixtures(60, 4, 1)
    slopes = np.array([1.0, -2.0, 0.5, 0.0])
    assert fit_ridge(shares, shares @ slopes, 1).predict(shares) == pytest.approx(
        shares @ slopes, abs=0.01
    )


@pytest.mark.parametrize(
    ("runs", "metric", "folds", "sentence"),
    [
        (9, "loss", 2, "9 runs are too few to judge a law; give 10"),
        (20, "loss", 11, "folds = 11 of 20 runs; give 2 to 10"),
        (20, "los", 5, r"table\.csv has no metric 'los'; did you mean 'loss'"),
    ],
)
def test_fit_what_cannot_be_fitted_is_refused(
    runs: int, metric: str, folds: int, sentence: str
) -> None:
    shares = mixtures(runs, 3, 1)
    ratios, metrics = table(shares, ("a", "b", "c")), table(shares[:, :1], ("loss",))
    with pytest.raises(UsageError, match=sentence):
        fit(ratios, metrics, metric, 1, folds=folds)


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("ridge", "sklearn.linear_model"),
        ("trees", "sklearn.ensemble"),
        ("log-linear", "scipy.optimize"),
    ],
)
def test_a_missing_library_is_named_with_what_brings_it(
    monkeypatch: pytest.MonkeyPatch, name: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    shares = mixtures(10, 3, 1)
    with pytest.raises(UsageError, match=rf"needs {module}; pip install gristmill\[train\]"):
        LAWS[name](shares, shares[:, 0], 1)
