"""The first tier: n-grams within lines, and a memory of documents for what a text is about.

It takes seconds, has no seed, and is blind to the order of what stands further apart than a few
words. Lines are judged one by one: n-grams across their ends tell which lines stand together in
the same few templates, and are better where these are torn apart, which no reader would say.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.ngrams.document_memory import remember
from classifiers.ngrams.gram_counts import distinct_documents
from classifiers.ngrams.ngram_model import train
from pipeline.commands.mixtures.held_out import HeldOut
from pipeline.tokenize.encode import Encoder, Ids

Floats = NDArray[np.float64]


def judged(arms: Sequence[list[Ids]], encoder: Encoder, held: HeldOut, order: int) -> Floats:
    """Bits of held-out texts by models of each of `arms`, documents each; [arms, texts]."""
    card, breaks = encoder.card, line_ends(encoder)
    found = []
    for arm in arms:
        documents = distinct_documents(arm, card.eos)
        recalled = remember(documents, card.vocabulary).chances(held.documents)
        model = train(documents, card.vocabulary, card.eos, order, breaks)
        found.append(model.score(held.documents, recalled))
    return np.stack(found)


def line_ends(encoder: Encoder) -> list[int]:
    """The tokens that hold an end of a line, rising."""
    return sorted(id for word, id in encoder.spec.ranks.items() if b"\n" in word)
