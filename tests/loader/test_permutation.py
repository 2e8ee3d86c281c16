"""The keyed permutation: a bijection, even, the same everywhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.loader.permutation import invert, permute, round_keys

KEYS = round_keys("7", "main-web-0", "0")


def are_bijections(first: int, last: int) -> bool:
    """Whether every size in [first, last] gives each place once, checked in one call."""
    sizes = np.arange(first, last + 1)
    size = np.repeat(sizes, sizes)
    start = np.repeat(np.cumsum(sizes) - sizes, sizes)
    index = np.arange(len(size)) - start
    places = permute(index, size, KEYS).astype(np.int64) + start
    return bool((np.bincount(places, minlength=len(size)) == 1).all())


def test_permutation_of_small_sizes_is_a_bijection() -> None:
    assert are_bijections(1, 700)


@pytest.mark.slow
def test_permutation_of_all_sizes_to_5000_is_a_bijection() -> None:
    for first in range(1, 5_000, 500):
        assert are_bijections(first, first + 499)


@given(st.integers(1, 2**62), st.integers(0, 2**62), st.integers(0, 2**31))
def test_permutation_inverse_leads_back(size: int, index: int, seed: int) -> None:
    keys = round_keys(str(seed))
    place = permute(np.array([index % size]), np.array([size]), keys)
    assert 0 <= int(place[0]) < size
    assert int(invert(place, np.array([size]), keys)[0]) == index % size


def test_permutation_of_rows_with_own_sizes_and_keys_equals_single_calls() -> None:
    other = round_keys("7", "main-web-0", "1")
    sizes, index = np.array([10, 1_000, 77, 5]), np.array([3, 900, 76, 0])
    keys = np.stack([KEYS, other, KEYS, other])
    together = permute(index, sizes, keys)
    alone = [
        int(permute(index[i : i + 1], sizes[i : i + 1], keys[i])[0]) for i in range(len(index))
    ]
    assert together.tolist() == alone


def test_permutation_of_other_epochs_and_seeds_differs() -> None:
    orders = [
        permute(np.arange(1_000), np.array(1_000), round_keys(*parts)).tolist()
        for parts in (("7", "web", "0"), ("7", "web", "1"), ("8", "web", "0"), ("7", "books", "0"))
    ]
    assert len({tuple(order) for order in orders}) == 4


@pytest.mark.parametrize("seed", range(12))
def test_permutation_spreads_shards_over_batches_as_chance_does(seed: int) -> None:
    samples, shards, batch, batches = 1 << 22, 256, 512, 128
    keys = round_keys(str(seed), "web", "0")
    places = permute(np.arange(batch * batches), np.array(samples), keys)
    shard = (places // np.uint64(samples // shards)).astype(np.int64)
    number = np.repeat(np.arange(batches), batch)
    counts = np.bincount(number * shards + shard, minlength=batches * shards)
    expected = batch / shards
    chi2 = float(((counts - expected) ** 2 / expected).sum()) / (batches * (shards - 1))
    assert 0.6 < chi2 < 1.5


@pytest.mark.parametrize("samples", [1 << 22, 3 << 20])
def test_permutation_low_bits_have_no_pattern(samples: int) -> None:
    # 64 draws of 64 residues meet 64 (1 - (63/64)^64) = 40.6 different ones.
    distinct = []
    for seed in range(12):
        places = permute(np.arange(64 * 256), np.array(samples), round_keys(str(seed), "web", "0"))
        residues = (places % np.uint64(64)).reshape(-1, 64)
        distinct.append(np.mean([len(np.unique(row)) for row in residues]))
    assert abs(float(np.mean(distinct)) - 40.7) < 0.5
