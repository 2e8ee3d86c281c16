"""How probable it is that a pair is caught, by its Jaccard similarity: theory beside the
measured.

A pair of similarity s shares a given band with probability s^rows, so it becomes a candidate
with 1 - (1 - s^rows)^bands (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 3.4).
The measured columns come from pairs of random shingle sets of exactly known similarity, through
the same functions that sign and judge documents.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.dedup.near.minhash import band_keys, minhashes, similarity, sketch
from pipeline.dedup.rows import Words
from pipeline.recipe import MinhashConfig

SHINGLES = 400  # of each set: a text of about 400 words
_SEED = 1729


@dataclass(frozen=True)
class Point:
    """Shares of pairs at one similarity: candidates by theory and measured, and removed ones."""

    jaccard: float
    theory: float
    candidates: float
    removed: float


def theory(jaccard: float, config: MinhashConfig) -> float:
    """The probability that a pair shares a band."""
    return float(1.0 - (1.0 - jaccard**config.rows) ** config.bands)


def curve(config: MinhashConfig, jaccards: Iterable[float], pairs: int = 1_000) -> Iterator[Point]:
    """A point for each similarity, measured on `pairs` pairs (about 0.3 ms each)."""
    chance = np.random.Generator(np.random.PCG64(_SEED))
    for jaccard in jaccards:
        common = round(2 * SHINGLES * jaccard / (1 + jaccard))
        truth = common / (2 * SHINGLES - common)
        caught = [judge_pair(*_pair(chance, common), config) for _ in range(pairs)]
        candidates, removed = np.mean(caught, axis=0)
        yield Point(truth, theory(truth, config), float(candidates), float(removed))


def judge_pair(first: Words, second: Words, config: MinhashConfig) -> tuple[bool, bool]:
    """Whether two sets of shingles share a band, and whether one is then removed."""
    bands = [
        np.frombuffer(band_keys(minhashes(each, config), config), dtype="<u8")
        for each in (first, second)
    ]
    candidate = bool((bands[0] == bands[1]).any())
    estimate = float(similarity(sketch(first), sketch(second)))
    return candidate, candidate and estimate >= config.threshold


def _pair(chance: np.random.Generator, common: int) -> tuple[Words, Words]:
    values = chance.integers(0, 1 << 64, 2 * SHINGLES - common, dtype=np.uint64)
    return values[:SHINGLES], np.concatenate([values[:common], values[SHINGLES:]])
