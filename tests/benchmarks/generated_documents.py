"""Documents for the scale of deduplication, each made from its number alone.

400 words, 30 % near-copies of an earlier document with up to ten words changed, 50 pages a site
with a header and a footer. So any part can be made by any process, and 250,000 documents are the
first of a million.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.document import Document, digest

WORDS = 400
VOCABULARY = 30_000
NEAR_SHARE = 0.3
CHANGED = 10  # words of a near-copy at most
PAGES = 50  # of a site
_SEED = 1729

Numbers = NDArray[np.int64]


def generated(start: int, stop: int) -> Iterator[Document]:
    """The documents of these numbers."""
    return (_document(number) for number in range(start, stop))


def _chance(number: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=_SEED, counter=[0, 0, 0, number]))


def _numbers(number: int) -> Numbers:
    """The words of a document, as places in the vocabulary: frequent ones low."""
    chance = _chance(number)
    if number and chance.random() < NEAR_SHARE:
        words = _numbers(int(chance.integers(number))).copy()
        words[chance.integers(0, WORDS, chance.integers(CHANGED + 1))] = number % VOCABULARY
        return words
    made: Numbers = (VOCABULARY * chance.random(WORDS) ** 3).astype(np.int64)
    return made


@lru_cache(maxsize=1)
def _vocabulary() -> NDArray[np.object_]:
    return np.array([digest(str(at))[: 3 + at % 8] for at in range(VOCABULARY)], dtype=object)


def _document(number: int) -> Document:
    site = f"site{number // PAGES}.org"
    words = _vocabulary()[_numbers(number)]
    lines = [" ".join(words[at : at + 40]) for at in range(0, WORDS, 40)]
    text = "\n".join([f"Home of {site}", *lines, f"All rights reserved by {site}"])
    url, date = f"https://{site}/{number}", "2026-01-01T00:00:00Z"
    return Document(digest(url), url, "made", text, site=site, date=date)
