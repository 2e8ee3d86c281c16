"""The buckets of a component: documents of equal tokens by rising score.

Twenty for all scores, as in OLMo 3 (arXiv 2512.13961); of what a gate leaves, as many as its share
says. Small components have fewer: a bucket of a few documents is not worth a group.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.mix.columns import BINS, KINDS
from pipeline.mix.shares.curves import bucket_places
from pipeline.mix.shares.rehydration import COPIES
from pipeline.mix.token_rates import TokenRates

BUCKETS = 20
BUCKET_DOCUMENTS = 50

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Buckets:
    """Of every component d how many there are, and where its bins s lie among them."""

    counts: Longs  # (d,)
    alike: Floats  # (d,): so many documents of one length would be drawn as evenly
    begin: Floats  # (d, s)
    span: Floats  # (d, s)
    curve: bool  # whether better ones are seen more often

    def overlaps(self, component: int) -> Floats:
        """The part of every bin that lies in every bucket, shape (BINS, BUCKETS)."""
        begin, span = self.begin[component][:, None], self.span[component][:, None]
        edges = np.arange(BUCKETS)
        inside = np.minimum(begin + span, edges + 1) - np.maximum(begin, edges)
        inside = np.clip(inside, 0, None)
        return np.asarray(np.divide(inside, span, where=span > 0, out=np.zeros_like(inside)))

    def masses(self, tokens: Floats) -> Floats:
        """Tokens by component, bucket and place in COPIES, of those by component, kind and bin."""
        found = np.zeros((len(tokens), BUCKETS, len(COPIES)))
        by_copies = tokens.reshape(len(tokens), len(COPIES), KINDS // len(COPIES), BINS).sum(axis=2)
        for at, mass in enumerate(by_copies):
            found[at] = (mass @ self.overlaps(at)).T
        return found

    def rates(self, names: tuple[str, ...], measured: TokenRates) -> Floats:
        """Tokens a character by component and bucket."""
        found = np.zeros((len(names), BUCKETS))
        for at, name in enumerate(names):
            found[at] = measured.of((name,) * BUCKETS, self.overlaps(at).T)
        return found


def buckets_of(
    tokens: Floats, documents: Longs, most: Longs, alike: Floats, curve: bool
) -> Buckets:
    """The buckets of components, one alone where there is to be no more (`most`, shape (d,)).

    `tokens` by component and bin, shape (d, s); `documents` of components, (d,).
    """
    counts = np.clip(documents // BUCKET_DOCUMENTS, 1, most)
    places = np.zeros((2, len(tokens), BINS))
    for at, mass in enumerate(tokens):
        places[:, at] = bucket_places(mass, int(counts[at]))
    return Buckets(counts, alike, places[0], places[1], curve)
