"""Texts of our own making to train small tokenizers on: prose, code, numbers, several scripts."""

import numpy as np

_WORDS = """
the mill turns slowly and grain after grain falls into the stone it's we're
they'll don't river water flour baker morning letter number 1984 2026 3.14159
naïve café Straße über привет мир слово 漢字 水車 こんにちは שלום مرحبا 😀 🙂 def return
import self value index range print for while if else class None True False x =
y + z == != <= >= () [] {} : ; , . ! ? - -- ...
"""
WORDS = _WORDS.split()
SPACES = (" ", " ", " ", " ", "\n", "\n\n", "\n    ", "\n        ", "  ", "\t", "\r\n", "\u00a0")


def text(number: int) -> str:
    """Document `number`: a few to a few hundred words with all sorts of white space."""
    rng = np.random.Generator(np.random.PCG64([17, number]))
    count = int(rng.integers(3, 300))
    words = rng.choice(len(WORDS), count)
    spaces = rng.choice(len(SPACES), count)
    return "".join(WORDS[w] + SPACES[s] for w, s in zip(words, spaces, strict=True))


def texts(count: int, start: int = 0) -> list[str]:
    return [text(number) for number in range(start, start + count)]
