"""Personal data leaves the text: what is found is counted by kind and replaced; a text that is
little else is dropped.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from pipeline.document import Document, Dropped, drop
from pipeline.recipe import ScreenConfig
from pipeline.screen import STAGE
from pipeline.screen.personal.clues import Spans, clues
from pipeline.screen.personal.credentials import secrets
from pipeline.screen.personal.emails import emails
from pipeline.screen.personal.found import Found, apart
from pipeline.screen.personal.ip_addresses import ip_addresses
from pipeline.screen.personal.numbers import cards, ibans, national_numbers, social_security_numbers
from pipeline.screen.personal.phones import Judge, phones
from pipeline.screen.personal.replacements import Harmless, token
from pipeline.screen.personal.wallets import wallets
from pipeline.text import words

Value = Callable[[str, str], str]  # what stands in place of a value of a kind
TOO_MUCH = "much_personal_data"
MANY, A_THOUSAND = 5, 1_000  # values that any text may hold; words
# What was replaced may bring a word that names a value nearer to it, which a further search finds.
_SEARCHES = 8


def asks_model(config: ScreenConfig) -> bool:
    """Whether a model is asked for telephone numbers."""
    return config.phones and config.personal_data != "keep"


def redact(
    document: Document, config: ScreenConfig, judge: Judge | None = None, seed: int = 0
) -> Document | Dropped:
    """The document with personal data replaced and counted by kind in `redactions`.

    Without a `judge` no telephone number is looked for; `seed` chooses harmless values. A document
    is dropped for more values than `config.personal_data_share` in a thousand words, if they are
    more than five; rows of sample data in code do not count.
    """
    if config.personal_data == "keep":
        return document
    text, counts, harmless = document.text, Counter[str](), Harmless(seed).value
    found = _few(text, judge, config.personal_data_share)
    if isinstance(found, int):
        return drop(document, STAGE, TOO_MUCH, f"more than {found}")
    name = token if config.personal_data == "redact" else harmless
    for _ in range(_SEARCHES):
        if not found:
            break
        counts.update(one.kind for one in found)
        text, changed = _replaced(text, found, name, harmless)
        found = apart(_all(text, judge, changed))
    if not counts:
        return document
    return replace(document, text=text, redactions=tuple(sorted(counts.items())))


def _few(text: str, judge: Judge | None, share: int) -> list[Found] | int:
    """What a text holds, or how many values it may hold beside its code where it holds more: no
    more are looked for then. They are counted whenever twice as many have been found.
    """
    found: list[Found] = []
    ask, most = MANY + 1, 0
    for one in _all(text, judge):
        found.append(one)
        if len(found) == ask:
            most = most or max(MANY, share * len(words(text)) // A_THOUSAND)
            if _outside_code(text, found) > most:
                return most
            ask *= 2
    is_dense = len(found) > MANY and _outside_code(text, found) > most
    return most if is_dense else apart(found)


def _outside_code(text: str, found: list[Found]) -> int:
    return sum(not is_code for _, is_code in _placed(text, apart(found)))


def personal_data(text: str, judge: Judge | None = None) -> list[Found]:
    """What a text holds of personal data, in order; of values that overlap the one that is checked
    by a stricter rule.
    """
    return apart(_all(text, judge))


def _all(text: str, judge: Judge | None, changed: Spans | None = None) -> Iterator[Found]:
    known = clues(text, changed)
    yield from secrets(text, known)
    yield from emails(text)
    yield from wallets(text, known)
    yield from ip_addresses(text, known)
    yield from ibans(text, known)
    yield from cards(text, known)
    yield from social_security_numbers(text, known)
    yield from national_numbers(text, known)
    if judge:
        yield from phones(text, known, judge)


def _replaced(
    text: str, found: list[Found], name: Value, harmless: Value
) -> tuple[str, list[tuple[int, int]]]:
    """The new text, and where it differs from the old one. Rows of sample data in code stay
    different from each other, so values in code never become the name of their kind.
    """
    pieces: list[str] = []
    changed: list[tuple[int, int]] = []
    at = size = 0
    for one, is_code in _placed(text, found):
        value = (harmless if is_code else name)(one.kind, text[one.start : one.end])
        size += one.start - at
        changed.append((size, size + len(value)))
        pieces += (text[at : one.start], value)
        at, size = one.end, size + len(value)
    return "".join((*pieces, text[at:])), changed


def _placed(text: str, found: list[Found]) -> Iterator[tuple[Found, bool]]:
    """What is found, and whether it stands between fences of code."""
    at, is_code = 0, False
    for one in found:
        is_code ^= text.count("```", at, one.start) % 2 == 1
        yield one, is_code
        at = one.end
