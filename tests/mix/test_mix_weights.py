"""Shares filled up under a cap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.mix.shares.weights import fill, is_wanted, target_shares, unbudgeted
from pipeline.recipe_types import MixConfig

Case = list[tuple[int, int]]


@given(
    st.lists(
        st.tuples(st.integers(0, 1000), st.integers(0, 100), st.integers(0, 300)),
        min_size=1,
        max_size=12,
    ),
    st.floats(0.0, 1.2),
)
def test_filling_any_case_equals_water_filling_by_brute_force(
    case: list[tuple[int, int, int]], part: float
) -> None:
    room, shares, before = (
        np.array(column, dtype=np.float64) for column in zip(*case, strict=True)
    )
    shares /= max(shares.sum(), 1.0)
    room[shares == 0] = 0
    total = part * float(room.sum())
    low, high = 0.0, 1e9
    for _ in range(200):
        level = (low + high) / 2
        filled = np.clip(level * shares - before, 0, room).sum()
        low, high = (level, high) if filled < total else (low, level)
    expected = np.clip(high * shares - before, 0, room)
    assert fill(shares, room, total, before) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("seed", range(200))
def test_unimax_equals_its_published_loop(seed: int) -> None:
    """Algorithm 1 of arXiv 2304.09151: the smallest first, each at most its cap's epochs."""
    rng = np.random.Generator(np.random.PCG64(seed))
    sizes = rng.lognormal(10, 2, int(rng.integers(1, 30)))
    cap = float(rng.integers(1, 9))
    budget = float(rng.uniform(0.01, 1.0)) * cap * sizes.sum()
    left, expected = budget, np.zeros_like(sizes)
    for done, at in enumerate(np.argsort(sizes)):
        expected[at] = min(left / (len(sizes) - done), cap * sizes[at])
        left -= expected[at]
    shares = target_shares(tuple(map(str, range(len(sizes)))), MixConfig(method="unimax"), sizes)
    assert fill(shares, cap * sizes, budget) == pytest.approx(expected, rel=1e-9)


def test_filling_more_than_there_is_room_for_gives_all_of_it() -> None:
    assert fill(np.array([0.5, 0.5]), np.array([40.0, 60.0]), 104.0).tolist() == [40.0, 60.0]


def test_filling_gives_nothing_to_who_has_no_share() -> None:
    assert fill(np.array([0.0, 1.0]), np.array([40.0, 60.0]), 50.0).tolist() == [0.0, 50.0]


def test_who_has_its_share_already_gets_nothing_more() -> None:
    shares, before = np.array([0.5, 0.25, 0.25]), np.array([0.0, 30.0, 0.0])
    assert fill(shares, np.full(3, 100.0), 30.0, before).tolist() == [20.0, 0.0, 10.0]


def weighed(**weights: float) -> MixConfig:
    return MixConfig(weights=weights)


def test_target_shares_without_weights_are_natural() -> None:
    for mix in (MixConfig(), MixConfig(method="natural")):
        assert target_shares(("a", "b"), mix, np.array([30.0, 10.0])).tolist() == [0.75, 0.25]


def test_target_shares_of_unknown_domains_only_are_refused() -> None:
    with pytest.raises(UsageError, match=r"mix\.weights names nwes and the documents are of a, b"):
        target_shares(("a", "b"), weighed(nwes=1.0), np.array([30.0, 10.0]))


def test_a_weight_is_a_share_and_the_others_keep_their_proportions() -> None:
    natural = np.array([10.0, 30.0, 60.0])
    shares = target_shares(("a", "b", "c"), weighed(a=0.4), natural)
    assert shares == pytest.approx([0.4, 0.2, 0.4])


def test_temperature_flattens_what_the_weights_leave() -> None:
    mix = MixConfig(method="temperature", temperature=2.0, weights={"a": 0.4})
    shares = target_shares(("a", "b", "c"), mix, np.array([10.0, 1.0, 4.0]))
    assert shares == pytest.approx([0.4, 0.2, 0.4])


def test_unimax_shares_what_the_weights_leave_alike() -> None:
    mix = MixConfig(method="unimax", weights={"a": 0.4})
    shares = target_shares(("a", "b", "c"), mix, np.array([10.0, 1.0, 4.0]))
    assert shares == pytest.approx([0.4, 0.3, 0.3])


def test_a_weight_of_zero_takes_a_domain_out() -> None:
    natural = np.array([10.0, 30.0, 60.0])
    assert target_shares(("a", "b", "c"), weighed(c=0.0), natural) == pytest.approx([0.25, 0.75, 0])
    assert [is_wanted(name, {"c": 0.0}) for name in "abc"] == [True, True, False]


def test_weights_that_sum_to_1_leave_the_others_nothing() -> None:
    weights = dict.fromkeys("ab", 0.5)
    shares = target_shares(("a", "b", "c"), weighed(**weights), np.ones(3))
    assert shares == pytest.approx([0.5, 0.5, 0])
    assert not is_wanted("c", weights)


def test_what_a_domain_without_documents_was_to_have_the_others_take() -> None:
    shares = target_shares(("b", "c"), weighed(a=0.5, b=0.1), np.array([5.0, 5.0]))
    assert shares * 0.5 == pytest.approx([0.1, 0.4])


CORPORA = st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 100)), min_size=1, max_size=12)


@given(CORPORA.filter(lambda corpus: any(share for _, share in corpus)), st.integers(1, 8))
def test_without_a_budget_shares_are_reached_by_copies_of_the_scarce(
    corpus: Case, most_copies: int
) -> None:
    natural = np.array([size for size, _ in corpus], dtype=np.float64)
    shares = np.array([share for _, share in corpus], dtype=np.float64)
    shares /= shares.sum()
    amounts = shares * unbudgeted(natural, most_copies * natural, shares)
    epochs = amounts[shares > 0] / natural[shares > 0]
    assert epochs.max() <= most_copies * (1 + 1e-9)
    assert epochs.min() == pytest.approx(1) or epochs.max() == pytest.approx(most_copies)
