"""What a search for personal data gives, and the names of its kinds."""

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
# Letters that no space parts from a value: Thai, kana, Han, Hangul.
UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
PLACEHOLDER = re.compile("|".join(re.escape(token) for token in sorted(set(TOKENS.values()))))


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


def words_before(text: str, start: int, most: int) -> str:
    """What stands before a place, in lower case and without what has been replaced: a token names
    its kind, and a second reading must not take it for a word of the author.
    """
    part = text[max(0, start - most) : start]
    return (PLACEHOLDER.sub(" ", part) if "[" in part else part).lower()
