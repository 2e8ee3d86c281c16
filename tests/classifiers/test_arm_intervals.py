"""Bits per byte, and intervals on arms whose true difference is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from classifiers.ngrams.arm_intervals import (
    Difference,
    bits_per_byte,
    difference,
    paired_difference,
    parts_to_settle,
)
from pipeline.errors import UsageError

Floats = NDArray[np.float64]
TRUE = 0.03


def simulated(
    seed: int, runs: tuple[int, int], by_run: float, documents: int = 150
) -> tuple[Floats, Floats, Floats]:
    """Bits of two arms and sizes: documents differ, arms differ by document, runs from each other.

    A is `TRUE` bits per byte above B.
    """
    draws = np.random.default_rng(seed)
    sizes = np.round(np.exp(draws.normal(7, 0.8, documents)))
    base = draws.normal(2, 0.4, documents)
    levels = (base + draws.normal(TRUE, 0.1, documents), base)

    def bits(count: int, level: Floats) -> Floats:
        noise = draws.normal(0, by_run, (count, 1)) + draws.normal(0, 0.02, (count, documents))
        return np.asarray(sizes * (level + noise), dtype=np.float64)

    return bits(runs[0], levels[0]), bits(runs[1], levels[1]), np.asarray(sizes, dtype=np.float64)


def coverage(runs: tuple[int, int], by_run: float) -> float:
    """In how many of 200 simulations the true difference lies in the interval."""
    found = (
        difference(*simulated(seed, runs, by_run), seed=seed, rounds=400) for seed in range(200)
    )
    return float(np.mean([one.low <= TRUE <= one.high for one in found]))


@pytest.mark.parametrize("by_run", [0.0, 0.01, 0.05])
@pytest.mark.parametrize("runs", [(4, 4), (4, 9)])
def test_an_interval_of_four_runs_and_more_has_the_truth_as_often_as_it_says(
    runs: tuple[int, int], by_run: float
) -> None:
    assert 0.9 <= coverage(runs, by_run) < 1


def paired(
    seed: int, by_pair: float, by_part: float, parts: int = 8, documents: int = 150
) -> Difference:
    """Of arms whose parts vary together by pair, and each by itself; the whole is their mean."""
    a, b, sizes = simulated(seed, (parts, parts), by_part, documents)
    both = np.random.default_rng(seed + 1_000).normal(0, by_pair, (parts, 1)) * sizes
    own = (a + both, b + both)
    whole = tuple(arm.mean(axis=0) for arm in own)
    return paired_difference((whole[0], whole[1]), own, sizes, seed=seed, rounds=400)


@pytest.mark.parametrize("by_part", [0.0, 0.01, 0.03])
def test_an_interval_of_pairs_has_the_truth_as_often_as_it_says(by_part: float) -> None:
    found = [paired(seed, 0.2, by_part) for seed in range(200)]
    assert 0.9 <= np.mean([one.low <= TRUE <= one.high for one in found]) <= 1


@pytest.mark.parametrize("documents", [5, 12])
def test_few_documents_make_an_interval_as_wide_as_they_stray(documents: int) -> None:
    found = [paired(seed, 0.0, 0.01, documents=documents) for seed in range(150)]
    assert np.mean([one.low <= TRUE <= one.high for one in found]) >= 0.9


def test_what_parts_of_a_pair_have_in_common_falls_out() -> None:
    with_it, without = (paired(7, by_pair, 0.01) for by_pair in (0.5, 0.0))
    assert (with_it.low, with_it.high) == pytest.approx((without.low, without.high))


def test_parts_that_make_no_pairs_are_refused() -> None:
    a, b, sizes = simulated(1, (4, 5), 0.01)
    with pytest.raises(UsageError, match="4 and 5 parts make no pairs"):
        paired_difference((a[0], b[0]), (a, b), sizes, seed=1)


def test_as_many_parts_settle_a_difference_as_are_said_to() -> None:
    draws = np.random.default_rng(9)
    sizes = np.full(4_000, 100.0)
    rates = 0.02 + draws.normal(0, 0.1, (8, 1)) + draws.normal(0, 0.05, (8, 4_000))
    needed = parts_to_settle(0.02 * sizes, rates * sizes, sizes)
    spread = rates.mean(axis=1).std(ddof=1)
    assert needed is not None
    assert 1.95 * spread / np.sqrt(needed) < 0.02 < 2.05 * spread / np.sqrt(needed - 2)
    noisy = 0.02 + draws.normal(0, 2.0, 4_000)
    assert parts_to_settle(noisy * sizes, rates * sizes, sizes) is None


def test_an_interval_of_single_runs_does_not_see_what_runs_do() -> None:
    assert coverage((1, 1), 0.05) < 0.5
    a, b, sizes = simulated(1, (1, 3), 0.05)
    assert difference(a, b, sizes, seed=1, rounds=50).runs == (1, 3)


def test_the_mean_is_that_of_all_bits_over_all_bytes() -> None:
    sizes = np.array([100.0, 300.0])
    a, b = np.array([[200.0, 600.0], [240.0, 680.0]]), np.array([[100.0, 500.0]])
    found = difference(a, b, sizes, seed=1, rounds=200)
    assert found.mean == pytest.approx((800 + 920) / 2 / 400 - 600 / 400)
    assert found.low <= found.mean <= found.high


def test_documents_are_drawn_jointly_so_that_what_both_arms_share_cancels() -> None:
    _, b, sizes = simulated(2, (1, 1), 0.0)
    found = difference(b + 0.5 * sizes, b, sizes, seed=2, rounds=200)
    assert (found.low, found.high) == pytest.approx((0.5, 0.5))


def test_an_interval_is_a_function_of_its_seed_and_turns_with_the_arms() -> None:
    a, b, sizes = simulated(3, (4, 4), 0.02)
    found = difference(a, b, sizes, seed=3)
    assert found == difference(a, b, sizes, seed=3)
    assert found != difference(a, b, sizes, seed=4)
    turned = difference(b, a, sizes, seed=3)
    assert (turned.mean, turned.low, turned.high) == pytest.approx(
        (-found.mean, -found.high, -found.low), abs=0.01
    )


def test_bits_of_other_shapes_and_documents_without_bytes_are_refused() -> None:
    bits, sizes = np.ones((2, 3)), np.ones(3)
    for a, b in ((bits[:, :2], bits), (bits, bits[:0])):
        with pytest.raises(UsageError, match="a row per run"):
            difference(a, b, sizes, seed=1)
    with pytest.raises(UsageError, match="no bytes"):
        difference(bits, bits, np.array([1.0, 0.0, 1.0]), seed=1)


def test_bits_per_byte_are_told_by_group() -> None:
    bits, sizes = np.array([8.0, 4.0, 30.0, 0.0]), np.array([4.0, 2.0, 10.0, 0.0])
    told = bits_per_byte(bits, sizes, ["web", "web", "books", "none"])
    assert list(told) == ["books", "none", "web"]
    assert told["web"] == 2.0
    assert told["books"] == 3.0
    assert np.isnan(told["none"])
