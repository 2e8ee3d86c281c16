"""AUC, precision at a keep rate, calibration."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.metrics import (
    auc,
    calibrate,
    calibration_error,
    precision_recall,
    threshold_at_keep,
)

points = st.lists(st.tuples(st.integers(0, 10), st.booleans()), min_size=2, max_size=60)


@given(points)
def test_auc_of_any_points_equals_counting_pairs(rows: list[tuple[int, bool]]) -> None:
    scores = np.array([score for score, _ in rows], dtype=np.float64)
    positive = np.array([flag for _, flag in rows])
    pairs = [(p > n) + (p == n) / 2 for p in scores[positive] for n in scores[~positive]]
    found = auc(scores, positive)
    assert found == pytest.approx(np.mean(pairs)) if pairs else math.isnan(found)


def test_threshold_at_keep_weighs_documents() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6])
    assert threshold_at_keep(scores, np.array([1.0, 1.0, 1.0, 1.0]), 0.5) == 0.8
    assert threshold_at_keep(scores, np.array([6.0, 1.0, 1.0, 1.0]), 0.5) == 0.9


def test_precision_recall_at_a_threshold_are_shares() -> None:
    scores, positive = np.array([0.9, 0.8, 0.3, 0.2]), np.array([True, False, True, False])
    assert precision_recall(scores, positive, 0.5) == (0.5, 0.5)


@pytest.mark.parametrize("size", [400, 5_000], ids=["logistic", "isotonic"])
def test_calibrate_overconfident_scores_become_chances(size: int) -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    chances = rng.random(2 * size)
    odds = 3 * np.log(chances / (1 - chances))
    scores, positive = 1 / (1 + np.exp(-odds)), rng.random(2 * size) < chances
    fitted = calibrate(scores[:size], positive[:size]).apply(scores[size:])
    assert calibration_error(scores[size:], positive[size:]) > 0.1
    assert calibration_error(fitted, positive[size:]) < 0.07


@pytest.mark.parametrize("size", [60, 2_500], ids=["logistic", "isotonic"])
def test_calibrate_keeps_the_order_of_scores(size: int) -> None:
    rng = np.random.Generator(np.random.PCG64(4))
    scores = rng.random(size)
    positive = rng.random(size) < scores
    ordered = calibrate(scores, positive).apply(np.linspace(0, 1, 1_001))
    assert (np.diff(ordered) >= 0).all()
    assert 0 <= ordered[0] < ordered[-1] <= 1


def test_calibration_of_a_missing_score_is_missing() -> None:
    fitted = calibrate(np.array([0.1, 0.9]), np.array([False, True]))
    assert math.isnan(fitted.apply(np.array([np.nan]))[0])


def test_calibrate_scores_that_say_nothing_gives_the_base_rate() -> None:
    scores = np.array([0.4, 0.5, 0.6, 0.7, 0.5, 0.6])
    positive = np.array([True, True, False, False, True, False])
    assert calibrate(scores, positive).apply(scores) == pytest.approx(0.5, abs=0.02)
