"""Shares filled up under a cap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.mix.weights import allocate, target_shares

Case = list[tuple[int, int]]


@given(
    st.lists(st.tuples(st.integers(1, 1000), st.integers(1, 100)), min_size=1, max_size=12),
    st.floats(0.01, 1.0),
)
def test_allocate_any_case_equals_water_filling_by_brute_force(case: Case, part: float) -> None:
    capacities = np.array([capacity for capacity, _ in case], dtype=np.float64)
    shares = np.array([share for _, share in case], dtype=np.float64)
    shares /= shares.sum()
    total = part * float(capacities.sum())
    low, high = 0.0, 1e9
    for _ in range(200):
        level = (low + high) / 2
        filled = np.minimum(capacities, level * shares).sum()
        low, high = (level, high) if filled < total else (low, level)
    expected = np.minimum(capacities, high * shares)
    assert allocate(capacities, shares, total) == pytest.approx(expected, abs=1e-6)


def test_allocate_more_than_there_is_names_the_reachable_figure() -> None:
    with pytest.raises(UsageError, match="25 can be reached"):
        allocate(np.array([40.0, 60.0]), np.array([0.5, 0.5]), 104.0)


def test_allocate_a_domain_without_share_gives_nothing() -> None:
    assert allocate(np.array([40.0, 60.0]), np.array([0.0, 1.0]), 50.0).tolist() == [0.0, 50.0]


def test_target_shares_without_weights_are_natural() -> None:
    assert target_shares(("a", "b"), {}, np.array([30.0, 10.0])).tolist() == [0.75, 0.25]


def test_target_shares_of_unknown_domains_only_are_refused() -> None:
    with pytest.raises(UsageError, match=r"mix\.weights names nwes and the documents are of a, b"):
        target_shares(("a", "b"), {"nwes": 1.0}, np.array([30.0, 10.0]))


def test_target_shares_negative_are_refused() -> None:
    with pytest.raises(UsageError, match=r"mix\.weights\.a is -1"):
        target_shares(("a",), {"a": -1.0}, np.array([30.0]))
