"""What CLD2 mixes up: languages that are close to each other, and short texts that it takes for
English. Words and letters that one uses and its neighbours do not tell them apart.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_MOST = 2_000  # characters that are looked at
_STRANGE = 2  # little words that a language whose own we do not know may share
_SHORT = 240  # characters of what may be no English
_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = frozenset("abcdfghijklmnopqrstuvwxz")  # which lists and formulas are full of
ENGLISH, HINDI = "en", "hi"
_LEAST_HINDI, _LEAST_SHARE = 2, 0.3  # words of a text, and of all of it


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells a language, and the others that it is told from."""

    words: frozenset[str]
    parts: frozenset[str]  # of words, mostly letters
    beside: tuple[str, ...]
    is_doubtful: bool  # whether CLD2 hardly tells it from those


def corrected(code: str, text: str, is_sure: bool) -> tuple[str, bool]:
    """The language that `text` is in rather than `code`, or that; and whether one of languages that
    are hardly told apart is meant, and nothing tells which.
    """
    marks = _marks()
    is_short = len(text) <= _SHORT
    if is_sure and not is_short and not (code in marks and marks[code].beside):
        return code, False
    lower = text[:_MOST].lower()
    words = _WORD.findall(lower)
    if not is_sure or (is_short and code == ENGLISH):
        code = _by_little_words(code, words)
    if is_short and _is_romanised_hindi(words):
        code = HINDI
    rivals = marks[code].beside if code in marks else ()
    ahead = {one: _ahead(marks[one], marks[code], words, lower) for one in rivals}
    best = max(ahead, key=lambda one: ahead[one], default=code)
    if ahead.get(best, 0) > 0:
        return best, False
    return code, bool(rivals) and marks[code].is_doubtful and ahead[best] == 0


def _ahead(one: Marks, other: Marks, words: Sequence[str], lower: str) -> int:
    """By how many words and letters that it alone uses a language is ahead of another."""
    mine, theirs = one.words - other.words, other.words - one.words
    found = sum((word in mine) - (word in theirs) for word in words)
    found += sum(map(lower.count, one.parts - other.parts))
    return found - sum(map(lower.count, other.parts - one.parts))


def _is_romanised_hindi(words: Sequence[str]) -> bool:
    """Whether of the words of a short text enough are Hindi's: CLD2 knows it in its own script."""
    told = sum(word in _marks()[HINDI].words for word in words)
    return told >= _LEAST_HINDI and told >= _LEAST_SHARE * len(words)


def _by_little_words(code: str, all_words: Sequence[str]) -> str:
    """The language that has most of the little words of a text, if it has more than `code`."""
    marks = _marks()
    words = [word for word in all_words if word not in _LETTERS]
    counts = {one: sum(word in mark.words for word in words) for one, mark in marks.items()}
    best = max(counts, key=lambda one: (counts[one], one))
    least = 1 if code in marks else _STRANGE
    return best if counts[best] > max(least, counts.get(code, 0)) else code


@cache
def _marks() -> dict[str, Marks]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {
        code: Marks(
            frozenset(entry["words"].split()),
            frozenset(entry.get("parts", "").split()),
            tuple(entry.get("beside", ())),
            entry.get("doubtful", False),
        )
        for code, entry in data.items()
    }
