"""One look at a text for what is worth a second one: most texts hold no long number, no long word."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Spans = Sequence[tuple[int, int]]
_DIGITS = re.compile(r"\d(?:[ \u00a0().,:/+\u2010-\u2015-]{0,3}\d){5,}")
_LONG_NUMBER = 8  # digits; telephones alone have fewer
_BEFORE, _AFTER = 16, 28  # characters around a number that may belong to the same value
_LONG_WORD = 16  # characters of a codice fiscale; keys have 20 and more
_NAME = 40  # characters before a long word that name it


@dataclass(frozen=True)
class Clues:
    """Where numbers, long numbers and long words stand, with what may belong to them."""

    numbers: Spans
    long_numbers: Spans
    long_words: Spans
    words: str  # the long words, with what names them


def clues(text: str) -> Clues:
    """The clues of `text`."""
    spans = [match.span() for match in _DIGITS.finditer(text)]
    long = [span for span in spans if _digits(text[slice(*span)]) >= _LONG_NUMBER]
    size = len(text)
    words = list(_around(_long_words(text), size, _NAME, 1))
    return Clues(
        list(_around(spans, size, _BEFORE, _AFTER)),
        list(_around(long, size, _BEFORE, _AFTER)),
        words,
        "\n".join([text[start:end] for start, end in words]),
    )


def matches(pattern: re.Pattern[str], text: str, spans: Spans) -> Iterator[re.Match[str]]:
    """What a pattern matches within `spans`."""
    for start, end in spans:
        yield from pattern.finditer(text, start, end)


def around(sign: re.Pattern[str], text: str, before: int, after: int) -> Spans:
    """The surroundings of what `sign` matches."""
    found = (match.span() for match in sign.finditer(text))
    return list(_around(found, len(text), before, after))


def _digits(number: str) -> int:
    return sum(map(str.isdigit, number))


def _long_words(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for word in text.split():
        if len(word) >= _LONG_WORD:
            at = text.find(word, at)
            yield at, at + len(word)
            at += len(word)


def _around(
    spans: Iterable[tuple[int, int]], length: int, before: int, after: int
) -> Iterator[tuple[int, int]]:
    """Spans with their surroundings, those that meet as one."""
    begin = end = -1
    for start, stop in spans:
        start, stop = max(0, start - before), min(length, stop + after)
        if start > end:
            if end >= 0:
                yield begin, end
            begin = start
        end = max(end, stop)
    if end >= 0:
        yield begin, end
