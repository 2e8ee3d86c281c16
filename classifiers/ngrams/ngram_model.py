"""The n-gram model: discounts by counts of counts, interpolated down to the uniform distribution.

p(w | context) = (c(context w) - D) / c(context) + weight(context) p(w | context without its first
token), where the weight is the share that the discounts D took (Chen and Goodman 1998, section 3).
Under the distribution without context stands 1 / V, so that every token has a probability.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.ngrams.gram_counts import (
    Grams,
    Ints,
    Tokens,
    contexts_after,
    count_grams,
    distinct_documents,
    stream_of,
)
from pipeline.errors import UsageError

Floats = NDArray[np.float64]

ORDERS = range(1, 6)
# Of counts 1, 2 and 3 or more where the data have too few kinds to estimate them: about what they
# are for bigrams to 4-grams of a million tokens of web pages.
DISCOUNTS = (0.8, 1.25, 1.5)
RECALLED = 0.9  # share of a memory in the distribution without context, where one is given
_LEAST_DISCOUNT = 0.1  # every context leaves something to what was never seen in it


@dataclass(frozen=True)
class Level:
    """One order: `keys` as in Grams, `shares` what each n-gram has of its context after discount;
    `weights` what each context leaves to the order below, last all, of a context never seen.
    """

    keys: Ints
    shares: Floats
    weights: Floats


@dataclass(frozen=True)
class NgramModel:
    """What `train` gives; `levels` are orders 1 and up."""

    vocabulary: int
    ends: tuple[int, ...]
    levels: tuple[Level, ...]

    def score(self, documents: Sequence[Tokens], recalled: Floats | None = None) -> Floats:
        """The bits of each document, an end-of-text id included where it stands; [documents].

        Nothing is learned from them, and they do not see each other. An empty one has 0 bits.
        `recalled` are chances of their tokens, laid end to end, that something else gives. Raises
        UsageError for an id outside the vocabulary.
        """
        owners = np.repeat(np.arange(len(documents)), [len(one) for one in documents])
        bits = self.token_bits(documents, recalled)
        return np.bincount(owners, weights=bits, minlength=len(documents)).astype(np.float64)

    def token_bits(self, documents: Sequence[Tokens], recalled: Floats | None = None) -> Floats:
        """The bits of each token of the documents, laid end to end; [tokens]."""
        stream = stream_of(documents, self.vocabulary, self.ends)
        chances = np.full(len(stream.tokens), 1 / self.vocabulary)
        contexts = np.zeros(len(stream.tokens), dtype=np.int64)
        for order, level in enumerate(self.levels, 1):
            numbers = _numbers(level.keys, contexts * self.vocabulary + stream.tokens)
            chances *= level.weights[contexts]  # -1 is the last: a context never seen
            seen = numbers >= 0
            chances[seen] += level.shares[numbers[seen]]
            if order == 1 and recalled is not None:
                chances += RECALLED * (recalled - chances)
            contexts = contexts_after(numbers, stream.starts, len(level.keys))
        return np.asarray(-np.log2(chances), dtype=np.float64)


def train(
    arrays: Sequence[Tokens], vocabulary: int, eos: int, order: int = 4, breaks: Sequence[int] = ()
) -> NgramModel:
    """A model of arrays of token ids, uint16 or uint32, in any order.

    `eos` ends a document; a token's context is the `order` - 1 tokens before it, of its document
    alone, and behind the last of the tokens `breaks` (those of line ends, say). A document counts
    once, however many copies there are: the model asks what a mixture holds, and takes a copy for a
    habit of the text (all of a million tokens of web pages four times over cost 2 to 5 % in bits).
    Meant are up to some 20 million tokens and a vocabulary of 200,000.

    Raises UsageError for an order beyond 1 to 5 and for ids outside the vocabulary.
    """
    if order not in ORDERS:
        raise UsageError(f"an n-gram model of order {order}; give 1 to {max(ORDERS)}")
    if not 0 <= eos < vocabulary:
        raise UsageError(f"end-of-text id {eos} is not in a vocabulary of {vocabulary}")
    documents = distinct_documents(arrays, eos)
    ends = (eos, *breaks)
    grams = count_grams(stream_of(documents, vocabulary, ends), vocabulary, order)
    return NgramModel(vocabulary, ends, tuple(_levels(grams, vocabulary)))


def discounts(counts: Ints) -> Floats:
    """What is taken of counts 1, 2 and 3 or more (Chen and Goodman 1998, section 3.3); [3].

    Kept within what a count has. DISCOUNTS where no n-gram has one of the counts 1 to 4.
    """
    n1, n2, n3, n4 = np.bincount(np.minimum(counts, 5), minlength=6)[1:5].astype(np.float64)
    if 0 in (n1, n2, n3, n4):
        return np.array(DISCOUNTS)
    share = n1 / (n1 + 2 * n2)  # of Ney, Essen and Kneser (1994)
    taken = [1 - 2 * share * n2 / n1, 2 - 3 * share * n3 / n2, 3 - 4 * share * n4 / n3]
    return np.asarray(np.clip(taken, _LEAST_DISCOUNT, [1.0, 2.0, 3.0]), dtype=np.float64)


def _levels(grams: Sequence[Grams], vocabulary: int) -> Iterator[Level]:
    for one in grams:
        contexts = one.keys // vocabulary
        taken = discounts(one.counts)[np.minimum(one.counts, 3) - 1]
        totals = np.bincount(contexts, weights=one.counts, minlength=one.contexts)
        weights = np.ones(one.contexts + 1)
        left = np.bincount(contexts, weights=taken, minlength=one.contexts)
        np.divide(left, totals, out=weights[:-1], where=totals > 0)
        yield Level(one.keys, (one.counts - taken) / totals[contexts], weights)


def _numbers(keys: Ints, wanted: Ints) -> Ints:
    """The rank of each wanted key, -1 where there is none."""
    ranks = np.searchsorted(keys, wanted)
    there = ranks < len(keys)
    there[there] = keys[ranks[there]] == wanted[there]
    return np.where(there, ranks, -1)
