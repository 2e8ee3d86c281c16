"""How much of a text repeats itself: the statistics behind Gopher's repetition rules.

In: words as numbers, lines, paragraphs. Out: shares of the text's characters or items. The
definitions are those of Rae et al. 2021, table A1, in the reading of datatrove 0.10.1, which counts
only the second and later copies as duplicates and skips past a duplicate n-gram before it looks for
the next.

An n-gram can repeat only where the shorter one before it does, so each length looks at the places
that the last one left: exact, and the work falls with n.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TOP_LENGTHS = (2, 3, 4)
DUPLICATE_LENGTHS = (5, 6, 7, 8, 9, 10)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NgramCharacters:
    """Characters in the most frequent n-gram of each of TOP_LENGTHS, and in the duplicated ones."""

    top: tuple[int, ...]
    duplicate: tuple[int, ...]


def repeated_items(items: Sequence[str]) -> tuple[int, int]:
    """Number of `items` that came before, and their characters."""
    if len(set(items)) == len(items):
        return 0, 0
    seen: set[str] = set()
    count = characters = 0
    for item in items:
        if item in seen:
            count += 1
            characters += len(item)
        else:
            seen.add(item)
    return count, characters


def ngram_characters(ids: Ints, lengths: Ints) -> NgramCharacters:
    """What n-grams of 2 to 10 words repeat.

    Args:
        ids: one number per word, equal where the words are, from 0.
        lengths: the characters of each word.
    """
    ends = np.concatenate(([0], np.cumsum(lengths)))
    places = np.arange(len(ids), dtype=np.int64)
    grams, base = ids, int(ids.max(initial=0)) + 1
    top, duplicate = [], []
    for n in range(2, DUPLICATE_LENGTHS[-1] + 1):
        fits = places + n <= len(ids)
        places, grams = places[fits], grams[fits]
        _, first, grams, counts = np.unique(
            grams * base + ids[places + n - 1],
            return_index=True,
            return_inverse=True,
            return_counts=True,
        )
        if n in TOP_LENGTHS:
            top.append(_top_characters(places[first], counts, ends, n))
        repeated = counts[grams] > 1
        places, grams = places[repeated], grams[repeated]
        if n in DUPLICATE_LENGTHS:
            duplicate.append(_duplicate_characters(places, grams, ends, n))
    return NgramCharacters(tuple(top), tuple(duplicate))


def _top_characters(first: Ints, counts: Ints, ends: Ints, n: int) -> int:
    """Characters of the most frequent n-gram, with its spaces; ties go to the earliest."""
    most = int(counts.max(initial=1))
    place = int(first[counts == most].min(initial=len(ends))) if most > 1 else 0
    if place + n >= len(ends):
        return 0
    return int(ends[place + n] - ends[place] + n - 1) * most


def _duplicate_characters(places: Ints, grams: Ints, ends: Ints, n: int) -> int:
    """Characters of the n-grams seen before, from left to right and never overlapping."""
    seen: set[int] = set()
    again: list[int] = []
    at, count = 0, len(places)
    starts, numbers = places.tolist(), grams.tolist()
    while at < count:
        if numbers[at] in seen:
            place = starts[at]
            again.append(place)
            after = at + n
            if after >= count or starts[after] != place + n:  # some places between have left
                after = bisect_left(starts, place + n, at + 1, min(after, count))
            at = after
        else:
            seen.add(numbers[at])
            at += 1
    repeats = np.array(again, dtype=np.int64)
    return int((ends[repeats + n] - ends[repeats]).sum())
