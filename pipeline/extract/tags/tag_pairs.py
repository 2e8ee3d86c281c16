"""How many elements of a page may stay open at once, by a few array operations.

A start tag that its own end tag follows leaves nothing open, nor do such pairs inside such a pair.
What is left when they are taken out, round by round, bounds the depth, whatever a tree builder
closes or makes anew by itself.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ROUNDS = 8  # as deep as pairs are looked for
_SPACES = b" \t\n\f\r/>"
# White space, slash and `>` end a name; they become zeros, letters lower case.
_ENDED = bytes(0 if c in _SPACES else c for c in bytes(range(256)).lower())
_LOW, _HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)

Keys = NDArray[np.uint64]


def _keys(names: str) -> Keys:
    return np.array([int.from_bytes(n.encode(), "little") for n in names.split()], dtype=np.uint64)


_VOID = _keys(
    "area base basefont br col embed frame hr img input keygen link meta param source wbr"
)
_FORMATTING = _keys("a b big code em font i nobr s small strike strong tt u")
_FOREIGN = _keys("svg math")
_OPTION = _keys("option")


class Unpaired(NamedTuple):
    """Start tags without a pair, those of formatting elements among them, and tags of options."""

    opens: int
    formatting: int
    options: int


def unpaired(body: bytes, tags: NDArray[np.intp]) -> Unpaired:
    """What is left of the tags that begin at `tags`; three bytes at least follow each."""
    data = np.frombuffer(body.translate(_ENDED) + bytes(16), dtype=np.uint8)
    first = data[tags + 1]
    closes = np.frombuffer(body, dtype=np.uint8)[tags + 1] == ord("/")
    tags, closes = tags[closes | (first >= ord("A"))], closes[closes | (first >= ord("A"))]
    words = np.ndarray((len(data) - 7,), dtype="<u8", buffer=data, strides=(1,))
    at = tags + 1 + closes
    names, more = _up_to_zero(words[at]), _up_to_zero(words[at + 8])
    more[names < np.uint64(1 << 56)] = 0
    options = int(np.count_nonzero(names == _OPTION[0]))
    stays = (more < np.uint64(1 << 56)) & (names != 0)
    if not any(np.any(names == name) for name in _FOREIGN):  # in svg and math nothing is void
        stays &= ~np.isin(names, _VOID)
    left = stays.nonzero()[0]
    for _ in range(ROUNDS):
        pairs = (
            (names[left[1:]] == names[left[:-1]])
            & (more[left[1:]] == more[left[:-1]])
            & closes[left[1:]]
            & ~closes[left[:-1]]
        )
        if not pairs.any():
            break
        left = left[~(np.append(pairs, False) | np.append(False, pairs))]
    starts = names[left[~closes[left]]]
    long = int(np.count_nonzero(~stays & (more >= np.uint64(1 << 56)) & ~closes))
    formatting = int(np.count_nonzero(np.isin(starts, _FORMATTING)))
    return Unpaired(len(starts) + long, formatting, options)


def _up_to_zero(words: Keys) -> Keys:
    """Each word's bytes before its first zero byte, the lowest first."""
    zeros = (words - _LOW) & ~words & _HIGH
    lowest = zeros & (~zeros + np.uint64(1))
    return words & ((lowest >> np.uint64(7)) - np.uint64(1))
