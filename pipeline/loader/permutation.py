"""A keyed permutation of 0 .. n-1, computed and never stored, and its inverse.

A balanced Feistel network over the least even number of bits that holds n, with cycle walking: a
result of n or more is sent through again (Black and Rogaway 2002). The round function multiplies,
folds the upper half down, multiplies and takes the top bits, so every output bit depends on every
input bit; a linear one leaves patterns in the low bits. Four such rounds were measurably uneven,
six could not be told from a stored permutation.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.document import digest

Numbers = npt.NDArray[np.uint64]

ROUNDS = 6
# Odd constants of good spectral quality, from the finaliser of SplitMix64 (Steele et al. 2014).
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_HALF = np.uint64(32)
_WORD = np.uint64(64)


def round_keys(*parts: str) -> Numbers:
    """ROUNDS keys, different for any different parts (seed, group, epoch)."""
    words = [digest(*parts, str(i)) for i in range(ROUNDS // 2)]
    return np.array([int(w[at : at + 16], 16) for w in words for at in (0, 16)], np.uint64)


def permute(index: npt.NDArray[Any], size: npt.NDArray[Any], keys: Numbers) -> Numbers:
    """Where each `index` goes among its `size` places.

    Shapes: index and size (n,) with 0 <= index < size, keys (n, ROUNDS) or (ROUNDS,).
    """
    return _walk(index, size, keys, range(ROUNDS))


def invert(place: npt.NDArray[Any], size: npt.NDArray[Any], keys: Numbers) -> Numbers:
    """The index that `permute` sends to each `place`; shapes as there."""
    return _walk(place, size, keys, range(ROUNDS - 1, -1, -1))


def _walk(index: npt.NDArray[Any], size: npt.NDArray[Any], keys: Numbers, order: range) -> Numbers:
    value = np.array(index, np.uint64)
    size = np.broadcast_to(np.asarray(size, np.uint64), value.shape)
    keys = np.broadcast_to(keys, (*value.shape, ROUNDS))
    half = _half_bits(size)
    left = np.arange(len(value))  # who still has to walk
    while len(left):
        value[left] = _feistel(value[left], half[left], keys[left], order)
        left = left[value[left] >= size[left]]
    return value


def _half_bits(size: Numbers) -> Numbers:
    """Bits of one half of the network: the least h >= 1 with 4^h >= size."""
    bits = np.frexp((size - np.uint64(1)).astype(np.float64))[1]
    half: Numbers = np.maximum(1, (bits + 1) // 2).astype(np.uint64)
    return half


def _feistel(value: Numbers, half: Numbers, keys: Numbers, order: range) -> Numbers:
    upper = value >> half
    lower = value & ((np.uint64(1) << half) - np.uint64(1))
    shift = _WORD - half
    backwards = order.step < 0
    if backwards:
        upper, lower = lower, upper
    for number in order:
        mixed = (lower ^ keys[:, number]) * _FIRST
        mixed ^= mixed >> _HALF
        mixed *= _SECOND
        upper, lower = lower, upper ^ (mixed >> shift)
    if backwards:
        upper, lower = lower, upper
    return (upper << half) | lower
