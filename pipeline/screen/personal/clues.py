"""One look at a text for what is worth a second one: most texts hold no long number, no key.

Digits and long words are found over the array of the text's characters; regular expressions see
what stands around them alone.
"""

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Spans = Sequence[tuple[int, int]]
Codes = NDArray[np.uint32]  # of the characters of a text
_ZERO, _WIDE_ZERO, _TWO, _COLON, _BLANK = 0x30, 0xFF10, 0x32, 0x3A, 0x20
_A, _ALPHABET, _CASE, _BRACKET = 0x61, 26, 0x20, 0x5B
_FIRST_LETTER = 0xC0  # beyond ASCII; above it are signs and wide digits, and letters of which each
_SIGNS = ((0x2000, 0x2E80), (0x3000, 0x3040), (0xFF00, 0xFF21))
_UNSPACED = ((0x0E00, 0x0E80), (0x3040, 0xD7B0))  # says something
# Six digits with what may stand between those of one value, or the beginning of an IP address.
_RUN = re.compile(
    r"[0-9\uff10-\uff19](?:(?:[ \u00a0().,:/+\u2010-\u2015-]{0,3}[0-9\uff10-\uff19]){5,}"
    r"|\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]|(?<=[23])[0-9A-Fa-f]{3}:[0-9A-Fa-f:])"
)
_FEW, _NEAR = 3, 12  # so many more digits stand that near to the first one of every run
_GROUP = 4  # signs of an IPv6 address before its first colon
_LONG_NUMBER = re.compile(r"(?:\D*\d){7}")  # digits; telephones alone have fewer
_BEFORE, _AFTER = 16, 28  # characters around a number that may belong to the same value
_LONG_WORD = 16  # characters of a codice fiscale; keys have 20 and more
_NO_PROSE = re.compile("[0-9A-Z]")
_NAME = 40  # characters before a long word that name it
# What stands between two of a list, and how much of it.
LIST = r"\W{0,3}(?:\s(?:and|or|und|oder|et|ou|y|e|o|och|en)\s|\s)?\W{0,3}"
MOST_BETWEEN = 12  # characters
_LETTER = "[A-Za-z]?"  # of a number that ends or begins with one
_LISTED = re.compile(_LETTER + LIST + _LETTER)
_BARE = 1_000  # characters without a word of three letters, but for names of kinds
_REACH = 128  # characters around a number that may decide what it is


@dataclass(frozen=True)
class Clues:
    """Where numbers and long words stand, with what may belong to them; what the words are."""

    runs: Spans  # of digits, nothing around them
    numbers: Spans
    long_numbers: Spans
    bare: Spans  # long stretches without a word, full of numbers
    long_words: Spans  # those with a digit or a capital
    words: str


def clues(text: str, changed: Spans | None = None) -> Clues:
    """The clues of `text`; of its numbers those alone that stand near to what was `changed`, where
    the others are known to be nothing.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    all_runs = [match.span() for match in matches(_RUN, text, _digits_together(codes))]
    runs = all_runs if changed is None else list(_affected(text, all_runs, changed))
    cut_by = () if changed is None else all_runs
    long = [span for span in runs if _LONG_NUMBER.match(text, *span)]
    words = [span for span in _long_words(codes) if _NO_PROSE.search(text, *span)]
    size = len(text)
    numbers, long_numbers = (
        list(_uncut(joined(spans, size, _BEFORE, _AFTER), cut_by)) for spans in (runs, long)
    )
    return Clues(
        runs,
        numbers,
        long_numbers,
        list(_bare(codes, joined(all_runs, size, _BEFORE, _AFTER))),
        list(joined(words, size, _NAME, 1)),
        "\n".join([text[start:end] for start, end in words]),
    )


def _bare(codes: Codes, windows: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The long stretches without a word within `windows`."""
    long = [span for span in windows if span[1] - span[0] >= _BARE]
    words = _words(codes) if long else np.empty(0, np.int64)
    for start, end in long:
        first, last = np.searchsorted(words, (start, end))
        places = np.concatenate(([start], words[first:last], [end]))
        for at in np.flatnonzero(np.diff(places) >= _BARE):
            yield int(places[at]), int(places[at + 1])


def _words(codes: Codes) -> NDArray[np.int64]:
    """Where words of three letters begin, or one of a script without spaces stands; names of kinds,
    which stand in brackets, are none.
    """
    is_letter = ((codes | _CASE) - _A < _ALPHABET) | (codes >= _FIRST_LETTER)
    for first, last in _SIGNS:
        is_letter &= codes - first >= last - first
    is_word = is_letter.copy()
    is_word[1:] &= ~is_letter[:-1] & (codes[:-1] != _BRACKET)
    is_word[:-1] &= is_letter[1:]
    is_word[:-2] &= is_letter[2:]
    for first, last in _UNSPACED:
        is_word |= codes - first < last - first
    return np.flatnonzero(is_word)


def _affected(text: str, runs: Spans, changed: Spans) -> Iterator[tuple[int, int]]:
    """The numbers that stand near to what was changed, and those in lists with them."""
    done = 0
    for start, end in changed:
        first, stop = bisect(runs, (start - _REACH,)), bisect(runs, (end + _REACH,))
        first -= first > 0 and runs[first - 1][1] >= start - _REACH
        while done < first < stop and _are_listed(text, runs[first - 1], runs[first]):
            first -= 1
        while first < stop < len(runs) and _are_listed(text, runs[stop - 1], runs[stop]):
            stop += 1
        yield from runs[max(first, done) : stop]
        done = max(done, stop)


def _are_listed(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    return is_listed(_LISTED, text, one[1], other[0])


def is_listed(pattern: re.Pattern[str], text: str, end: int, start: int) -> bool:
    """Whether the number that begins at `start` goes on with the list of that which stops at `end`,
    by a pattern of what may stand between.
    """
    return end <= start <= end + MOST_BETWEEN and pattern.fullmatch(text, end, start) is not None


def _uncut(windows: Iterable[tuple[int, int]], runs: Spans) -> Iterator[tuple[int, int]]:
    """Windows without the numbers at their borders that they hold only a part of."""
    for start, end in windows:
        first, last = bisect(runs, (start,)) - 1, bisect(runs, (end,)) - 1
        if first >= 0 and runs[first][1] > start:
            start = runs[first][1]
        if last >= 0 and runs[last][1] > end:
            end = runs[last][0]
        yield start, end


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
    begin, end = 0, -1
    for start, stop in spans:
        if start - before > end:
            if end >= 0:
                yield begin, min(end, length)
            begin, end = start - before, stop + after
        elif stop + after > end:
            end = stop + after
    if end >= 0:
        yield begin, min(end, length)


def without(spans: Spans, others: Spans) -> Iterator[tuple[int, int]]:
    """What of `spans` lies in none of `others`, both in order."""
    at = 0
    for start, end in spans:
        while at < len(others) and others[at][1] <= start:
            at += 1
        following = at
        while following < len(others) and others[following][0] < end:
            if start < others[following][0]:
                yield start, others[following][0]
            start = others[following][1]
            following += 1
        if start < end:
            yield start, end
