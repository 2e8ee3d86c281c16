"""How near an extracted text is to a gold text, and whether one extractor beats another by more
than chance.
"""

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
_BEGINS = 200  # characters of a gold, and thrice the title's, in which that is looked for


def words_of(text: str, by_character: bool = False) -> list[str]:
    """Lower-case words; letters and digits one by one where `by_character` (Chinese)."""
    if by_character:
        return [character for character in text.lower() if character.isalnum()]
    return _WORD.findall(text.lower())


def word_f1(text: str, gold: str, by_character: bool = False) -> float:
    """F1 of the two multisets of words, 0 to 1; 1 where both are empty."""
    found, wanted = Counter(words_of(text, by_character)), Counter(words_of(gold, by_character))
    if not found or not wanted:
        return float(not found and not wanted)
    shared = (found & wanted).total()
    return 2 * shared / (found.total() + wanted.total())


def page_f1(text: str, gold: str, by_character: bool = False) -> float:
    """`word_f1` of a page, without the title line before its text where the gold lacks it.

    Some golds begin with the title and others do not; no extractor is to lose by that.
    """
    return word_f1(without_title_line(text, gold), gold, by_character)


def without_title_line(text: str, gold: str) -> str:
    """The text without a heading of the first level before it that does not begin the gold."""
    first, _, rest = text.partition("\n\n")
    if not first.startswith("# ") or "\n" in first:
        return text
    title = "".join(words_of(first, by_character=True))
    begins = "".join(words_of(gold[: _BEGINS + 3 * len(first)], by_character=True))
    return text if title in begins else rest


@dataclass(frozen=True, slots=True)
class Snippets:
    """How many wanted snippets stand in a text, and how many unwanted ones."""

    found: int = 0
    wanted: int = 0
    intruding: int = 0

    def __add__(self, other: "Snippets") -> "Snippets":
        return Snippets(
            self.found + other.found, self.wanted + other.wanted, self.intruding + other.intruding
        )

    @property
    def f1(self) -> float:
        """Pooled F1, as trafilatura's own evaluation counts it."""
        return 2 * self.found / max(self.found + self.intruding + self.wanted, 1)


def snippets(text: str, wanted: list[str], unwanted: list[str]) -> Snippets:
    """Counts for one page; white space does not matter."""
    text = " ".join(text.split())
    found = sum(" ".join(snippet.split()) in text for snippet in wanted)
    intruding = sum(" ".join(snippet.split()) in text for snippet in unwanted)
    return Snippets(found, len(wanted), intruding)


def bootstrap_difference(
    ours: dict[str, list[float]],
    theirs: dict[str, list[float]],
    draws: int = 2000,
    seed: int = 1729,
) -> tuple[float, float, float]:
    """(mean difference, lower, upper bound of 95 %) of the mean over collections of the mean over
    pages.

    Pages are drawn in pairs and within each collection (Efron and Tibshirani 1993, chapter 16).
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    differences: list[NDArray[np.float64]] = []
    for name in sorted(ours):
        pairs = np.array(ours[name]) - np.array(theirs[name])
        drawn = generator.integers(0, len(pairs), (draws, len(pairs)))
        differences.append(pairs[drawn].mean(axis=1))
    means = np.mean(differences, axis=0)
    centre = float(np.mean([np.mean(np.array(ours[n]) - np.array(theirs[n])) for n in ours]))
    lower, upper = np.percentile(means, [2.5, 97.5])
    return centre, float(lower), float(upper)
