"""Which n-grams occur more than once, from those that are one word shorter.

Sorting is what costs, so few n-grams are sorted: where their numbers lie close together they are
counted in a table; where many of the shorter ones are always followed by the same word, those only
take it on; and what is alone in a bucket of a table leaves before the rest is sorted.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_DENSE = 6  # times as many numbers as n-grams are still counted in a table
_MANY = 4_096  # n-grams from which on it is worth a look which words follow
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_LEAST_BITS, _MOST_BITS = 6, 23  # of a table of buckets, which has two for each n-gram


class Repeated(NamedTuple):
    """Which of the n-grams occur again, and a number for each, equal where they are."""

    places: Ints
    numbers: Ints
    kinds: int  # all numbers are below


def repeated(grams: Ints, kinds: int, words: Ints, vocabulary: int, ended: Ints) -> Repeated:
    """The repeated ones of n-grams that are made of shorter ones and of a word behind.

    Args:
        grams: numbers below `kinds` of the shorter ones, of which each occurs more than once.
        kinds: above all numbers of n-grams.
        words: numbers below `vocabulary`, one for each of `grams`.
        vocabulary: above all numbers of words.
        ended: numbers of those that have no word behind.
    """
    span = kinds * vocabulary
    if span <= _DENSE * len(grams):
        return _counted(grams * vocabulary + words, span)
    if len(grams) >= _MANY:
        split = _are_split(grams, kinds, words, ended).nonzero()[0]
        if 2 * len(split) <= len(grams):
            found = _distinct(grams[split] * vocabulary + words[split])
            return _merged(grams, kinds, split, found)
    return _distinct(grams * vocabulary + words)


def _are_split(grams: Ints, kinds: int, words: Ints, ended: Ints) -> NDArray[np.bool_]:
    """For each of `grams`, whether elsewhere another word follows, or none."""
    behind = np.empty(kinds, dtype=np.int64)
    behind[grams] = words
    split = np.zeros(kinds, dtype=np.bool_)
    split[grams[behind[grams] != words]] = True
    split[ended] = True
    return split[grams]


def _merged(grams: Ints, kinds: int, split: Ints, found: Repeated) -> Repeated:
    """Those that only take a word on, and those `found` among the places `split`."""
    stays = np.ones(len(grams), dtype=np.bool_)
    stays[split] = False
    numbers = grams.copy()
    places = split[found.places]
    stays[places] = True
    numbers[places] = kinds + found.numbers
    return Repeated(stays.nonzero()[0], numbers[stays], kinds + found.kinds)


def _counted(keys: Ints, span: int) -> Repeated:
    """The repeated ones of keys below `span`."""
    again = np.bincount(keys, minlength=span) > 1
    places = again[keys].nonzero()[0]
    numbers = np.cumsum(again)
    return Repeated(places, numbers[keys[places]] - 1, int(numbers[-1]) if span else 0)


def _distinct(keys: Ints) -> Repeated:
    """The repeated ones of keys of which most may stand alone."""
    bits = min(max(len(keys).bit_length() + 1, _LEAST_BITS), _MOST_BITS)
    buckets = ((keys.view(np.uint64) * _SPREAD) >> np.uint64(64 - bits)).view(np.int64)
    places = (np.bincount(buckets, minlength=1 << bits) > 1)[buckets].nonzero()[0]
    return _sorted(keys[places], places)


def _sorted(keys: Ints, places: Ints) -> Repeated:
    order = keys.argsort()
    ordered = keys[order]
    same = ordered[1:] == ordered[:-1]
    again = np.zeros(len(keys), dtype=np.bool_)  # in this order, as the two that follow
    again[1:] = same
    again[:-1] |= same
    first = again.copy()
    first[1:] &= ~same
    numbers = np.empty(len(keys), dtype=np.int64)
    numbers[order] = np.where(again, np.cumsum(first) - 1, -1)
    left = (numbers >= 0).nonzero()[0]
    return Repeated(places[left], numbers[left], int(np.count_nonzero(first)))
