"""The mixture: exact shares, nothing lost, caps kept."""

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.loader.mixing import BLOCK_SAMPLES, MAX_BLOCK_SAMPLES, Mixture, capped, edges

WEIGHTS = st.lists(st.floats(0.002, 1.0), min_size=1, max_size=12)


@given(WEIGHTS, st.integers(1, 50_000))
@settings(deadline=None, max_examples=40)
def test_mixture_at_block_borders_is_less_than_one_sample_off(
    weights: list[float], samples: int
) -> None:
    mixture = Mixture(edges(weights), samples)
    shares = np.array(weights) / sum(weights)
    for block in range(mixture.blocks + 1):
        border = mixture.border(block)
        counts = mixture.counts(border)
        assert counts.sum() == border
        assert np.abs(counts - border * shares).max() < 1 + 1e-4


@given(WEIGHTS, st.integers(1, 20_000))
@settings(deadline=None, max_examples=40)
def test_mixture_inside_blocks_stays_near_its_shares(weights: list[float], samples: int) -> None:
    mixture = Mixture(edges(weights), samples)
    shares = np.array(weights) / sum(weights)
    groups = np.concatenate([mixture.sequence(block)[0] for block in range(mixture.blocks)])
    running = np.cumsum(groups[:, None] == np.arange(len(weights)), axis=0)
    away = np.abs(running - np.arange(1, samples + 1)[:, None] * shares)
    assert away.max() < 3


@given(WEIGHTS, st.integers(1, 30_000), st.data())
@settings(deadline=None, max_examples=40)
def test_mixture_counts_anywhere_equal_the_sequence(
    weights: list[float], samples: int, data: st.DataObject
) -> None:
    mixture = Mixture(edges(weights), samples)
    at = data.draw(st.integers(0, samples))
    groups = np.concatenate([mixture.sequence(block)[0] for block in range(mixture.blocks)])
    wanted = np.bincount(groups[:at], minlength=len(weights))
    np.testing.assert_array_equal(mixture.counts_at(at), wanted)


def test_mixture_ordinals_count_every_group_without_gaps() -> None:
    mixture = Mixture(edges([0.6, 0.3, 0.1]), 3 * BLOCK_SAMPLES + 17)
    parts = [mixture.sequence(block) for block in range(mixture.blocks)]
    groups, ordinals = (np.concatenate(column) for column in zip(*parts, strict=True))
    assert len(groups) == len(ordinals) == 3 * BLOCK_SAMPLES + 17
    for group in range(3):
        mine = ordinals[groups == group]
        np.testing.assert_array_equal(mine, np.arange(len(mine)))


def test_mixture_of_whole_counts_ends_with_them() -> None:
    mixture = Mixture((0, 10_000, 10_003, 10_010), 10_010)
    np.testing.assert_array_equal(mixture.counts_at(10_010), [10_000, 3, 7])


def test_mixture_of_equal_weights_alternates() -> None:
    groups, _ = Mixture(edges([0.5, 0.5]), 8).sequence(0)
    assert groups.tolist() == [0, 1] * 4


def test_a_group_of_almost_nothing_is_in_some_blocks_alone_and_blocks_stay_small() -> None:
    mixture = Mixture((0, 10**7 - 1, 10**7), 10**7)
    sizes = [len(mixture.sequence(block)[0]) for block in range(mixture.blocks)]
    assert max(sizes) <= MAX_BLOCK_SAMPLES
    found = [np.bincount(mixture.sequence(block)[0], minlength=2) for block in range(len(sizes))]
    np.testing.assert_array_equal(np.sum(found, axis=0), [10**7 - 1, 1])


@pytest.mark.parametrize("weights", [[], [0.0], [-1.0, 2.0], [float("nan")], [float("inf")]])
def test_edges_of_no_shares_are_refused(weights: list[float]) -> None:
    with pytest.raises(UsageError):
        edges(weights)


def test_capped_without_need_is_none() -> None:
    assert capped([1, 1], 10, [5, 5]) is None


def test_capped_gives_what_is_over_to_the_others() -> None:
    assert capped([1, 1, 2], 100, [10, 1_000, 1_000]) == [10, 30, 60]


def test_capped_everywhere_shortens_the_phase() -> None:
    assert capped([1, 1], 100, [10, 20]) == [10, 20]


@given(WEIGHTS, st.integers(1, 10_000), st.data())
def test_capped_keeps_every_limit_and_the_sum(
    weights: list[float], samples: int, data: st.DataObject
) -> None:
    limits = data.draw(
        st.lists(st.integers(0, 10_000), min_size=len(weights), max_size=len(weights))
    )
    counts = capped(weights, samples, limits)
    if counts is None:
        reject()
    assert all(0 <= count <= limit for count, limit in zip(counts, limits, strict=True))
    assert sum(counts) == min(samples, sum(limits))
