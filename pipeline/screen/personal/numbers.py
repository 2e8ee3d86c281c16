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
from pipeline.screen.personal.found import Found
from pipeline.screen.personal.national_rules import (
    ANY_PLAIN,
    LETTERED,
    MAY_BE_LETTERED,
    NAMED,
    PLAIN,
    Rule,
)
from pipeline.screen.personal.said import Said, names, surroundings

_PUBLISHED = {
    kind: frozenset(numbers)
    for kind, numbers in tomllib.loads(
        Path(__file__).with_name("published.toml").read_text("utf-8")
    ).items()
}
_NO_DIGIT, _NO_SIGN = re.compile(r"\D"), re.compile("[ \u00a0-]")
# A row of groups that goes on is a table or a dump of bytes.
_CARD = re.compile(
    r"(?<![\w./-])(?<!\d,)(?<![0-9A-Fa-f]{4}[ -])"
    r"(?:\d{4}(?P<by>[ -]?)\d{4}(?P=by)\d{4}(?P=by)\d{1,4}(?:(?P=by)\d{1,3})?"
    r"|\d{4}([ -])\d{6}\2\d{4,5}|\d{12,19})(?![\w-]|\.\d|,\d{3}\b| [0-9A-Fa-f]{4}\b)"
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
_CARD_WORDS = names(
    "cards?|card_?(?:number|no|num)|(?:credit|debit)_?cards?|cc|pan|visa|mastercard|maestro|amex"
    "|american express|diners|discover|jcb|credit|debit|unionpay|carte|tarjeta|carta|kaart"
    r"|karten?(?:nummer|nr)?|kreditkarte\w*|cart[aã]o"
    "|银行卡|信用卡|卡号|карт[аы]|カード"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])(?P<country>[A-Za-z]{2})\d{2}(?=[ \u00a0-]?[A-Za-z0-9]{4})")
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
# Countries whose account numbers have digits alone.
_OF_DIGITS = frozenset(
    ["AT", "BE", "CZ", "DE", "DK", "EE", "ES", "FI", "HR", "HU", "IS", "LT", "NO", "PL", "PT", "RS",
     "SE", "SI", "SK"]
)  # fmt: skip
_SSN = re.compile(
    r"(?<![\w.,/-])(?!000|666|9)\d{3}(?P<by>[- ]?)(?!00)\d\d(?P=by)(?!0000)\d{4}(?![\w-]|[.,]\d)"
)
_LABEL = 24  # characters before that name something else
_OTHERS = names("order|part|lot|model|item|cat|catalog|dims|serial|sku|tel|phone|fax|ref|invoice")
_SSN_WORDS = names(r"ssns?|social security|soc\.? sec|social insurance")


def cards(text: str, clues: Clues) -> Iterator[Found]:
    """Payment cards in use: prefix, length and check digit of an issuer."""
    said = Said(_CARD_WORDS, text)
    for match in matches(_CARD, text, clues.long_numbers):
        digits = _digits(match[0])
        if _is_card(digits):
            is_told = said.of(*match.span())
            if is_told or (not match[0].isdigit() and _ISSUED.match(digits)):
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
        if whole and _is_account(_NO_SIGN.sub("", whole[0])):
            yield Found(*whole.span(), "iban")


def _is_account(value: str) -> bool:
    account = value.upper()
    is_plain = value in (account, value.lower())
    has_digits = account[:2] not in _OF_DIGITS or account[2:].isdigit()
    return is_plain and has_digits and mod97(account) and account not in _PUBLISHED["ibans"]


@cache
def _signs(count: int) -> re.Pattern[str]:
    """So many letters and digits and no more, by fours where they are apart."""
    fours, rest = divmod(count, 4)
    tail = rf"[ \u00a0-]?[A-Za-z0-9]{{{rest}}}" if rest else ""
    return re.compile(
        rf"[A-Za-z0-9]{{4}}(?:[ \u00a0-]?[A-Za-z0-9]{{4}}){{{fours - 1}}}{tail}(?![A-Za-z0-9])"
    )


def social_security_numbers(text: str, clues: Clues) -> Iterator[Found]:
    """Numbers of the United States that can have been issued since 2011, written with hyphens, or
    otherwise where the text names them.
    """
    said = Said(_SSN_WORDS, text)
    for match in matches(_SSN, text, clues.long_numbers):
        digits = _digits(match[0])
        if digits not in _PUBLISHED["ssns"] and (
            said.of(*match.span())
            or (
                match["by"] == "-"
                and not _OTHERS.search(text, match.start() - _LABEL, match.start())
            )
        ):
            yield Found(*match.span(), "ssn")


def national_numbers(text: str, clues: Clues) -> Iterator[Found]:
    """Numbers of persons in other states, each by a public rule with a check digit."""
    for match in matches(ANY_PLAIN, text, clues.long_numbers):
        if PLAIN[str(match.lastgroup)].is_met(match):
            yield Found(*match.span(), "national_id")
    yield from _named(text, clues.long_numbers)
    if MAY_BE_LETTERED.search(clues.words):
        for rule in LETTERED:
            yield from _met(rule, text, clues.long_words)


def _named(text: str, spans: Spans) -> Iterator[Found]:
    """What the text calls by a name of a rule."""
    near = "\n".join(text[start:end] for start, end in surroundings(text, spans)).lower()
    for rule in NAMED:
        if any(name in near for name in rule.names):
            said = Said(rule.words, text)
            for found in _met(rule, text, spans):
                if said.of(found.start, found.end):
                    yield found


def _met(rule: Rule, text: str, spans: Spans) -> Iterator[Found]:
    """What `rule` finds within `spans`."""
    for match in matches(rule.pattern, text, spans):
        if rule.is_met(match):
            yield Found(*match.span(), "national_id")
