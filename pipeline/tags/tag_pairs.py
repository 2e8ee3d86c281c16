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
Bytes = NDArray[np.uint8]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]


def _keys(names: str) -> Keys:
    return np.array([int.from_bytes(n.encode(), "little") for n in names.split()], dtype=np.uint64)


_VOID = _keys(
    "area base basefont br col embed frame hr img input keygen link meta param source wbr"
)
_FORMATTING = _keys(
    "b big code em font i s small strike strong tt u"
)  # of `a` and `nobr` one is open
_FOREIGN = _keys("svg math")
_OPTION = _keys("option")
_LONG = np.uint64(1 << 56)  # from here on a word is full, and the name may go on


class Unpaired(NamedTuple):
    """Start tags without a pair, those of formatting elements among them, and tags of options."""

    opens: int
    formatting: int
    options: int


def unpaired(body: bytes, tags: Places) -> Unpaired:
    """What is left of the tags that begin at `tags`; three bytes at least follow each."""
    raw = np.frombuffer(body, dtype=np.uint8)
    data = np.frombuffer(body.translate(_ENDED) + bytes(16), dtype=np.uint8)
    closes = raw[tags + 1] == ord("/")
    is_named = closes | (raw[tags + 1] >= ord("A"))
    words = np.ndarray((len(data) - 7,), dtype="<u8", buffer=data, strides=(1,))
    at = tags + 1 + closes
    names, more = _up_to_zero(words[at]), _up_to_zero(words[at + 8])
    more[names < _LONG] = 0
    names[~is_named] = 0  # of comments and the like, which are no pair and part others
    options = int(np.count_nonzero(names == _OPTION[0]))
    ends = _ends(raw, tags)
    stays = (names != 0) | ~(is_named | _is_plain_comment(raw, tags, ends))
    if not any(np.any(names == name) for name in _FOREIGN):  # in svg and math nothing is void
        stays &= ~np.isin(names, _VOID)
    left = stays.nonzero()[0]
    can_open = is_named & ~closes & (more < _LONG) & _end_plainly(raw, tags, ends)
    for _ in range(ROUNDS):
        pairs = (
            (names[left[1:]] == names[left[:-1]])
            & (more[left[1:]] == more[left[:-1]])
            & closes[left[1:]]
            & can_open[left[:-1]]
        )
        if not pairs.any():
            break
        left = left[~(np.append(pairs, False) | np.append(False, pairs))]
    starts = names[left[(is_named & ~closes)[left]]]
    formatting = int(np.count_nonzero(np.isin(starts, _FORMATTING)))
    return Unpaired(len(starts), formatting, options)


def _ends(raw: Bytes, tags: Places) -> Places:
    """The next `>` behind each tag's `<`."""
    greater = np.append((raw == ord(">")).nonzero()[0], len(raw))
    return greater[greater.searchsorted(tags)]


def _is_plain_comment(raw: Bytes, tags: Places, ends: Places) -> Flags:
    """Which are comments that hold no tag."""
    is_whole = ends < np.append(tags[1:], len(raw))
    for before, sign in ((1, "-"), (2, "-")):
        is_whole &= raw[ends - before] == ord(sign)
    for at, sign in ((1, "!"), (2, "-"), (3, "-")):
        is_whole &= raw[tags + at] == ord(sign)
    return is_whole


def _end_plainly(raw: Bytes, tags: Places, ends: Places) -> Flags:
    """Whether each tag surely ends at the next `>`, before the next tag: no single quote begins a
    value there, and double quotes come in pairs, the first of which an equals sign precedes.
    """
    quotes = (raw == ord('"')).nonzero()[0]
    first, last = quotes.searchsorted(tags), quotes.searchsorted(ends)
    holder = np.maximum(tags.searchsorted(quotes) - 1, 0)
    begins = (np.arange(len(quotes)) - first[holder]) % 2 == 0
    wrong = np.append(0, np.cumsum(begins & (raw[quotes - 1] != ord("="))))
    single = ((raw[1:] == ord("'")) & (raw[:-1] == ord("="))).nonzero()[0]
    plain: Flags = (
        (ends < np.append(tags[1:], len(raw)))
        & ((last - first) % 2 == 0)
        & (wrong[last] == wrong[first])
        & (single.searchsorted(ends) == single.searchsorted(tags))
    )
    return plain


def _up_to_zero(words: Keys) -> Keys:
    """Each word's bytes before its first zero byte, the lowest first."""
    zeros = (words - _LOW) & ~words & _HIGH
    lowest = zeros & (~zeros + np.uint64(1))
    return words & ((lowest >> np.uint64(7)) - np.uint64(1))
