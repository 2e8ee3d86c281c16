"""What is kept of a file's links: hashes of keys of pages, and which articles cite which sites."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.keys.key_hashes import Hashes, hashes_of, key_hash
from pipeline.keys.page_keys import page_key
from pipeline.urls import site

CHUNK = 1_000_000  # rows held before they are sorted
_SOME = 20_000  # links looked at together
# The number of an article, an address, and whether it stands in a reference or a citation. A plain
# tuple: there are hundreds of millions.
Link = tuple[int, str, bool]


class LinkSummary(NamedTuple):
    """What is kept of one file, or of a part of one; summaries are merged in any order."""

    cited: Hashes
    linked: Hashes
    citing: NDArray[np.uint64]  # shape (n, 2): site, page; without repeats


def summarise(links: Iterable[Link]) -> LinkSummary:
    """The summary of links."""
    cited, linked, citing = Gathered(1), Gathered(1), Gathered(2)
    left = iter(links)
    while some := list(islice(left, _SOME)):
        names = [page_key(url) for _, url, _ in some]
        keys = hashes_of(names)
        linked.add(keys)
        places = [at for at, (_, _, is_cited) in enumerate(some) if is_cited]
        cited.add(keys[places])
        pairs = [(_site_hash(names[at].partition("/")[0]), some[at][0]) for at in places]
        citing.add(np.array(pairs, np.uint64))
    return LinkSummary(cited.rows()[:, 0], linked.rows()[:, 0], citing.rows())


@lru_cache(maxsize=1 << 16)
def _site_hash(name: str) -> int:
    return key_hash(site(name))


class Gathered:
    """Rows of unsigned numbers, their repeats dropped now and then so that memory stays small."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._open: list[NDArray[np.uint64]] = []
        self._size = 0  # rows of those
        self._done = np.zeros((0, width), dtype=np.uint64)

    def add(self, numbers: NDArray[np.uint64]) -> None:
        """Adds rows."""
        self._open.append(numbers.reshape(-1, self._width))
        self._size += len(self._open[-1])
        if self._size >= CHUNK and self._size >= len(self._done):
            self._fold()  # as seldom as the rows are many, so that sorting stays cheap

    def _fold(self) -> None:
        self._done = distinct_rows(np.concatenate([self._done, *self._open]))
        self._open, self._size = [], 0

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
