"""What a search for personal data gives, and what its searches share: reserved values, context."""

import re
from bisect import bisect
from collections.abc import Iterable
from typing import NamedTuple


class Found(NamedTuple):
    """A value of a kind in [start, end) of a text."""

    start: int
    end: int
    kind: str


# What stands in place of each kind, and in the columns of documents.
TOKENS = {
    "card": "[card]",
    "crypto": "[crypto]",
    "email": "[email]",
    "iban": "[iban]",
    "ipv4": "[ip]",
    "ipv6": "[ip]",
    "national_id": "[national id]",
    "phone": "[phone]",
    "secret": "[secret]",
    "ssn": "[ssn]",
}
PLACEHOLDER = re.compile("|".join(re.escape(token) for token in sorted(set(TOKENS.values()))))
_BEFORE, _AFTER = 80, 40  # characters that are asked what a value is


def apart(found: Iterable[Found]) -> list[Found]:
    """Those that overlap none of the ones before them in `found`, by place."""
    taken: list[Found] = []
    for one in found:
        if not taken or one.start >= taken[-1].end:
            taken.append(one)
            continue
        at = bisect(taken, one)
        is_free = not at or taken[at - 1].end <= one.start
        if is_free and (at == len(taken) or one.end <= taken[at].start):
            taken.insert(at, one)
    return taken


def words_before(text: str, start: int, most: int = _BEFORE) -> str:
    """What stands before a place, in lower case and without what has been replaced: a token names
    its kind, and a second reading must not take it for a word of the author.
    """
    return _words(text[max(0, start - most) : start])


def words_after(text: str, end: int) -> str:
    """What stands behind a place, likewise."""
    return _words(text[end : end + _AFTER])


def _words(part: str) -> str:
    return (PLACEHOLDER.sub(" ", part) if "[" in part else part).lower()


def said_near(text: str, start: int, end: int) -> str:
    """All that is asked about the values in [start, end), to look through at once."""
    return text[max(0, start - _BEFORE) : end + _AFTER].lower()


def says(words: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """Whether one of `words` stands near a value."""
    return bool(words.search(words_before(text, start)) or words.search(words_after(text, end)))
