"""One look at a text for what is worth a second one: most texts hold no long number, no key.

Digits and long words are found over the array of the text's characters; regular expressions see
what stands around them alone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Spans = Sequence[tuple[int, int]]
Codes = NDArray[np.uint32]  # of the characters of a text
_ZERO, _WIDE_ZERO, _TWO, _COLON, _BLANK = 0x30, 0xFF10, 0x32, 0x3A, 0x20
# Six digits with what may stand between those of one value, or the beginning of an IP address.
_RUN = re.compile(
    r"[0-9\uff10-\uff19](?:(?:[ \u00a0().,:/+\u2010-\u2015-]{0,3}[0-9\uff10-\uff19]){5,}"
    r"|\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]|(?<=[23])[0-9A-Fa-f]{3}:[0-9A-Fa-f:])"
)
_FEW, _NEAR = 3, 12  # so many more digits stand that near to the first one of every run
_GROUP = 4  # signs of an IPv6 address before its first colon
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
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    runs = [match.span() for match in matches(_RUN, text, _digits_together(codes))]
    long = [span for span in runs if _digits(text[slice(*span)]) >= _LONG_NUMBER]
    words = [span for span in _long_words(codes) if _NO_PROSE.search(text, *span)]
    size = len(text)
    return Clues(
        runs,
        list(joined(runs, size, _BEFORE, _AFTER)),
        list(joined(long, size, _BEFORE, _AFTER)),
        list(joined(words, size, _NAME, 1)),
        "\n".join([text[start:end] for start, end in words]),
    )


def _digits_together(codes: Codes) -> Spans:
    """Where digits stand near to each other, or a 2 or 3 begins an IPv6 address."""
    is_digit = (codes - _ZERO < 10) | (codes - _WIDE_ZERO < 10)  # what is below wraps around
    digits = np.flatnonzero(is_digit)
    last, first = digits[_FEW:], digits[:-_FEW]
    near = last - first <= _NEAR
    groups = np.flatnonzero(codes[_GROUP:] == _COLON)
    groups = groups[codes[groups] - _TWO < 2]
    starts = np.concatenate((first[near], groups))
    return _merged(starts, np.concatenate((last[near] + 1, groups + _GROUP + 2)))


def _merged(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Spans:
    """Spans in order, those that meet as one."""
    if not starts.size:
        return []
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    is_apart = starts[1:] > ends[:-1]
    begins, stops = starts[np.append(True, is_apart)], ends[np.append(is_apart, True)]
    return [*zip(begins.tolist(), stops.tolist(), strict=True)]


def _long_words(codes: Codes) -> list[tuple[int, int]]:
    blanks = np.concatenate(([-1], np.flatnonzero(codes <= _BLANK), [codes.size]))
    long = np.flatnonzero(np.diff(blanks) > _LONG_WORD)
    return [*zip((blanks[long] + 1).tolist(), blanks[long + 1].tolist(), strict=True)]


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
    return len(number) if number.isdigit() else sum(map(str.isdigit, number))
