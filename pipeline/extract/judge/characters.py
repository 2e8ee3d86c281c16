"""Counts over characters, for all blocks of a page at once, as array operations.

`CLASSES` gives every character of the basic plane its bits. It is derived from Unicode categories
once, when a model is trained, and travels with the model, so that a newer Unicode does not change a
text.
"""

import unicodedata
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WORD, DIGIT, UPPER, IDEOGRAPH, COMMA, STOP, SIGN = (1 << at for at in range(7))
_COMMAS = ",;，、；،؛·"
_STOPS = ".!?。！？…؟।։"
# Scripts written without spaces: a character counts as half a word, as fits Chinese and Japanese.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals
    (0x3040, 0x312F),  # kana, Bopomofo
    (0x31A0, 0x31FF),
    (0x3400, 0x4DBF),  # ideographs
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
)

Ints = NDArray[np.int64]


class Counts(NamedTuple):
    """Per block, integers."""

    characters: Ints
    words: Ints
    digits: Ints
    uppers: Ints
    commas: Ints
    stops: Ints
    signs: Ints
    ideographs: Ints
    first_upper: Ints
    last_stop: Ints


def character_classes() -> NDArray[np.uint8]:
    """The table of 65,536 bit sets, from this Python's Unicode data."""
    return np.array([_bits(chr(code)) for code in range(0x10000)], dtype=np.uint8)


def _bits(character: str) -> int:
    category = unicodedata.category(character)
    if character in _COMMAS:
        return COMMA
    if character in _STOPS:
        return STOP
    if any(low <= ord(character) <= high for low, high in _UNSPACED):
        return IDEOGRAPH
    if category[0] in "LMN":
        return WORD | DIGIT * (category[0] == "N") | UPPER * (category in ("Lu", "Lt"))
    return SIGN if category[0] in "PS" else 0


def count_characters(texts: list[str], classes: NDArray[np.uint8]) -> Counts:
    """Counts of each text; no text may be empty."""
    joined = "\n".join(texts) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    bits = classes.take(codes, mode="clip")  # the last entry for all other planes
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1
    stops = np.cumsum(sizes)
    starts = stops - sizes
    word = bits & WORD
    begins = word.copy()
    begins[1:] &= ~word[:-1]

    def total(mask: NDArray[np.integer]) -> Ints:
        return np.add.reduceat(mask, starts, dtype=np.int64)

    ideographs = total((bits & IDEOGRAPH) >> 3)
    return Counts(
        sizes - 1,
        total(begins) + (ideographs + 1) // 2,
        total((bits & DIGIT) >> 1),
        total((bits & UPPER) >> 2),
        total((bits & COMMA) >> 4),
        total((bits & STOP) >> 5),
        total((bits & SIGN) >> 6),
        ideographs,
        ((bits[starts] & UPPER) > 0).astype(np.int64),
        ((bits[stops - 2] & STOP) > 0).astype(np.int64),
    )
