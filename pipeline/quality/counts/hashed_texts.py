"""A text as the outlier reference sees it: its trigrams of characters and its words in buckets."""

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.quality.counts.repeated_ngrams import Ints
from pipeline.text import Split

WINDOW = 32_768  # characters
TRIGRAM_BUCKETS = 1 << 14
WORD_BUCKETS = 1 << 16

Buckets = NDArray[np.uint16]  # one for each trigram, or word


class Hashed(NamedTuple):
    """What is asked of a reference: the buckets of a text's trigrams and words, in order."""

    characters: int
    trigrams: Buckets
    words: Buckets


def hashed(split: Split, words: Buckets | None = None) -> Hashed:
    """A text in its buckets; `words` are those of its words, where they have been found."""
    trigrams = trigram_buckets(code_points(split.text))
    words = word_buckets(split.lower_words) if words is None else words
    return Hashed(len(split.text), trigrams, words)


def windowed(split: Split) -> Split:
    """As much of a text as is looked at."""
    return split if len(split.text) <= WINDOW else Split(split.text[:WINDOW])


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points of `text`."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def trigram_buckets(codes: NDArray[np.uint32]) -> Buckets:
    """The bucket of each character trigram; uint16 [len(codes) - 2]."""
    mixed = (
        codes[:-2] * np.uint32(0x9E3779B1)
        + codes[1:-1] * np.uint32(0x85EBCA77)
        + codes[2:] * np.uint32(0xC2B2AE3D)
    )
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x2C1B3C6D)
    buckets: Buckets = (mixed >> np.uint32(18)).astype(np.uint16)
    return buckets


def bucket_counts(found: Buckets, buckets: int) -> Ints:
    """How often each bucket occurs; int64 [buckets]."""
    return np.bincount(found, minlength=buckets).astype(np.int64, copy=False)


def word_buckets(words: Sequence[str]) -> Buckets:
    """The bucket of each lower-case word; uint16 [len(words)]."""
    numbers = {word: zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in set(words)}
    buckets = np.fromiter(map(numbers.__getitem__, words), np.int64, len(words))
    return buckets.astype(np.uint16)  # of their low bits: there are WORD_BUCKETS
