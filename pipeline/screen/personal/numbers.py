"""Numbers that can be checked: payment cards, IBANs, numbers that states give to persons.

A number counts where its rule holds and its notation is that of nothing else, or where the text
names it: one in ten numbers of any kind has a check digit that holds.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pipeline.screen.personal.checksums import luhn, mod97
from pipeline.screen.personal.clues import Clues, Spans, matches
from pipeline.screen.personal.found import Found, said_near, says
from pipeline.screen.personal.national_rules import (
    ANY_PLAIN,
    LETTERED,
    MAY_BE_LETTERED,
    NAMED,
    PLAIN,
    Rule,
)

_PUBLISHED = {
    kind: frozenset(numbers)
    for kind, numbers in tomllib.loads(
        Path(__file__).with_name("published.toml").read_text("utf-8")
    ).items()
}
_NO_DIGIT, _NO_SIGN = re.compile(r"\D"), re.compile("[ -]")
_CARD = re.compile(
    r"(?<![\w.,/-])(?:\d{4}(?P<by>[ -]?)\d{4}(?P=by)\d{4}(?P=by)\d{1,4}(?:(?P=by)\d{1,3})?"
    r"|\d{4}([ -])\d{6}\2\d{4,5}|\d{12,19})(?![\w-]|[.,]\d)"
)
# Issuers by the first digits, with the lengths that they give out (ISO/IEC 7812, as published by
# the schemes); of those in the second part nothing but the text tells that they are cards.
_ISSUED = re.compile(
    r"(?:4\d{15}(?:\d{3})?|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
    r"|62\d{14,17})$"
)
_ISSUED_IF_NAMED = re.compile(
    r"(?:4\d{12}|(?:1800|2131)\d{11}|35\d{14}|(?:50|5[6-8]|6\d)\d{10,17}|3(?:0[0-5]|[689]\d)\d{11,16})$"
)
_CARD_WORDS = re.compile(
    r"\b(?:card|cards|cc|visa|mastercard|maestro|amex|american express|diners|discover|jcb|credit"
    r"|debit|unionpay|karten?(?:nummer|nr)?|kreditkarte\w*|carte|tarjeta|cart[aã]o|carta|kaart)\b"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])(?P<country>[A-Za-z]{2})\d{2}(?=[ -]?[A-Za-z0-9]{4})")
# Characters of an IBAN by country (SWIFT's registry, ISO 13616).
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST",
        26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_SSN = re.compile(
    r"(?<![\w.,/-])(?!000|666|9)\d{3}(?P<by>[- ])(?!00)\d\d(?P=by)(?!0000)\d{4}(?![\w-]|[.,]\d)"
)
_SSN_WORDS = re.compile(r"\b(?:ssn|ssns|social security|soc\.? sec|social insurance)\b")


def cards(text: str, clues: Clues) -> Iterator[Found]:
    """Payment cards in use: prefix, length and check digit of an issuer."""
    for span in clues.long_numbers:
        found = [match for match in _CARD.finditer(text, *span) if _is_card(_digits(match[0]))]
        if found:
            is_told = _CARD_WORDS.search(said_near(text, *span))
            for match in found:
                is_grouped = not match[0].isdigit() and _ISSUED.match(_digits(match[0]))
                if is_grouped or (is_told and says(_CARD_WORDS, text, *match.span())):
                    yield Found(*match.span(), "card")


def _digits(number: str) -> str:
    return number if number.isdigit() else _NO_DIGIT.sub("", number)


def _is_card(digits: str) -> bool:
    is_issued = _ISSUED.match(digits) or _ISSUED_IF_NAMED.match(digits)
    return (
        bool(is_issued)
        and luhn(digits)
        and digits not in _PUBLISHED["cards"]
        and len(set(digits)) >= 4
    )


def ibans(text: str, clues: Clues) -> Iterator[Found]:
    """International bank account numbers, in any case, with spaces or hyphens or without."""
    for match in matches(_IBAN, text, clues.long_numbers):
        length = _IBAN_LENGTHS.get(match["country"].upper())
        whole = _signs(length).match(text, match.start()) if length else None
        if whole:
            value = _NO_SIGN.sub("", whole[0]).upper()
            if mod97(value) and value not in _PUBLISHED["ibans"]:
                yield Found(*whole.span(), "iban")


@cache
def _signs(count: int) -> re.Pattern[str]:
    """So many letters and digits and no more, with single spaces or hyphens between them."""
    return re.compile(rf"(?:[A-Za-z0-9][ -]?){{{count - 1}}}[A-Za-z0-9](?![A-Za-z0-9])")


def social_security_numbers(text: str, clues: Clues) -> Iterator[Found]:
    """Numbers of the United States that can have been issued since 2011, written with hyphens, or
    with spaces where the text names them.
    """
    for match in matches(_SSN, text, clues.long_numbers):
        is_plain = match["by"] == "-" or says(_SSN_WORDS, text, *match.span())
        if is_plain and match[0].replace(" ", "-") not in _PUBLISHED["ssns"]:
            yield Found(*match.span(), "ssn")


def national_numbers(text: str, clues: Clues) -> Iterator[Found]:
    """Numbers of persons in other states, each by a public rule with a check digit."""
    for match in matches(ANY_PLAIN, text, clues.long_numbers):
        if PLAIN[str(match.lastgroup)].is_met(text, match):
            yield Found(*match.span(), "national_id")
    for start, end in clues.long_numbers:
        said = said_near(text, start, end)
        for rule in NAMED:
            if any(name in said for name in rule.names):
                yield from _met(rule, text, [(start, end)])
    if MAY_BE_LETTERED.search(clues.words):
        for rule in LETTERED:
            yield from _met(rule, text, clues.long_words)


def _met(rule: Rule, text: str, spans: Spans) -> Iterator[Found]:
    """What `rule` finds within `spans`."""
    for match in matches(rule.pattern, text, spans):
        if rule.is_met(text, match):
            yield Found(*match.span(), "national_id")
