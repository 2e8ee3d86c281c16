"""What is kept of a file's links: hashes of keys of pages, and which articles cite which sites."""

from array import array
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.keys.key_hashes import Hashes, key_hash
from pipeline.keys.page_keys import unwrapped_key
from pipeline.urls import site

CHUNK = 1_000_000  # numbers held before they become sorted arrays
# The number of an article, an address without what archives wrap around it, and whether it stands
# in a reference or a citation. A plain tuple: there are hundreds of millions.
Link = tuple[int, str, bool]


class LinkSummary(NamedTuple):
    """What is kept of one file, or of a part of one; summaries are merged in any order."""

    cited: Hashes
    linked: Hashes
    citing: NDArray[np.uint64]  # shape (n, 2): site, page; without repeats


def summarise(links: Iterable[Link]) -> LinkSummary:
    """The summary of links."""
    cited, linked, citing = Gathered(1), Gathered(1), Gathered(2)
    for page, url, is_cited in links:
        name = unwrapped_key(url)
        key = key_hash(name)
        linked.add(key)
        if is_cited:
            cited.add(key)
            citing.add(_site_hash(name.partition("/")[0]))
            citing.add(page)
    return LinkSummary(cited.rows()[:, 0], linked.rows()[:, 0], citing.rows())


@lru_cache(maxsize=1 << 16)
def _site_hash(name: str) -> int:
    return key_hash(site(name))


class Gathered:
    """Rows of unsigned numbers, their repeats dropped chunk by chunk so that memory stays small."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._open = array("Q")
        self._done = np.zeros((0, width), dtype=np.uint64)

    def add(self, number: int) -> None:
        """Adds the next number of a row."""
        self._open.append(number)
        if len(self._open) >= CHUNK and len(self._open) >= self._done.size:
            self._fold()  # as seldom as the rows are many, so that sorting stays cheap

    def _fold(self) -> None:
        fresh = np.frombuffer(self._open, dtype=np.uint64).reshape(-1, self._width)
        self._done = distinct_rows(np.concatenate([self._done, fresh]))
        self._open = array("Q")

    def rows(self) -> NDArray[np.uint64]:
        """All rows in order, each once."""
        self._fold()
        return self._done


def distinct_rows(rows: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Rows of one or two numbers in order, each once."""
    ordered = rows[np.lexsort(rows.T[::-1])]
    is_new = np.ones(len(rows), dtype=np.bool_)
    is_new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return ordered[is_new]
