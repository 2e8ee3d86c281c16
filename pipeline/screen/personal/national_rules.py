"""Numbers that states give to persons, by the rules that they publish: notation and check digit.

Where the notation is used for other things too, the text must name the number.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.screen.personal.checksums import luhn, verhoeff, weighted
from pipeline.screen.personal.found import says

_PARTS = re.compile(r"[\s./-]")

_TAKEN_BY_23 = "TRWAGMYFPDXBNJZSQVHLCKE"
_TAKEN_BY_31 = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Codice fiscale: what a sign in an odd place counts (D.M. 23 December 1976, table 3).
_ODD = dict(
    zip(
        _ALPHABET,
        (
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            2,
            4,
            18,
            20,
            11,
            3,
            6,
            8,
            12,
            14,
            16,
            10,
            22,
            25,
            24,
            23,
        ),
        strict=True,
    )
)


def _cpf(n: str) -> bool:
    """Brazil: two digits, each 11 less the rest of a weighted sum, 0 for more than 9."""
    first = weighted(n[:9], (10, 9, 8, 7, 6, 5, 4, 3, 2)) * 10 % 11 % 10
    second = weighted(n[:10], (11, 10, 9, 8, 7, 6, 5, 4, 3, 2)) * 10 % 11 % 10
    return len(set(n)) > 1 and n[9:] == f"{first}{second}"


def _dni(n: str) -> bool:
    """Spain: the letter of the number modulo 23; X, Y, Z of foreigners are 0, 1, 2."""
    number = n[:-1].translate(str.maketrans("XYZ", "012"))
    return _TAKEN_BY_23[int(number) % 23] == n[-1]


def _codice_fiscale(n: str) -> bool:
    """Italy: a letter from the signs in odd places by a table and those in even places."""
    odd = sum(_ODD[_ALPHABET[int(c)] if c.isdigit() else c] for c in n[:15:2])
    even = sum(int(c) if c.isdigit() else _ALPHABET.index(c) for c in n[1:15:2])
    return _ALPHABET[(odd + even) % 26] == n[15]


def _curp(n: str) -> bool:
    """Mexico: a digit from the places of all signs in an alphabet with an Ñ."""
    signs = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    total = sum(signs.index(c) * (18 - at) for at, c in enumerate(n[:17]))
    return str(-total % 10) == n[17]


def _nir(n: str) -> bool:
    """France: 97 less the number modulo 97; the departments of Corsica are 19 and 18."""
    number = n[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(number) % 97 == int(n[13:])


def _hetu(n: str) -> bool:
    """Finland: a sign of the nine digits modulo 31."""
    return _is_day(n[:2], n[2:4]) and _TAKEN_BY_31[int(n[:6] + n[-4:-1]) % 31] == n[-1]


def _personnummer(n: str) -> bool:
    """Sweden: Luhn of the last ten digits; the day counts 60 more in a coordination number."""
    ten = n[-10:]
    return _is_day(str(int(ten[4:6]) % 60), ten[2:4]) and luhn(ten)


def _fodselsnummer(n: str) -> bool:
    """Norway: two digits modulo 11."""
    first = weighted(n[:10], (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11
    second = weighted(n, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11
    return first == second == 0 and _is_day(str(int(n[:2]) % 40), n[2:4])


def _pesel(n: str) -> bool:
    """Poland: a digit from weights 1, 3, 7, 9; the month counts 20 more for each century."""
    return weighted(n, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0 and _is_day(
        n[4:6], str(int(n[2:4]) % 20)
    )


def _belgian(n: str) -> bool:
    """Belgium: 97 less the nine digits modulo 97, after a 2 for those born since 2000."""
    return int(n[9:]) in (97 - int(n[:9]) % 97, 97 - int(f"2{n[:9]}") % 97)


def _ahv(n: str) -> bool:
    """Switzerland: the check digit of an EAN-13."""
    return weighted(n, (1, 3)) % 10 == 0


def _chinese(n: str) -> bool:
    """China: GB 11643, ISO/IEC 7064 MOD 11-2."""
    total = sum(int(c) * pow(2, 17 - at, 11) for at, c in enumerate(n[:17]))
    return "10X98765432"[total % 11] == n[17] and _is_day(n[12:14], n[10:12])


def _nhs(n: str) -> bool:
    """England and Wales: 11 less the rest of a weighted sum."""
    return -weighted(n[:9], (10, 9, 8, 7, 6, 5, 4, 3, 2)) % 11 == int(n[9])


def _bsn(n: str) -> bool:
    """The Netherlands: the test of eleven."""
    return (weighted(n[:8], (9, 8, 7, 6, 5, 4, 3, 2)) - int(n[8])) % 11 == 0


def _rut(n: str) -> bool:
    """Chile: a digit or K modulo 11; numbers from 50 million on are those of firms."""
    check = -weighted(n[-2::-1], (2, 3, 4, 5, 6, 7)) % 11
    return int(n[:-1]) < 50_000_000 and "0123456789K"[check] == n[-1]


def _cuil(n: str) -> bool:
    """Argentina: modulo 11, with the prefixes of persons."""
    return weighted(n, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _south_african(n: str) -> bool:
    """South Africa: a birthday and Luhn."""
    return _is_day(n[4:6], n[2:4]) and luhn(n)


def _steuer_id(n: str) -> bool:
    """Germany: ISO/IEC 7064 MOD 11,10; never a 0 first."""
    product = 10
    for digit in n[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return n[0] != "0" and (11 - product) % 10 == int(n[10])


def _is_day(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12


@dataclass(frozen=True)
class Rule:
    """A state's numbers: how they are written, what must be said near them, whether one holds."""

    country: str
    body: str  # of the pattern: what stands between the borders
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]  # of letters and digits in capitals
    words: re.Pattern[str] | None = None  # None where nothing else is written so

    def is_met(self, text: str, match: re.Match[str]) -> bool:
        """Whether what the pattern has matched in `text` is such a number."""
        if self.words and not says(self.words, text, *match.span()):
            return False
        return self.holds(_PARTS.sub("", match[0]).upper())


def _rule(country: str, body: str, holds: Callable[[str], bool], words: str = "") -> Rule:
    named = re.compile(rf"\b(?:{words})") if words else None
    return Rule(country, body, _bordered(body), holds, named)


def _bordered(body: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,/-])(?:{body})(?![\w-]|[.,]\d)", re.ASCII | re.IGNORECASE)


RULES = (
    _rule("AR", r"2[0347]-\d{8}-\d", _cuil),
    _rule("BE", r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d", _belgian),
    _rule("BR", r"\d{3}\.\d{3}\.\d{3}-\d\d", _cpf),
    _rule("BR", r"\d{11}", _cpf, "cpf"),
    _rule("CA", r"\d{3}[ -]\d{3}[ -]\d{3}", luhn, r"sin\b|social insurance|assurance sociale"),
    _rule("CH", r"756\.\d{4}\.\d{4}\.\d\d", _ahv),
    _rule("CL", r"\d{1,2}\.\d{3}\.\d{3}-[\dK]", _rut),
    _rule("CN", r"[1-8]\d{5}(?:19|20)\d{9}[\dX]", _chinese),
    _rule(
        "DE", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", _steuer_id, r"steuer-?id|idnr|identifikationsn|tax id"
    ),
    _rule(
        "ES", r"(?:\d{2}\.?\d{3}\.?\d{3}|[XYZ]-?\d{7})[ -]?[A-Z]", _dni, r"dni|nif\b|nie\b|n\.i\.f"
    ),
    _rule("FI", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", _hetu),
    _rule(
        "FR",
        r"[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d",
        _nir,
        r"nir\b|s[eé]curit[eé] sociale|insee",
    ),
    _rule("GB", r"\d{3}[ -]?\d{3}[ -]?\d{4}", _nhs, r"nhs"),
    _rule("IN", r"[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}", verhoeff, r"a?adhaar|uidai"),
    _rule("NL", r"\d{9}", _bsn, r"bsn\b|burgerservicenummer|sofi"),
    _rule("NO", r"\d{6} ?\d{5}", _fodselsnummer, r"f[oø]dselsn|personn"),
    _rule("PL", r"\d{11}", _pesel, r"pesel"),
    _rule("SE", r"(?:19|20)?\d{6}[-+]?\d{4}", _personnummer, r"person-?nummer|personnr|ssn\b|p-nr"),
    _rule(
        "ZA",
        r"\d{6} ?\d{4} ?\d{3}",
        _south_african,
        r"sa id|id (?:no|number)|identity number|south african",
    ),
)
PLAIN = {rule.country: rule for rule in RULES if not rule.words}
NAMED = tuple((rule.words, rule) for rule in RULES if rule.words)
# What matches as one of the plain rules does, by its name, and where one of the others is named.
ANY_PLAIN = _bordered("|".join(f"(?P<{name}>{rule.body})" for name, rule in PLAIN.items()))
MAY_BE_NAMED = re.compile("|".join(words.pattern for words, _ in NAMED))
# Their digits stand among letters: no long number shows where they are.
LETTERED = (
    _rule("IT", r"[A-Z]{6}\d\d[A-EHLMPR-T]\d\d[A-Z]\d{3}[A-Z]", _codice_fiscale),
    _rule("MX", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d", _curp),
)
MAY_BE_LETTERED = re.compile(
    r"[0-9]{2}(?:[A-EHLMPR-T][0-9]{2}[A-Z][0-9]{3}|[0-9]{4}[HMX])[A-Z]", re.IGNORECASE
)
