"""Counts of n-grams of token ids: sorted integer keys and one sort per order, no hashing.

The n-grams of an order are numbered by the rank of their key, and a key is the number of the
n-gram without its last token, times the vocabulary, plus that token. So each key is exact, the
n-grams that share a context lie together, and the next order needs the numbers of this one alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Tokens = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Stream:
    """Arrays of tokens laid end to end; `starts` says which have nothing before them."""

    tokens: Ints
    starts: Flags


@dataclass(frozen=True)
class Grams:
    """The n-grams of one order: their keys, rising, and a count of each.

    `contexts` is how many contexts they may have: the n-grams one shorter, and last the start of a
    document. `padded` are those whose context holds that start.
    """

    keys: Ints
    counts: Ints
    contexts: int
    padded: Flags


def distinct_documents(arrays: Sequence[Tokens], eos: int) -> list[Tokens]:
    """The documents that arrays hold, each once; a document ends with `eos` or with its array."""
    found: dict[bytes, None] = {}
    for array in arrays:
        ids = np.asarray(array, dtype=np.uint32)
        ends = np.flatnonzero(ids == eos) + 1
        found |= dict.fromkeys(one.tobytes() for one in np.split(ids, ends) if len(one))
    return [np.frombuffer(one, dtype=np.uint32) for one in found]


def stream_of(arrays: Sequence[Tokens], vocabulary: int, ends: Sequence[int]) -> Stream:
    """What has nothing before it begins with each array and after each of the tokens `ends`.

    Raises UsageError for an id outside the vocabulary.
    """
    parts = [array for array in arrays if len(array)]
    tokens = np.concatenate([np.zeros(0, dtype=np.int64), *parts], dtype=np.int64)
    if len(tokens) and not 0 <= tokens.min() <= tokens.max() < vocabulary:
        raise UsageError(
            f"token ids from {tokens.min()} to {tokens.max()} for a vocabulary of {vocabulary}; "
            "give the size of the tokenizer that made them"
        )
    starts = np.zeros(len(tokens), dtype=np.bool_)
    is_end = np.zeros(vocabulary, dtype=np.bool_)
    is_end[list(ends)] = True
    starts[1:] = is_end[tokens[:-1]]
    lengths = np.array([len(part) for part in parts], dtype=np.int64)
    starts[np.cumsum(lengths) - lengths] = True
    return Stream(tokens, starts)


def contexts_after(numbers: Ints, starts: Flags, start: int) -> Ints:
    """The context of each token: the number of the n-gram that ends before it, or `start`."""
    contexts = np.empty_like(numbers)
    contexts[1:] = numbers[:-1]
    contexts[starts] = start
    return contexts


def count_grams(stream: Stream, vocabulary: int, order: int) -> tuple[Grams, ...]:
    """The n-grams of orders 1 to `order`; those below the highest with continuation counts.

    Such a count is how many tokens an n-gram follows (Kneser and Ney 1995). Nothing comes before
    the start of a document: n-grams that hold it keep their own counts, as in KenLM (Heafield et
    al. 2013).
    """
    found: list[Grams] = []
    contexts, padded = np.zeros(len(stream.tokens), dtype=np.int64), np.zeros(1, dtype=np.bool_)
    numbers = contexts
    for level in range(order):
        keys, places, ranks, counts = ranked(contexts * vocabulary + stream.tokens)
        if level:
            found[-1] = _continued(found[-1], numbers[places])
        grams = Grams(keys, counts, len(padded), padded[keys // vocabulary])
        found.append(grams)
        padded, numbers = np.append(grams.padded, True), ranks
        contexts = contexts_after(numbers, stream.starts, len(keys))
    return tuple(found)


def ranked(keys: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Of the keys there are, rising: each, a place where it stands, how often it does. Third comes
    the rank of every key given.
    """
    order = np.argsort(keys)
    in_order = keys[order]
    first = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(in_order[1:], in_order[:-1], out=first[1:])
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[order] = np.cumsum(first) - 1
    at = np.flatnonzero(first)
    return in_order[at], order[at], ranks, np.diff(at, append=len(keys))


def _continued(grams: Grams, ends: Ints) -> Grams:
    """Given the number of the n-gram that ends each one a token longer."""
    continuations = np.bincount(ends, minlength=len(grams.keys))
    counts = np.where(grams.padded, grams.counts, continuations)
    return Grams(grams.keys, counts, grams.contexts, grams.padded)
