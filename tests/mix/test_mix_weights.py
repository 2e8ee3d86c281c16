"""Shares filled up under a cap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.mix.weights import allocate, is_wanted, target_shares, unbudgeted

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


def test_a_weight_is_a_share_and_the_others_keep_their_proportions() -> None:
    natural = np.array([10.0, 30.0, 60.0])
    shares = target_shares(("a", "b", "c"), {"a": 0.4}, natural)
    assert shares == pytest.approx([0.4, 0.2, 0.4])


def test_a_weight_of_zero_takes_a_domain_out() -> None:
    natural = np.array([10.0, 30.0, 60.0])
    assert target_shares(("a", "b", "c"), {"c": 0.0}, natural) == pytest.approx([0.25, 0.75, 0])
    assert [is_wanted(name, {"c": 0.0}) for name in "abc"] == [True, True, False]


def test_weights_that_sum_to_1_leave_the_others_nothing() -> None:
    weights = dict.fromkeys("ab", 0.5)
    assert target_shares(("a", "b", "c"), weights, np.ones(3)) == pytest.approx([0.5, 0.5, 0])
    assert not is_wanted("c", weights)


def test_what_a_domain_without_documents_was_to_have_the_others_take() -> None:
    shares = target_shares(("b", "c"), {"a": 0.5, "b": 0.1}, np.array([5.0, 5.0]))
    assert shares * 0.5 == pytest.approx([0.1, 0.4])


CORPORA = st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 100)), min_size=1, max_size=12)


@given(CORPORA.filter(lambda corpus: any(share for _, share in corpus)), st.integers(1, 8))
def test_without_a_budget_shares_are_reached_by_copies_of_the_scarce(
    corpus: Case, most_copies: int
) -> None:
    natural = np.array([size for size, _ in corpus], dtype=np.float64)
    shares = np.array([share for _, share in corpus], dtype=np.float64)
    shares /= shares.sum()
    amounts = unbudgeted(natural, shares, most_copies)
    assert amounts / amounts.sum() == pytest.approx(shares)
    epochs = amounts[shares > 0] / natural[shares > 0]
    assert epochs.max() <= most_copies * (1 + 1e-9)
    assert epochs.min() == pytest.approx(1) or epochs.max() == pytest.approx(most_copies)
