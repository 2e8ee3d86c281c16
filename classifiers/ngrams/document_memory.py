"""What a text is about: chances of its tokens by the training documents that are like it so far.

An n-gram model sees a few tokens, so it cannot tell a set of documents from one whose lines stand
in the wrong documents. A memory can: as a text is read, the documents that share its rare tokens
are weighed, and their tokens are what is expected next (Mahajan, Beeferman and Huang 1999). Where
documents hold what does not belong to them, they say less.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.ngrams.gram_counts import Ints, Tokens

Floats = NDArray[np.float64]
Rates = NDArray[np.float32]

STRIDE = 32  # tokens, after which the documents are weighed anew
SHARPNESS = 2  # power of the cosine that a document is weighed by
_LEAST = np.float32(1e-6)  # weight of a document that shares nothing


@dataclass(frozen=True)
class DocumentMemory:
    """Documents as counts of their tokens, in the order of these: `starts` says where each token of
    the vocabulary begins in `owners` (documents) and `counts`.
    """

    starts: Ints
    owners: Ints
    counts: Rates
    rarity: Rates  # of each token: the logarithm of how few documents hold it
    lengths: Rates  # tokens of each document
    norms: Rates  # of each document: the length of its vector of weighed counts

    def chances(self, documents: Sequence[Tokens]) -> Floats:
        """For each token of the documents, laid end to end, its chance given those before it."""
        empty = np.zeros(0, dtype=np.float64)
        return np.concatenate([empty, *(self._of_one(document) for document in documents)])

    def _of_one(self, document: Tokens) -> Floats:
        ids = np.asarray(document, dtype=np.int64)
        tokens, places = np.unique(ids, return_inverse=True)
        held = self._table(tokens)
        weights = self._weights(np.array([*_beginnings(places, len(tokens))]), tokens, held)
        by_stride = weights @ (held / self.lengths[:, None])
        return by_stride[np.arange(len(ids)) // STRIDE, places].astype(np.float64)

    def _table(self, tokens: Ints) -> Rates:
        """How often each document holds each of some tokens; [documents, tokens]."""
        found = np.zeros((len(tokens), len(self.lengths)), dtype=np.float32)
        for row, token in zip(found, tokens.tolist(), strict=True):
            own = slice(self.starts[token], self.starts[token + 1])
            row[self.owners[own]] = self.counts[own]
        return found.T

    def _weights(self, beginnings: Rates, tokens: Ints, held: Rates) -> Rates:
        """How much each document counts behind each beginning; [beginnings, documents]."""
        rarity = self.rarity[tokens]
        asked = np.log1p(beginnings) * rarity**2
        alike = asked @ np.log1p(held).T / self.norms
        alike /= np.maximum(alike.max(axis=1, keepdims=True, initial=0), _LEAST)
        weights = alike**SHARPNESS + _LEAST
        weights /= weights.sum(axis=1, keepdims=True)
        return np.asarray(weights, dtype=np.float32)


def remember(documents: Sequence[Tokens], vocabulary: int) -> DocumentMemory:
    """A memory of documents, each of one token at least; ids are below `vocabulary`."""
    lengths = np.array([len(one) for one in documents], dtype=np.int64)
    tokens = np.concatenate([np.zeros(0, dtype=np.int64), *documents], dtype=np.int64)
    owners = np.repeat(np.arange(len(lengths)), lengths)
    keys, counts = np.unique(tokens * len(lengths) + owners, return_counts=True)
    kinds, owners = np.divmod(keys, max(1, len(lengths)))
    holders = np.bincount(kinds, minlength=vocabulary)
    rarity = np.log((len(lengths) + 1) / (holders + 1))
    norms = np.bincount(owners, (np.log1p(counts) * rarity[kinds]) ** 2, len(lengths)) ** 0.5
    return DocumentMemory(
        np.concatenate(([0], np.cumsum(holders))),
        owners,
        counts.astype(np.float32),
        rarity.astype(np.float32),
        lengths.astype(np.float32),
        np.maximum(norms, 1e-6).astype(np.float32),
    )


def _beginnings(places: Ints, kinds: int) -> Iterator[Rates]:
    """How often each kind stands before every STRIDE tokens."""
    seen = np.zeros(kinds, dtype=np.float32)
    for start in range(0, len(places), STRIDE):
        yield seen.copy()
        seen += np.bincount(places[start : start + STRIDE], minlength=kinds)
