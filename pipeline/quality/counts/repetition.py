"""How much of a text repeats itself: the statistics behind Gopher's repetition rules.

In: words as numbers, lines, paragraphs. Out: shares of the text's characters or items. The
definitions are those of Rae et al. 2021, table A1, in the reading of datatrove 0.10.1, which counts
only the second and later copies as duplicates and skips past a duplicate n-gram before it looks for
the next.

An n-gram can repeat only where the shorter one before it does, so each length looks at the places
that the last one left: exact, and the work falls with n.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.quality.counts.repeated_ngrams import Ints, repeated

TOP_LENGTHS = (2, 3, 4)
DUPLICATE_LENGTHS = (5, 6, 7, 8, 9, 10)


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
    vocabulary = int(ids.max(initial=-1)) + 1
    places, grams, kinds = np.arange(len(ids)), np.zeros(len(ids), dtype=np.int64), 1
    top, duplicate = [], []
    for n in range(1, DUPLICATE_LENGTHS[-1] + 1):
        if len(places):  # of the shorter ones
            fit = int(places.searchsorted(len(ids) - n, side="right"))
            behind = ids[places[:fit] + (n - 1)]
            found = repeated(grams[:fit], kinds, behind, vocabulary, ended=grams[fit:])
            places, grams, kinds = places[:fit][found.places], found.numbers, found.kinds
        if n in TOP_LENGTHS:
            top.append(_top_characters(places, grams, ends, n))
        if n in DUPLICATE_LENGTHS:
            duplicate.append(_duplicate_characters(places, grams, kinds, ends, n))
    return NgramCharacters(tuple(top), tuple(duplicate))


def _top_characters(places: Ints, grams: Ints, ends: Ints, n: int) -> int:
    """Characters of the most frequent n-gram, with its spaces; ties go to the earliest."""
    if n >= len(ends):
        return 0
    if not len(places):  # each stands once
        return int(ends[n]) + n - 1
    counts = np.bincount(grams)
    most = int(counts.max())
    place = int(places[(counts == most)[grams].argmax()])
    return int(ends[place + n] - ends[place] + n - 1) * most


def _duplicate_characters(places: Ints, grams: Ints, kinds: int, ends: Ints, n: int) -> int:
    """Characters of the n-grams seen before, from left to right and never overlapping.

    All but the first n-gram of a kind were, unless one was skipped that began inside a duplicate:
    so stretches of them are taken whole, and only what was skipped is kept in mind.
    """
    if not len(places):
        return 0
    later = _later(grams, kinds)
    run_stop, at_later = _run_stops(places[later]).data, later.data
    place_of, gram_of, end_of = places.data, grams.data, ends.data
    unseen: set[int] = set()
    characters = 0
    at, stride = 0, 1  # `stride` doubles as long as nothing unseen is met
    count, last = len(later), len(places)
    while at < count:
        here = at_later[at]
        if gram_of[here] in unseen:
            unseen.remove(gram_of[here])
            at, stride = at + 1, 1
            continue
        run, times = run_stop[at] - at, 1
        if run > n:
            if stride > 1:
                times = stride = _times(grams[here : here + run : n], unseen, stride)
            stride *= 2
        place, length = place_of[here], n * times
        stop = place + length
        characters += end_of[stop] - end_of[place]
        if length < run:
            at += length
            continue
        at, here = at + run, here + run
        while here < last and place_of[here] < stop:
            if at < count and at_later[at] == here:
                at += 1
            else:
                unseen.add(gram_of[here])
            here += 1
    return characters


def _times(grams: Ints, unseen: set[int], most: int) -> int:
    """How many of `grams`, one behind the other, have surely been seen: all, or at most `most`."""
    if not unseen:
        return len(grams)
    return min(most, len(grams)) if unseen.isdisjoint(grams[:most].tolist()) else 1


def _later(grams: Ints, kinds: int) -> Ints:
    """Which of `grams` are not the first of their kind."""
    order = np.arange(len(grams))
    first = np.empty(kinds, dtype=np.int64)
    first[grams[::-1]] = order[::-1]  # of several, the last assigned stays
    later: Ints = (first[grams] != order).nonzero()[0]
    return later


def _run_stops(places: Ints) -> Ints:
    """For each place the number of the first that does not follow without a gap."""
    gaps = (places[1:] - places[:-1] != 1).nonzero()[0]
    stops = np.empty(len(gaps) + 1, dtype=np.int64)
    stops[:-1], stops[-1] = gaps + 1, len(places)
    lengths = stops.copy()
    lengths[1:] -= stops[:-1]
    return np.repeat(stops, lengths)
