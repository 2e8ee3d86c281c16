"""Words in an address that say what a page is, whatever list its site is missing from.

Tokens end at hyphens, digits and capitals, so that Essex, analytics and therapist are words of
their own. RefinedWeb (Penedo et al. 2023, appendix G) takes the same three kinds of words.
"""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

from ahocorasick_rs import AhoCorasick, Implementation

from pipeline.text import encodable

_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
HARD: frozenset[str] = frozenset(_WORDS["hard"])
SOFT: frozenset[str] = frozenset(_WORDS["soft"])
EXCUSES: frozenset[str] = frozenset(_WORDS["excuses"])
SUBSTRINGS: tuple[str, ...] = tuple(_WORDS["substrings"])
_LEAST_SOFT = 2

# Hardly any address holds one of the words in any way: that is asked first, in one pass.
_ANY = AhoCorasick(
    sorted({*HARD, *SUBSTRINGS, *SOFT}), implementation=Implementation.DFA
).find_matches_as_indexes
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SCHEME = re.compile(r"^[a-z]+://")


def said_by(url: str) -> str:
    """The words of `url` that speak against it; "" where none or too few do, or others excuse them,
    as those of schools, clinics, courts and the press do.
    """
    if "%" in url:
        url = unquote(url)
    url = encodable(url)
    if not _ANY(url.lower()):
        return ""
    plain = _SCHEME.sub("", url)
    tokens = {token.lower() for token in _TOKEN.findall(plain)}
    if not EXCUSES.isdisjoint(tokens):
        return ""
    lower = plain.lower()
    if part := next((part for part in SUBSTRINGS if part in lower), ""):
        return part
    if hard := HARD & tokens:
        return min(hard)
    soft = SOFT & tokens
    return ", ".join(sorted(soft)) if len(soft) >= _LEAST_SOFT else ""
