"""The language that an address names."""

import re

from pipeline.language.codes import language_code
from pipeline.language.detection import CODES

_REGION = r"(?:[-_][A-Za-z]{2,4})"
_NAMED = re.compile(
    rf"https?://(?:([a-z]{{2}}){_REGION}?\.[^/]+\.|[^/]+/(?:([a-z]{{2}}){_REGION}?/"
    rf"|(?:[^/]+/){{0,2}}([a-z]{{2}}){_REGION}/|[^?#]*\.([a-z]{{2}}){_REGION}?\.html?$))"
)


def is_misplaced(url: str, language: str) -> bool:
    """Whether an address names a language, and not that of its text."""
    named = named_language(url)
    return bool(named) and named != language


def named_language(url: str) -> str:
    """The language that an address names: "fr" of https://fr.a.org/, https://a.org/fr/x,
    https://a.org/docs/fr-CA/x and https://a.org/x.fr.html; "" where it names none. Two letters
    without a region count only at the beginning of a host or path and before ".html".
    """
    found = _NAMED.match(url)
    code = next((part for part in found.groups() if part), "") if found else ""
    code = language_code(code)
    return code if code in CODES else ""
