"""Weights proposed from laws, under a budget and caps."""

import tomllib
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.mix.experiment.gains import Gain, gains
from pipeline.mix.experiment.laws import Law, Linear, LogLinear, fit_trees
from pipeline.mix.experiment.mixture_fit import Fit, Interval, Lead, fit
from pipeline.mix.experiment.proposal import Proposal, propose, recipe_text
from pipeline.mix.experiment.run_tables import RunTable
from pipeline.mix.experiment.swarm import SwarmConfig, swarm

NATURAL = {"books": 10.0, "code": 30.0, "web": 60.0}
SURE = Interval(1.0, 0.5, 1.5)
SIZES = st.lists(st.floats(1.0, 1e6), min_size=2, max_size=8)


def believed(law: Law, components: tuple[str, ...] = tuple(NATURAL), metric: str = "loss") -> Fit:
    """A fit of a law that is better than its baselines."""
    leads = {"ridge": {"mean": Lead(SURE, SURE)}}
    return Fit(metric, components, 64, {}, leads, "ridge", "mean", law, 0.0, 1.0)


def doubted(law: Law) -> Fit:
    unsure = Lead(SURE, Interval(0.1, -0.2, 0.3))
    return replace(believed(law, metric="noise"), leads={"ridge": {"mean": unsure}})


def line(*slopes: float) -> Linear:
    return Linear(0.0, np.array(slopes))


def proposed(*fits: Fit, tokens: float = 0.0, copies: float = 2.0, pull: float = 0.0) -> Proposal:
    return propose(fits, NATURAL, tokens, copies, pull, seed=1)


@settings(max_examples=40, deadline=None)
@given(SIZES, st.integers(0, 1000), st.floats(1.0, 6.0), st.floats(0.05, 1.0), st.floats(0.0, 1.0))
def test_propose_any_case_is_feasible_and_never_worse_than_natural(
    sizes: list[float], seed: int, copies: float, part: float, pull: float
) -> None:
    natural = {f"c{i}": size for i, size in enumerate(sizes)}
    slopes = np.random.default_rng(seed).normal(0, 2, len(sizes))
    tokens = part * copies * sum(sizes)
    fits = [believed(LogLinear(1.0, 0.2, slopes), tuple(natural))]
    found = propose(fits, natural, tokens, copies, pull, seed)
    assert sum(found.weights.values()) == pytest.approx(1, abs=1e-9)
    assert all(weight >= 0 for weight in found.weights.values())
    for name, weight in found.weights.items():
        assert weight * tokens <= copies * natural[name] * (1 + 1e-6)
    assert found.score <= found.natural_score


def test_propose_fills_the_best_component_to_its_cap_first() -> None:
    found = proposed(believed(line(-2.0, -1.0, 0.0)))
    assert found.weights == pytest.approx({"books": 0.2, "code": 0.6, "web": 0.2}, abs=1e-6)


def test_propose_no_budget_is_that_of_all_natural_tokens() -> None:
    fits = [believed(line(-2.0, -1.0, 0.0))]
    none, whole = (propose(fits, NATURAL, tokens, 2.0, 0.0, 1) for tokens in (0.0, 100.0))
    assert none == whole


def test_propose_less_budget_allows_more_of_a_scarce_component() -> None:
    found = proposed(believed(line(-2.0, -1.0, 0.0)), tokens=20.0)
    assert found.weights["books"] == pytest.approx(1.0, abs=1e-6)


def test_propose_under_pull_is_the_tilted_natural_mixture() -> None:
    slopes = np.array([-0.3, 0.1, 0.2])
    found = proposed(believed(Linear(0.0, slopes)), copies=100.0, pull=0.5)
    tilted = np.array(list(NATURAL.values())) * np.exp(-slopes / 0.5)
    assert list(found.weights.values()) == pytest.approx(tilted / tilted.sum(), abs=1e-4)


def test_propose_a_strong_pull_ends_at_the_natural_mixture() -> None:
    found = proposed(believed(line(-2.0, -1.0, 0.0)), pull=1e4)
    assert found.weights == pytest.approx({"books": 0.1, "code": 0.3, "web": 0.6}, abs=1e-3)


def test_propose_metrics_count_by_their_standard_deviations() -> None:
    wide = replace(believed(line(0.0, 10.0, 0.0), metric="wide"), spread=100.0)
    narrow = replace(believed(line(0.0, -1.0, 0.0), metric="narrow"), spread=1.0)
    assert proposed(wide, narrow).weights["code"] == pytest.approx(0.6, abs=1e-6)


def test_propose_a_flat_law_keeps_the_natural_mixture_and_says_so() -> None:
    found = proposed(believed(line(1.0, 1.0, 1.0)))
    assert found.weights == {"books": 0.1, "code": 0.3, "web": 0.6}
    assert "no mixture within the caps is predicted better" in found.note


def test_propose_a_metric_that_is_noise_moves_nothing() -> None:
    alone = proposed(doubted(line(-2.0, 0.0, 0.0)))
    assert alone.weights == {"books": 0.1, "code": 0.3, "web": 0.6}
    assert "no law is better than its baseline" in alone.note
    sound = believed(line(0.0, -1.0, 0.0))
    beside = proposed(sound, doubted(line(-2.0, 0.0, 0.0)))
    assert beside.weights == proposed(sound).weights
    assert beside.note.endswith("baseline: noise")


def test_propose_a_component_without_tokens_has_no_weight() -> None:
    fits = [believed(line(0.0, 0.0, 0.0, -9.0), (*NATURAL, "gone"))]
    found = propose(fits, NATURAL | {"gone": 0.0}, 0.0, 2.0, 0.0, 1)
    assert found.weights["gone"] == 0


def test_propose_from_trees_is_feasible_and_better_and_determined() -> None:
    shares = np.random.default_rng(1).dirichlet(np.ones(3), 60)
    law = fit_trees(shares, -shares[:, 1], 1)
    one, other = (proposed(believed(law)) for _ in range(2))
    assert one == other
    assert one.weights["code"] > 0.4
    assert one.weights["code"] <= 0.6 + 1e-9
    assert sum(one.weights.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("natural", "tokens", "pull", "sentence"),
    [
        (NATURAL, 201.0, 0.0, "201 tokens are wanted and 2 copies have 200; lower tokens"),
        (NATURAL, 0.0, -1.0, "pull = -1 is no strength"),
        (NATURAL | {"new": 1.0}, 0.0, 0.0, "component new has natural tokens and no run"),
        ({"books": 1.0, "code": 1.0}, 0.0, 0.0, "component web and no natural tokens"),
    ],
)
def test_propose_what_cannot_be_is_refused(
    natural: dict[str, float], tokens: float, pull: float, sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        propose([believed(line(1.0, 2.0, 3.0))], natural, tokens, 2.0, pull, 1)


def test_propose_laws_of_different_components_are_refused() -> None:
    swapped = believed(line(1.0, 2.0, 3.0), ("web", "code", "books"), "other")
    with pytest.raises(UsageError, match="other and loss were fitted to different components"):
        proposed(believed(line(1.0, 2.0, 3.0)), swapped)


@cache
def experiment() -> tuple[RunTable, RunTable, Fit, LogLinear]:
    """60 noisy runs of a planted law, and what was learned."""
    config = SwarmConfig(runs=60, seed=4, tokens=1.0)
    shares = np.array([list(one.values()) for one in swarm(NATURAL, config)])
    truth = LogLinear(2.0, 0.3, np.array([0.8, -1.0, 0.2]))
    values = truth.predict(shares)
    values += np.random.default_rng(1).normal(0, 0.1 * values.std(), len(values))
    runs, lines = tuple(map(str, range(60))), tuple(range(2, 62))
    ratios = RunTable("ratios.csv", runs, tuple(NATURAL), shares, lines)
    metrics = RunTable("metrics.csv", runs, ("loss",), values[:, None], lines)
    return ratios, metrics, fit(ratios, metrics, "loss", 1, repeats=1, draws=200), truth


def gained(proposal: Proposal, draws: int = 40) -> list[Gain]:
    ratios, metrics, found, _ = experiment()
    terms = {"tokens": 0.0, "max_copies": 2.0, "pull": 0.01}
    return gains([found], ratios, metrics, proposal, NATURAL, **terms, seed=1, draws=draws)


def test_gains_of_a_proposal_from_runs_hold_the_true_gain() -> None:
    _, _, found, truth = experiment()
    proposal = propose([found], NATURAL, 0.0, 2.0, 0.01, 1)
    (gain,) = gained(proposal)
    pair = np.array([[0.1, 0.3, 0.6], list(proposal.weights.values())])
    at_natural, at_weights = truth.predict(pair)
    assert gain.expected.low > 0
    assert gain.expected.low <= at_natural - at_weights <= gain.expected.high
    assert gain.expected.low <= gain.expected.value <= gain.expected.high


def test_gains_of_the_natural_mixture_are_none() -> None:
    (gain,) = gained(Proposal({"books": 0.1, "code": 0.3, "web": 0.6}, 0.0, 0.0, ""))
    assert gain.predicted == pytest.approx(0, abs=1e-12)
    assert gain.expected.high == pytest.approx(0, abs=1e-12)


def test_gains_of_too_few_draws_are_refused() -> None:
    with pytest.raises(UsageError, match="draws = 3 give no interval; take 20 or more"):
        gained(Proposal(NATURAL, 0.0, 0.0, ""), draws=3)


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.floats(0.001, 1.0)
    )
)
def test_recipe_text_any_names_are_read_back_with_weights_of_at_most_1(
    raw: dict[str, float],
) -> None:
    weights = {name: weight / sum(raw.values()) for name, weight in raw.items()}
    read = tomllib.loads(recipe_text(weights, 10, 4.0))["mix"]["weights"] if weights else {}
    assert list(read) == list(weights)
    assert sum(round(1e6 * weight) for weight in read.values()) <= 1_000_000
    for name, weight in weights.items():
        assert weight - 1e-6 <= read[name] <= weight + 1e-9


def test_recipe_text_is_a_section_of_a_recipe() -> None:
    section = tomllib.loads(recipe_text({"books": 0.3, "o.web": 0.7}, 10**9, 4))["mix"]
    assert section == {
        "by": "domain",
        "method": "weights",
        "tokens": 1_000_000_000,
        "max_copies": 4.0,
        "weights": {"books": 0.3, "o.web": 0.7},
    }
