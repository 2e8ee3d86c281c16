"""One look at a text for what is worth a second one: most texts hold no long number, no long word."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_DIGITS = re.compile(r"\d(?:[ \u00a0().,:/+\u2010-\u2015-]{0,3}\d){5,}")
_BEFORE, _AFTER = 16, 28  # characters around such a number that may belong to the same value
_LONG = 26  # characters of the shortest address of a currency, and of most keys


@dataclass(frozen=True)
class Clues:
    """Where long numbers stand, with what may belong to them, and whether there is a long word."""

    numbers: tuple[tuple[int, int], ...]
    has_long_word: bool

    def found(self, pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
        """What a pattern matches near a long number."""
        for start, end in self.numbers:
            yield from pattern.finditer(text, start, end)


def clues(text: str) -> Clues:
    """The clues of `text`."""
    numbers = (match.span() for match in _DIGITS.finditer(text))
    longest = max(map(len, text.split()), default=0)
    return Clues(tuple(_around(numbers, len(text))), longest >= _LONG)


def _around(spans: Iterable[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """Spans with their surroundings, those that meet as one."""
    begin = end = -1
    for start, stop in spans:
        start, stop = max(0, start - _BEFORE), min(length, stop + _AFTER)
        if start > end:
            if end >= 0:
                yield begin, end
            begin = start
        end = stop
    if end >= 0:
        yield begin, end
