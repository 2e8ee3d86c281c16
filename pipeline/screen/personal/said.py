"""What a text calls a number: by a word near it, or near another that it stands in a list with."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from pipeline.screen.personal.clues import LIST, Spans, is_listed, joined
from pipeline.screen.personal.found import UNSPACED

_BEFORE, _AFTER = 80, 40  # characters in which a word speaks of a number
_LONGEST = 40  # characters of a word
_LIST = re.compile(LIST)


def names(words: str) -> re.Pattern[str]:
    """Whole words, in any case, also in names with underscores; not in brackets, as the name of a
    kind stands there in place of a value, and is no word of the author.
    """
    return re.compile(
        rf"(?<![^\W_{UNSPACED}])(?<!\[)(?:{words})(?![^\W\d_{UNSPACED}])", re.IGNORECASE
    )


def surroundings(text: str, spans: Spans) -> Iterator[tuple[int, int]]:
    """Where all stands that may be said of numbers within `spans`."""
    return joined(spans, len(text), _BEFORE, _AFTER)


class Said:
    """Which numbers of `text`, asked for in order, are called so by `words`."""

    def __init__(self, words: re.Pattern[str], text: str) -> None:
        self._words, self._text = words, text
        self._found: list[int] = []  # where words begin, in order
        self._read = 0  # characters that have been looked through
        self._ahead = 1  # characters
        self._told = -1  # the end of the last number that was called so

    def of(self, start: int, end: int) -> bool:
        """Whether the number in [start, end) is."""
        is_told = self._told >= 0 and is_listed(_LIST, self._text, self._told, start)
        if is_told or self._is_near(start, end):
            self._told = end
            return True
        return False

    def _is_near(self, start: int, end: int) -> bool:
        if end + _AFTER > self._read:
            self._read_to(start - _BEFORE, end + _AFTER)
        if not self._found:
            return False
        at = bisect_left(self._found, start - _BEFORE)
        return at < len(self._found) and self._found[at] <= end + _AFTER

    def _read_to(self, begin: int, stop: int) -> None:
        """Look for words in what was not looked through yet; one may lie across the border. Where
        numbers stand close, more and more is read at once.
        """
        if begin <= self._read:
            self._ahead *= 2
            stop += self._ahead
        else:
            self._ahead = 1
        first = max(begin, self._read - _LONGEST, 0)
        for match in self._words.finditer(self._text, first, stop + _LONGEST):
            at = match.start()
            if at <= stop and (not self._found or at > self._found[-1]):
                self._found.append(at)
        self._read = stop
