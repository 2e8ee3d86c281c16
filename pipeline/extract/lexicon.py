"""What short texts and headings say by their words: `share`, `comments`, `you may also like`.

The words' weights are learnt with the model and kept beside those of class names: `=word` for the
block itself, `#word` for what stands under a heading with that word.
"""

import re
from collections.abc import Mapping

import numpy as np

from pipeline.extract.blocks import PLACE, Ints, PageBlocks
from pipeline.extract.tree import Columns

_SHORT = 60  # characters of a block whose words are looked at
_WORD = re.compile(r"[^\W\d_]+")


def text_tokens(text: str) -> list[str]:
    """`=` with the whole of a short text, and with each of its words; nothing for others."""
    return ["=" + phrase for phrase in _phrases(text)]


def heading_tokens(text: str) -> list[str]:
    """As `text_tokens`, with `#`."""
    return ["#" + phrase for phrase in _phrases(text)]


def _phrases(text: str) -> list[str]:
    """The words of a short text together, then each distinct word of two letters or more."""
    if len(text) > _SHORT:
        return []
    words: list[str] = _WORD.findall(text.lower())
    if len(words) > 1:
        return [" ".join(words), *[word for word in dict.fromkeys(words) if len(word) > 1]]
    return words


def lexicon_columns(page: PageBlocks, weights: Mapping[str, int], places: Ints) -> Columns:
    """Sum, least and most weight of a short block's words, and the sum of the heading above it."""
    flat: list[int] = []
    heading = 0
    get = weights.get
    for text, level in zip(page.texts, places[PLACE["level"]].tolist(), strict=True):
        phrases = _phrases(text)
        if level:
            heading = sum([get("#" + phrase, 0) for phrase in phrases])
        values = [get("=" + phrase, 0) for phrase in phrases]
        if any(values):
            flat += (sum(values), min(values), max(values), heading)
        else:
            flat += (0, 0, 0, heading)
    chosen = np.array(flat, dtype=np.int64).reshape(-1, 4).T
    return dict(zip(("text_sum", "text_least", "text_most", "heading_text"), chosen, strict=True))
