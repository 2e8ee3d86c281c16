"""Numbers that states give to persons: notation, check, and what must be said near them.

Where the notation is used for other things too, the text must name the number.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from pipeline.screen.personal import national_checks as checks
from pipeline.screen.personal.checksums import luhn, verhoeff
from pipeline.screen.personal.said import names

_PARTS = re.compile(r"[\s./-]")


@dataclass(frozen=True)
class Rule:
    """A state's numbers: how they are written, what must be said near them, whether one holds."""

    country: str
    body: str  # of the pattern: what stands between the borders
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]  # of letters and digits in capitals
    names: tuple[str, ...] = ()  # in lower case; none where nothing else is written so

    @cached_property
    def words(self) -> re.Pattern[str]:
        return names("|".join(map(re.escape, self.names)))

    def is_met(self, match: re.Match[str]) -> bool:
        """Whether what the pattern has matched is such a number."""
        number = match[0]
        return self.holds(number if number.isdigit() else _PARTS.sub("", number).upper())


def _rule(country: str, body: str, holds: Callable[[str], bool], names: str = "") -> Rule:
    return Rule(country, body, _bordered(body), holds, tuple(filter(None, names.split("|"))))


def _bordered(body: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,/-])(?:{body})(?![\w-]|[.,]\d)", re.ASCII | re.IGNORECASE)


RULES = (
    _rule("AR", r"2[0347]-\d{8}-\d", checks.cuil),
    _rule("BE", r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d", checks.belgian),
    _rule("BR", r"\d{3}\.\d{3}\.\d{3}-\d\d", checks.cpf),
    _rule("BR", r"\d{11}", checks.cpf, "cpf"),
    _rule(
        "CA",
        r"\d{3}[ -]\d{3}[ -]\d{3}",
        luhn,
        "sin:|sin number|sin no|social insurance|assurance sociale",
    ),
    _rule("CH", r"756\.\d{4}\.\d{4}\.\d\d", checks.ahv),
    _rule("CL", r"\d{1,2}\.\d{3}\.\d{3}-[\dK]", checks.rut),
    _rule("CL", r"\d{7,8}-[\dK]", checks.rut, "rut|r.u.t.|run"),
    _rule("CN", r"[1-8]\d{5}(?:19|20)\d{9}[\dX]", checks.chinese),
    _rule(
        "DE",
        r"\d{2} ?\d{3} ?\d{3} ?\d{3}",
        checks.steuer_id,
        "steuer-id|steuerid|idnr|steuer-idnr|steueridentifikationsnummer|tax id",
    ),
    _rule(
        "ES", r"(?:\d{2}\.?\d{3}\.?\d{3}|[XYZ]-?\d{7})[ -]?[A-Z]", checks.dni, "dni|nif|nie|n.i.f."
    ),
    _rule("FI", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", checks.hetu),
    _rule(
        "FR",
        r"[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d",
        checks.nir,
        "nir|sécurité sociale|securite sociale|insee",
    ),
    _rule("GB", r"\d{3}[ -]?\d{3}[ -]?\d{4}", checks.nhs, "nhs"),
    _rule("IN", r"[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}", verhoeff, "aadhaar|aadhar|adhaar|uidai|आधार"),
    _rule("NL", r"\d{9}", checks.bsn, "bsn|burgerservicenummer|sofinummer|sofi-nummer"),
    _rule(
        "NO",
        r"\d{6} ?\d{5}",
        checks.fodselsnummer,
        "fødselsnummer|fodselsnummer|fødselsnr|fnr|personnummer|personnr",
    ),
    _rule("PL", r"\d{11}", checks.pesel, "pesel"),
    _rule(
        "SE",
        r"(?:19|20)?\d{6}[-+]?\d{4}",
        checks.personnummer,
        "personnummer|person-nummer|personnr|ssn|p-nr",
    ),
    _rule(
        "ZA",
        r"\d{6} ?\d{4} ?\d{3}",
        checks.south_african,
        "sa id|id number|identity number|south african id",
    ),
)
PLAIN = {rule.country: rule for rule in RULES if not rule.names}
NAMED = tuple(rule for rule in RULES if rule.names)
# What matches as one of the plain rules does, by its name.
ANY_PLAIN = _bordered("|".join(f"(?P<{name}>{rule.body})" for name, rule in PLAIN.items()))
# Their digits stand among letters: no long number shows where they are.
LETTERED = (
    _rule("IT", r"[A-Z]{6}\d\d[A-EHLMPR-T]\d\d[A-Z]\d{3}[A-Z]", checks.codice_fiscale),
    _rule("MX", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d", checks.curp),
)
MAY_BE_LETTERED = re.compile(
    r"[0-9]{2}(?:[A-EHLMPR-T][0-9]{2}[A-Z][0-9]{3}|[0-9]{4}[HMX])[A-Z]", re.IGNORECASE
)
