"""What people and programs write for a language, as one code: ISO 639-1 where it has one.

Old codes, those of three letters, of scripts and regions (BCP 47) and English names are Unicode's
(CLDR, through Babel). Norwegian is one language: few identifiers tell its two written forms apart.
"""

from collections.abc import Collection
from difflib import get_close_matches
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global
from babel.localedata import locale_identifiers

_ONE = {"nb": "no", "nob": "no", "jw": "jv", "mo": "ro", "fil": "tl"}
_UNKNOWN = frozenset(("un", "und", "mul", "zxx", "mis", "xx"))  # the last with scripts, in CLD2
_CODE = 3  # most letters
_ALSO = {"farsi": "fa", "mandarin": "zh", "flemish": "nl", "castilian": "es", "moldovan": "ro",
         "moldavian": "ro", "bokmål": "no", "nynorsk": "nn"}  # fmt: skip


def language_code(written: str) -> str:
    """The code of what is written for a language, in lower case where it means none we know: "en"
    of "EN", "eng", "en_GB" and "English"; "" of what means that there is none.
    """
    plain = written.strip().lower().replace("_", "-")
    base = plain.partition("-")[0]
    # A name of three letters, such as Ga, is a code too.
    names = (one for one in (plain, base) if len(one) > _CODE)
    code = next((_names()[one] for one in names if one in _names()), "") or _code(base)
    return "" if code in _UNKNOWN else code


def declared_code(written: str) -> str:
    """The code of a language that is there, by its English or own name too; "" of "". Raises
    ValueError for others, which names the nearest.
    """
    if not written.strip():
        return ""
    code = language_code(written)
    if is_named(code):
        return code
    code = _own_names().get(written.strip().lower(), "")
    return code or known_code(written, frozenset(_names().values()))


def known_code(written: str, known: Collection[str]) -> str:
    """The one of the `known` codes that is meant. Raises ValueError, which names the nearest."""
    code = language_code(written)
    if code in known:
        return code
    named = [name for name, of in _names().items() if of in known]
    (nearest,) = get_close_matches(written.strip().lower(), [*known, *named], n=1, cutoff=0.0)
    raise ValueError(f"{written!r} is no language that can be told; the nearest is {nearest!r}")


def is_named(code: str) -> bool:
    """Whether a code is that of a language with an English name."""
    return code in _names().values()


@lru_cache(maxsize=1 << 12)
def _code(base: str) -> str:
    alias = str(get_global("language_aliases").get(base, base)).partition("_")[0]
    code = base if len(base) < len(alias) else alias  # Unicode prefers Bhojpuri to Bihari
    return _ONE.get(base) or _ONE.get(code, code)


@cache
def _names() -> dict[str, str]:
    """Codes by English names in lower case."""
    names = Locale("en").languages
    return {name.lower(): _code(code) for code, name in names.items() if code.isalpha()} | _ALSO


@cache
def _own_names() -> dict[str, str]:
    """Codes by what speakers call their languages, in lower case; a second's work."""
    plain = (name for name in locale_identifiers() if name.isalpha())
    return {(Locale(name).language_name or "").lower(): _code(name) for name in plain}
