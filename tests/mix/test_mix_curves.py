"""Percentiles, Pareto draws and the rising curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.mix.shares.curves import bucket_places, keep_best, pareto, quality_curve

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


@given(masses.filter(lambda mass: bool(mass.sum() > 0)), st.integers(1, 20))
def test_buckets_of_any_masses_are_equal(
    mass: np.ndarray[tuple[int], np.dtype[np.float64]], count: int
) -> None:
    begin, span = bucket_places(mass, count)
    inside = [
        np.clip(np.minimum(begin + span, at + 1) - np.maximum(begin, at), 0, None).sum()
        for at in range(count)
    ]
    assert inside == pytest.approx([1.0] * count)
    assert (begin[1:] >= begin[:-1]).all()


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


def test_quality_curve_beyond_the_cap_is_all_that_it_allows() -> None:
    assert quality_curve(np.array([3.0, 5.0, 2.0]), 41.0, 4.0).tolist() == [4.0, 4.0, 4.0]


@given(masses.filter(lambda mass: bool(mass.sum() > 0)), st.floats(0.001, 1.0))
def test_a_curve_of_copies_keeps_their_proportions_below_the_cap(
    mass: np.ndarray[tuple[int], np.dtype[np.float64]], share: float
) -> None:
    wanted = np.array([1.0, 3.0])
    both = np.stack([mass, mass / 2], axis=1)
    amount = share * 4.0 * float(both.sum())
    factors = quality_curve(both, amount, 4.0, wanted)
    assert (both * factors).sum() == pytest.approx(amount, rel=1e-6)
    assert factors.max() <= 4.0
    free = (factors < 4.0).all(axis=1)
    assert factors[free, 1] == pytest.approx(3 * factors[free, 0])


def test_a_flat_curve_sees_all_buckets_alike() -> None:
    factors = quality_curve(np.array([3.0, 5.0, 2.0]), 25.0, 4.0, rises=False)
    assert factors == pytest.approx([2.5] * 3)
