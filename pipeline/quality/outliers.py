"""Texts whose characters or words are distributed like no other text's of their language.

In: a text and a `Reference`, fitted on the corpus itself per language. Out: seven statistics, and
how far each deviates from what the language has at that length: 0 is the median, -1 and 1 are the
limits. Llama 3 (2024) names the divergence of token distributions as such a filter; its threshold
is unpublished.

- compression ratio: bytes after and before zstd. (zlib differs between builds; this library is
pinned.)
- pieces per character: a tokenizer's first cuts, before it is trained; high for numbers and codes.
- trigram divergence: Kullback-Leibler, of hashed character trigrams from the language's.
- trigram log-probability: the mean under the language's trigrams, in nats.
- word log-probability: the mean under the language's words, in nats.
- word entropy: of the text's own words, in nats; low where few words take turns.
- frequent word share: of words among the reference's hundred most frequent, a stop list by count.

Only the first 32,768 characters are looked at. Sums are of integers, so they have no order.
"""

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import zstandard
from numpy.typing import NDArray

from pipeline.quality.counts.hashed_texts import (
    TRIGRAM_BUCKETS,
    WINDOW,
    Buckets,
    Hashed,
    bucket_counts,
    code_points,
)
from pipeline.quality.counts.repeated_ngrams import Ints

FREQUENT_WORDS = 100
SCALE = 1 << 16  # log-probabilities are kept as integers of this fraction of a nat
STATISTICS = (
    "compression_ratio",
    "pieces_per_character",
    "trigram_divergence",
    "trigram_log_probability",
    "word_log_probability",
    "word_entropy",
    "frequent_word_share",
)
DEVIATIONS = (
    "compression_deviation",
    "piece_deviation",
    "divergence_deviation",
    "trigram_deviation",
    "word_deviation",
    "entropy_deviation",
    "frequency_deviation",
)

Floats = NDArray[np.float64]
Values = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Curve:
    """The course of one statistic over the logarithm of the text's length, and its limits."""

    knots: Floats  # natural logarithms of characters, rising
    median: Floats
    below: Floats  # median less the tenth percentile
    above: Floats  # ninetieth percentile less the median
    low: float  # the limits, in units of `below` and `above`
    high: float

    def deviation(self, value: float, characters: int) -> float:
        """0 at the median, -1 and 1 at the limits of this length."""
        at = math.log(max(characters, 1))
        distance = value - float(np.interp(at, self.knots, self.median))
        side, limit = (self.below, self.low) if distance < 0 else (self.above, self.high)
        return distance / (float(np.interp(at, self.knots, side)) * limit)


@dataclass(frozen=True, slots=True)
class Tables:
    """Log-probabilities of a language's trigrams and words, as integers times SCALE."""

    trigrams: Ints
    words: Ints
    frequent: int  # the log-probability of the least frequent of the FREQUENT_WORDS


def tables(trigrams: Ints, words: Ints) -> Tables:
    """Tables of the log-probabilities by bucket."""
    return Tables(trigrams, words, int(np.partition(words, -FREQUENT_WORDS)[-FREQUENT_WORDS]))


@dataclass(frozen=True, slots=True)
class LanguageReference:
    """What is known of a language: its tables, and the course of every statistic."""

    tables: Tables
    curves: Mapping[str, Curve]
    documents: int
    sample: str  # digest of the sampled texts
    tail: float
    percentiles: tuple[float, float]  # mean log-probability of words that 30 and 60 % exceed

    def bucket(self, word_log_probability: float) -> str:
        """Whether a text is of the head, the middle or the tail (cc_net, arXiv 1911.00359)."""
        head, middle = self.percentiles
        if word_log_probability >= head:
            return "head"
        return "middle" if word_log_probability >= middle else "tail"


Reference = Mapping[str, LanguageReference]
NO_REFERENCE: Reference = {}


def reference_key(language: str, structured: bool) -> str:
    """Pages with code or formulas have a reference of their own."""
    return f"{language}+structured" if structured else language


ALONE = ("compression_ratio", "pieces_per_character")  # of STATISTICS, those without a reference


def text_values(text: str) -> Values:
    """The statistics that need no reference; the others, and all deviations, are None."""
    values: Values = dict.fromkeys((*STATISTICS, *DEVIATIONS))
    if text:
        text = text[:WINDOW]
        found = compression_ratio(text), pieces_per_character(code_points(text))
        values |= zip(ALONE, found, strict=True)
    return values


def outlier_values(alone: Values, found: Hashed, known: LanguageReference) -> Values:
    """The `text_values` of a text with what its language's reference tells of it."""
    values = alone | reference_values(found, known.tables)
    for name, deviation in zip(STATISTICS, DEVIATIONS, strict=True):
        value = values[name]
        far = None if value is None else known.curves[name].deviation(value, found.characters)
        values[deviation] = far
    return values


def reference_values(found: Hashed, known: Tables) -> Values:
    """The statistics that need a language's tables; those that the text has."""
    counts = bucket_counts(found.trigrams, TRIGRAM_BUCKETS)
    mean, divergence = trigram_values(counts, known.trigrams)
    values: Values = {"trigram_log_probability": mean, "trigram_divergence": divergence}
    return values | word_values(found.words, known)


def compression_ratio(text: str) -> float:
    """Compressed bytes over bytes; above 1 for very short texts."""
    data = text.encode("utf-8", "surrogatepass")
    return len(zstandard.compress(data, 3)) / len(data)


@cache
def _classes() -> NDArray[np.uint8]:
    """0 space, 1 capital, 2 other letter or mark, 3 digit, 4 sign; by code point of the basic
    plane.
    """
    first = {"Z": 0, "L": 2, "M": 2, "N": 4, "P": 4, "S": 4, "C": 4}
    exact = {"Lu": 1, "Nd": 3}
    names = [unicodedata.category(chr(code)) for code in range(0x10000)]
    table = np.array([exact.get(name, first[name[0]]) for name in names], np.uint8)
    table[[9, 10, 13]] = 0
    return table


def pieces_per_character(codes: NDArray[np.uint32]) -> float:
    """Runs of letters (parted before a capital), single digits and single signs, per character."""
    kinds = _classes()[np.minimum(codes, 0xFFFF)]
    starts = (kinds == 3) | (kinds == 4)
    letters = (kinds == 1) | (kinds == 2)
    starts[0] |= letters[0]
    new_run = (kinds[1:] != kinds[:-1]) & ~((kinds[1:] == 2) & (kinds[:-1] == 1))
    starts[1:] |= letters[1:] & new_run
    return int(np.count_nonzero(starts)) / len(codes)


def trigram_values(counts: Ints, log_probabilities: Ints) -> tuple[float | None, float | None]:
    """Mean log-probability of the trigrams, and their divergence from the reference, in nats."""
    total = int(counts.sum())
    if not total:
        return None, None
    mean = int(counts @ log_probabilities) / SCALE / total
    return mean, -entropy(counts) - mean


def word_values(buckets: Buckets, known: Tables) -> Values:
    """The statistics of the words in these buckets; none for a text without words."""
    if not len(buckets):
        return {}
    logs, counts = known.words[buckets], np.unique(buckets, return_counts=True)[1]
    return {
        "word_log_probability": int(logs.sum()) / SCALE / len(buckets),
        "word_entropy": entropy(counts),
        "frequent_word_share": int(np.count_nonzero(logs >= known.frequent)) / len(buckets),
    }


def entropy(counts: Ints) -> float:
    """The entropy of a distribution with these counts, in nats; 0 for none."""
    total = int(counts.sum())
    sizes, times = np.unique(counts[counts > 1], return_counts=True)
    terms = (t * s * math.log(s) for s, t in zip(sizes.tolist(), times.tolist(), strict=True))
    return math.log(total) - math.fsum(terms) / total if total else 0.0
