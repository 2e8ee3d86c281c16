"""The keys of lines and paragraphs: a hash, and in the low bits what is known of the line.

    bits    key of a line or paragraph        key of a line that recurs on its site
    63..13  hash                              hash
    12      the line ends as sentences do     free
    11      all that have it are of one site  the document is the one that keeps it
    10      the line stands at an edge        it does so on most of its pages
    9..8    characters (ten bits; 1023        pages: 2, 3, 4, or 5 and more
    7..0      stands for every longer one)    share of its site's pages, in 255ths

This is the only place that knows the layout.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.rows import Flags, Words, hash64

LEAST, MOST = 2, 5  # the pages that are told apart: fewer do not recur, and more are as good
MAX_CHARACTERS = 1023
_LOW = (1 << 13) - 1  # all bits that are none of the hash
_ENDED = 1 << 12
_MARK = 1 << 11
_EDGE = 1 << 10
_PAGES_BIT, _PAGES = 8, 3
_SHARES = 255


def key_of(normal: str) -> int:
    """The key of a normalised line or paragraph: 51 bits of hash, and its length."""
    return (hash64(normal) & ~_LOW) | min(len(normal), MAX_CHARACTERS)


def at_edge(key: int) -> int:
    """The key of the same line at an edge of its text."""
    return key | _EDGE


def as_ended(key: int) -> int:
    """The key of the same line where it ends as sentences do."""
    return key | _ENDED


def base_key(key: int) -> int:
    """What the keys of one line have in common, whatever else they carry."""
    return key & ~_LOW


def base_keys(keys: Words) -> Words:
    """`base_key` of many."""
    return keys & ~np.uint64(_LOW)


def length(key: int) -> int:
    """The length that the key of a line or paragraph carries."""
    return key & MAX_CHARACTERS


def lengths(keys: Words) -> Words:
    """The lengths that the keys of lines or paragraphs carry."""
    return keys & np.uint64(MAX_CHARACTERS)


def edges(keys: Words) -> Flags:
    """Which lines stand at an edge of their text."""
    found: Flags = (keys & np.uint64(_EDGE)) != 0
    return found


def ended(keys: Words) -> Flags:
    """Which lines end as sentences do."""
    found: Flags = (keys & np.uint64(_ENDED)) != 0
    return found


def plain(keys: Words) -> Words:
    """The keys that the same lines have inside a text, however they end."""
    return keys & ~np.uint64(_EDGE | _ENDED)


def marked(keys: Words, where: Flags) -> Words:
    """The keys with the mark: of a paragraph, that it is one site's; of a line that recurs, that
    the document is the one that keeps it.
    """
    found: Words = keys | where * np.uint64(_MARK)
    return found


def without_mark(key: int) -> int:
    """A key as it was before `marked`."""
    return key & ~_MARK


def is_marked(key: int) -> bool:
    """Whether a key has the mark of `marked`."""
    return bool(key & _MARK)


class Recurrence(NamedTuple):
    """How a line recurs on its site."""

    share: float  # of its site's pages
    pages: int  # MOST stands for more
    edge: bool  # it stands at the edges of texts, mostly
    kept: bool = False  # this document keeps it, if it is a sentence of content


def recurrence(key: int) -> Recurrence:
    """What the key of a recurring line says of it."""
    pages = ((key >> _PAGES_BIT) & _PAGES) + LEAST
    return Recurrence((key & _SHARES) / _SHARES, pages, bool(key & _EDGE), is_marked(key))


def recurrence_keys(keys: Words, shares: NDArray[np.float64], pages: Words, edge: Flags) -> Words:
    """The keys of recurring lines, with how they recur in place of their lengths."""
    share = np.round(shares * _SHARES).astype(np.uint64)
    told = (np.clip(pages, LEAST, MOST) - np.uint64(LEAST)) << np.uint64(_PAGES_BIT)
    found: Words = base_keys(keys) | share | told | edge * np.uint64(_EDGE)
    return found
