"""What is known of a line that recurs on its site, carried in its key: low bits beside the hash."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.keys import EDGE, hashes_of
from pipeline.dedup.rows import Flags, Words

LEAST, MOST = 2, 5  # the pages that are told apart: fewer do not recur, and more are as good
_SHARES = 255
_PAGES_BIT = 8  # and the next one


class Known(NamedTuple):
    share: float  # of its site's pages
    pages: int  # MOST stands for more
    edge: bool  # it stands at the edges of texts, mostly


def known(key: int) -> Known:
    pages = ((key >> _PAGES_BIT) & 3) + LEAST
    return Known((key & _SHARES) / _SHARES, pages, bool(key & EDGE))


def known_keys(keys: Words, shares: NDArray[np.float64], pages: Words, edge: Flags) -> Words:
    """The keys of lines with what is known of them, in place of their lengths."""
    share = np.round(shares * _SHARES).astype(np.uint64)
    told = (np.clip(pages, LEAST, MOST) - np.uint64(LEAST)) << np.uint64(_PAGES_BIT)
    found: Words = hashes_of(keys) | share | told | edge * np.uint64(EDGE)
    return found
