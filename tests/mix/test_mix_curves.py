"""Percentiles, Pareto draws and the rising curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.mix.curves import buckets, keep_best, pareto, quality_curve

masses = st.lists(st.integers(0, 10_000), min_size=1, max_size=30).map(
    lambda values: np.array(values, dtype=np.float64)
)


@given(masses, st.floats(0, 1))
def test_keep_best_of_any_masses_keeps_that_share_and_the_best(
    mass: np.ndarray[tuple[int], np.dtype[np.float64]], keep: float
) -> None:
    kept = keep_best(mass, keep)
    assert (mass * kept).sum() == pytest.approx(keep * mass.sum(), abs=1e-6)
    assert ((kept[:-1] <= kept[1:]) | (mass[:-1] == 0) | (mass[1:] == 0)).all()


def test_pareto_with_a_target_keeps_that_share_by_the_published_form() -> None:
    mass = np.arange(1.0, 101.0)
    kept = pareto(mass, 0.3)
    assert (mass * kept).sum() == pytest.approx(0.3 * mass.sum(), rel=1e-9)
    alpha = -np.log(kept[50]) / np.log(2 - 0.505)
    assert kept[0] == pytest.approx((2 - 0.005) ** -alpha)


def test_buckets_of_even_masses_are_even() -> None:
    assert np.bincount(buckets(np.ones(100), 5)).tolist() == [20] * 5


@given(
    masses.filter(lambda mass: bool(mass.sum() > 0)),
    st.floats(0.001, 1.0),
    st.floats(1.0, 8.0),
)
def test_quality_curve_of_any_request_is_rising_capped_and_exact(
    mass: np.ndarray[tuple[int], np.dtype[np.float64]], share: float, cap: float
) -> None:
    amount = share * cap * float(mass.sum())
    factors = quality_curve(mass, amount, cap)
    assert (np.diff(factors) >= 0).all()
    assert factors.max() <= cap
    assert (mass * factors).sum() == pytest.approx(amount, rel=0.005)


def test_quality_curve_of_the_natural_size_is_once_each() -> None:
    assert quality_curve(np.array([3.0, 5.0, 2.0]), 10.0, 4.0).tolist() == [1.0, 1.0, 1.0]


def test_quality_curve_beyond_the_cap_is_refused_with_what_can_be_reached() -> None:
    with pytest.raises(UsageError, match="40 can be reached"):
        quality_curve(np.array([3.0, 5.0, 2.0]), 41.0, 4.0)
