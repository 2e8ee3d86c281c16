"""One look at a text for what is worth a second one: most texts hold no long number, no key."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Spans = Sequence[tuple[int, int]]
_DIGIT = "[0-9\uff10-\uff19]"  # a set is searched for twice as fast as \d
# Six digits with what may stand between those of one value, or the beginning of an IP address.
_RUN = re.compile(
    rf"{_DIGIT}(?:(?:[ \u00a0().,:/+\u2010-\u2015-]{{0,3}}{_DIGIT}){{5,}}"
    r"|\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]|(?<=[23])[0-9A-Fa-f]{3}:[0-9A-Fa-f:])"
)
_LONG_NUMBER = 7  # digits; telephones alone have fewer
_BEFORE, _AFTER = 16, 28  # characters around a number that may belong to the same value
_LONG_WORD = 16  # characters of a codice fiscale; keys have 20 and more
_NO_PROSE = re.compile("[0-9A-Z]")
_NAME = 40  # characters before a long word that name it


@dataclass(frozen=True)
class Clues:
    """Where numbers and long words stand, with what may belong to them; what the words are."""

    runs: Spans  # of digits, nothing around them
    numbers: Spans
    long_numbers: Spans
    long_words: Spans  # those with a digit or a capital
    words: str


def clues(text: str) -> Clues:
    """The clues of `text`."""
    runs = [match.span() for match in _RUN.finditer(text)]
    long = [span for span in runs if _digits(text[slice(*span)]) >= _LONG_NUMBER]
    words = [w for w in text.split() if len(w) >= _LONG_WORD and _NO_PROSE.search(w)]
    size = len(text)
    return Clues(
        runs,
        list(joined(runs, size, _BEFORE, _AFTER)),
        list(joined(long, size, _BEFORE, _AFTER)),
        list(joined(_places(words, text), size, _NAME, 1)),
        "\n".join(words),
    )


def matches(pattern: re.Pattern[str], text: str, spans: Spans) -> Iterator[re.Match[str]]:
    """What a pattern matches within `spans`."""
    for start, end in spans:
        yield from pattern.finditer(text, start, end)


def around(sign: re.Pattern[str], text: str, before: int, after: int) -> Spans:
    """The surroundings of what `sign` matches."""
    found = (match.span() for match in sign.finditer(text))
    return list(joined(found, len(text), before, after))


def joined(
    spans: Iterable[tuple[int, int]], length: int, before: int, after: int
) -> Iterator[tuple[int, int]]:
    """Spans with their surroundings in a text of `length`, those that meet as one."""
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


def _digits(number: str) -> int:
    return sum(map(str.isdigit, number))


def _places(words: Iterable[str], text: str) -> Iterator[tuple[int, int]]:
    """Where `words`, in the order of the text, stand in it."""
    end = 0
    for word in words:
        start = text.find(word, end)
        end = start + len(word)
        yield start, end
