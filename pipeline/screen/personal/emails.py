"""E-mail addresses: as RFC 5321 writes them, and as people write them for people alone.

Patterns are bounded and anchored so that their time is linear (FineWeb's is quadratic, Dolma's
cubic on dots).
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.screen.personal.clues import around, matches
from pipeline.screen.personal.found import UNSPACED, Found
from pipeline.screen.personal.top_levels import is_top_level

INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"  # some sites hide addresses from programs by these
_JOIN = f"[{INVISIBLE}]{{0,4}}+"
# RFC 5321: atoms with single dots between them before the at-sign, labels of 63. Dots that lead up
# to an address ("mail...joe@") are not part of it; an apostrophe is where it stands in a name.
_SIGN = rf"[\w%+{INVISIBLE}-]"
_LOCAL = (
    rf"(?<!{_SIGN})(?<!{_SIGN}\.)(?<!@)(?:o['’])?{_SIGN}{{1,64}}+(?:\.{_SIGN}{{1,64}}+){{0,31}}+"
)
_LABEL = rf"[^\W_](?:[\w{INVISIBLE}-]{{0,61}}[^\W_])?"
_END = rf"(?![^\W_{UNSPACED}]|[_-][^\W_]|\()"  # no method of an object either
_TOP = (
    rf"(?:xn--[a-z0-9-]{{2,59}}|[a-z](?:{_JOIN}[a-z]){{1,23}}|[^\W\d_](?:{_JOIN}[^\W\d_]){{1,23}})"
)
_DOMAIN = rf"(?:{_LABEL}\.{_JOIN}){{1,8}}{_TOP}{_END}"
_QUOTED = r'(?<![\w"])"[^"\s@\\<>]{1,32}(?: [^"\s@\\<>]{1,32}){0,3}"'
# Several people of one house, as papers have them: {ann,joe}@cs.example.edu.
_BRACED = r"\{[ ]?[\w.+-]{1,40}(?:[,;|][ ]?[\w.+-]{1,40}){1,15}[ ]?\}[ ]?"
_ADDRESS = re.compile(rf"(?:{_LOCAL}|{_QUOTED}|{_BRACED})@{_JOIN}{_DOMAIN}", re.IGNORECASE)
# "joe (at) firm (dot) com": brackets around the word, or capitals, say that it is meant as a sign.
_AT = r"\s?(?:\((?:at|@)\)|\[(?:at|@)\]|\{(?:at|@)\}|<(?:at|@)>)\s?"
_DOT = r"(?:\s?(?:\((?:dot|\.)\)|\[(?:dot|\.)\]|\{(?:dot|\.)\}|<(?:dot|\.)>)\s?|\.)"
_PLAIN_LABEL = r"[^\W_](?:[a-z0-9-]{0,61}[^\W_])?"
_SPELT = re.compile(
    rf"(?<![\w%+.-])[\w%+-]{{1,64}}+(?:{_DOT}[\w%+-]{{1,64}}+){{0,4}}?{_AT}"
    rf"{_PLAIN_LABEL}(?:{_DOT}{_PLAIN_LABEL}){{0,4}}{_DOT}(?P<top>[a-z]{{2,24}}){_END}",
    re.IGNORECASE,
)
_UNDERSCORED = re.compile(
    r"(?<!\w)[^\W_]{1,64}(?:_dot_[^\W_]{1,64}){0,4}_at_[^\W_]{1,63}(?:_dot_[^\W_]{1,63}){0,4}"
    r"_dot_(?P<top>[a-z]{2,24})(?!\w)",
    re.IGNORECASE,
)
_CAPITALS = re.compile(
    r"(?<![\w%+.-])[\w%+-]{1,64}+(?: DOT [\w%+-]{1,64}+){0,4}+ AT "
    rf"{_PLAIN_LABEL}(?: DOT {_PLAIN_LABEL}){{0,4}} DOT (?P<top>[A-Za-z]{{2,24}}){_END}"
)
_BRACKETED = re.compile(r"[(\[{<](?:at|AT|@)[)\]}>]")
_LOCAL_CHARACTERS, _HOST_CHARACTERS = 340, 280  # around an at-sign that are looked at
_RESERVED = re.compile(r"(?:^|\.)(?:example|invalid|test|localhost|example\.(?:com|net|org))$")
# Countries whose code ends files as well: what is mostly a file's name is one.
_FILES = ("cc", "md", "ml", "pl", "ps", "py", "rs", "sh", "so")
_STEMS = frozenset(
    ("app", "build", "config", "core", "index", "init", "install", "lib", "main", "module", "plt",
     "readme", "run", "script", "setup", "test", "tests", "tool", "utils")
)  # fmt: skip
_COMMON = ("com", "net", "org", "cn")  # hosts of two digits exist here
# Names that end files and nobody's address, though they can be bought.
_ONLY_FILES = ("zip", "mov")
# At-signs that are near to each other have their surroundings in common.
_AT_SIGNS = re.compile("@(?:[^@]{0,600}+@)*+")
_GLUED = re.compile(rf"[{UNSPACED}]+(?=[0-9A-Za-z])")
_USER = 72  # characters in which a login of an address begins
_LOGIN = re.compile(r"://(?:[^\s/@:]{0,64}:)?$")
_CLEAN = re.compile(f"[{INVISIBLE}]")
_ATS = re.compile(r"\s?[(\[{<](?:at|@)[)\]}>]\s?|_at_| at ")
_DOTS = re.compile(r"\s?[(\[{<](?:dot|\.)[)\]}>]\s?|_dot_| dot ")


def emails(text: str) -> Iterator[Found]:
    """The addresses of somebody in `text`."""
    if "@" in text:
        for match in matches(
            _ADDRESS, text, around(_AT_SIGNS, text, _LOCAL_CHARACTERS, _HOST_CHARACTERS)
        ):
            if _is_address(match):
                yield Found(_begin(match), match.end(), "email")
    if _BRACKETED.search(text):
        yield from _spelt(_SPELT, text)
    if "_at_" in text or "_AT_" in text:
        yield from _spelt(_UNDERSCORED, text)
    if " AT " in text and " DOT " in text:
        yield from _spelt(_CAPITALS, text)


def _begin(match: re.Match[str]) -> int:
    """Where an address begins: in scripts without spaces the text runs on into it."""
    around = [found.end() for found in _GLUED.finditer(match[0].rpartition("@")[0])]
    return match.start() + (around[-1] if around else 0)


def _spelt(pattern: re.Pattern[str], text: str) -> Iterator[Found]:
    for match in pattern.finditer(text):
        top = match["top"]  # "(at) this.It" begins a sentence
        if is_top_level(top.lower()) and top in (top.lower(), top.upper()):
            yield Found(match.start(), match.end(), "email")


def clean_email(address: str) -> str:
    """The form that two spellings of one address share."""
    plain = _CLEAN.sub("", address).lower().replace('"', "")
    return _DOTS.sub(".", _ATS.sub("@", plain))


def _is_address(match: re.Match[str]) -> bool:
    """Whether it is somebody's: of a domain that may be, and no file, package or clone URL."""
    local, _, domain = clean_email(match[0]).rpartition("@")
    before = match.string[max(0, match.start() - _USER) : match.start()]
    # A product of matrices: q@k.to
    is_code = len(local) == 1 and domain.find(".") == 1 and not domain.endswith(_COMMON)
    if is_code or not _is_domain(domain) or _LOGIN.search(before):
        return False
    return not (local == "git" and match.string[match.end() : match.end() + 1] in (":", "/"))


@lru_cache(maxsize=1 << 16)
def _is_domain(domain: str) -> bool:
    """Whether a domain may be anybody's: not reserved, no version of a package, no file."""
    *labels, top = domain.split(".")
    if _RESERVED.search(domain) or not is_top_level(top):
        return False
    numbers = sum(label.isdigit() for label in labels)
    is_version = numbers > 1 or (numbers and len(labels[-1]) < 3 and top not in _COMMON)
    is_file = len(labels) == 1 and top in _FILES and (top == "py" or labels[0] in _STEMS)
    return not (is_version or is_file or top in _ONLY_FILES)
