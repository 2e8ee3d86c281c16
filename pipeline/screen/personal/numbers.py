"""Numbers that can be checked: payment cards, IBANs, numbers that states give to persons.

A number counts where its rule holds and its notation is that of nothing else, or where the text
names it: one in ten numbers of any kind has a check digit that holds.
"""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.screen.personal.checksums import luhn, mod97
from pipeline.screen.personal.clues import Clues, matches
from pipeline.screen.personal.found import Found, says
from pipeline.screen.personal.national_rules import ANY, ITALIAN, RULES

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
# What schemes and payment services publish for tests, and what people type as an example.
TEST_CARDS = frozenset(
    """4111111111111111 4242424242424242 4012888888881881 4000056655665556 4222222222222 5555555555554444
    5105105105105100 5200828282828210 5424000000000015 2223003122003222 2223000048400011 378282246310005
    371449635398431 378734493671000 370000000000002 6011111111111117 6011000990139424 6011000000000012
    6011981111111113 30569309025904 38520000023237 3056930009020004 36227206271667 3530111333300000
    3566002020360505 6200000000000005 4000000000000002 4000000000000077 4000002500003155
    4000000000009995 4007000000027 4012888818888 4917610000000000 5425233430109903 5454545454545454
    6759649826438453 6304000000000000 4444333322221111 4988438843884305 4166676667666746
    2222400070000005 5577000055770004""".split()
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
# The examples of the registry, which documentation copies.
EXAMPLE_IBANS = frozenset(
    """GB29NWBK60161331926819 GB82WEST12345698765432 GB33BUKB20201555555555 DE89370400440532013000
    DE75512108001245126199 FR1420041010050500013M02606 FR7630006000011234567890189
    NL91ABNA0417164300 NL02ABNA0123456789 ES9121000418450200051332 ES7921000813610123456789
    IT60X0542811101000000123456 BE68539007547034 BE71096123456769 CH9300762011623852957
    CH5604835012345678009 AT611904300234573201 AT483200000012345864 IE29AIBK93115212345678
    IE64IRCE92050112345678 PL61109010140000071219812874 PT50000201231234567890154
    SE4550000000058398257466 NO9386011117947 DK5000400440116243 FI2112345600000785
    LU280019400644750000 GR1601101250000000012300695 CZ6508000000192000145399
    SA0380000000608010167519 AE070331234567890123456 BR1800360305000010009795493C1
    TR330006100519786457841326 RO49AAAA1B31007593840000 HU42117730161111101800000000
    SK3112000000198742637541 IL620108000000099999999""".split()
)
_SSN = re.compile(r"(?<![\w.,/-])(?!000|666|9)\d{3}(?P<by>[- ])(?!00)\d\d(?P=by)(?!0000)\d{4}(?![\w-]|[.,]\d)")
# Published by the Social Security Administration as never valid, or used as an example everywhere.
EXAMPLE_SSNS = frozenset(
    ("078-05-1120", "219-09-9999", "123-45-6789", "111-11-1111", "555-55-5555", "001-01-0001")
)
_SSN_WORDS = re.compile(r"\b(?:ssn|ssns|social security|soc\.? sec|social insurance)\b")


def cards(text: str, clues: Clues) -> Iterator[Found]:
    """Payment cards in use: prefix, length and check digit of an issuer."""
    for match in matches(_CARD, text, clues.long_numbers):
        digits = _NO_DIGIT.sub("", match[0])
        if digits in TEST_CARDS or len(set(digits)) < 4 or not luhn(digits):
            continue
        is_grouped = len(digits) < len(match[0])
        is_issued = _ISSUED.match(digits)
        if (is_grouped and is_issued) or (
            (is_issued or _ISSUED_IF_NAMED.match(digits)) and says(_CARD_WORDS, text, *match.span())
        ):
            yield Found(*match.span(), "card")


def ibans(text: str, clues: Clues) -> Iterator[Found]:
    """International bank account numbers, in any case, with spaces or hyphens or without."""
    for match in matches(_IBAN, text, clues.long_numbers):
        length = _IBAN_LENGTHS.get(match["country"].upper())
        whole = _signs(length).match(text, match.start()) if length else None
        if whole:
            value = _NO_SIGN.sub("", whole[0]).upper()
            if mod97(value) and value not in EXAMPLE_IBANS:
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
        if is_plain and match[0].replace(" ", "-") not in EXAMPLE_SSNS:
            yield Found(*match.span(), "ssn")


def national_numbers(text: str, clues: Clues) -> Iterator[Found]:
    """Numbers of persons in other states, each by a public rule with a check digit."""
    for anything in matches(ANY, text, clues.numbers):
        for rule in RULES:
            match = rule.pattern.match(text, anything.start())
            if match and rule.is_met(text, match):
                yield Found(*match.span(), "national_id")
    for match in matches(ITALIAN.pattern, text, clues.long_words):
        if ITALIAN.is_met(text, match):
            yield Found(*match.span(), "national_id")
