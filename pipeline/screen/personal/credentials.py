"""Keys, tokens and passwords that open something: by the marks that their issuers give them, and
others by a name before them and the disorder of their signs.
"""

import re
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from math import log2
from zlib import crc32

from pipeline.screen.personal.clues import Clues, around, matches
from pipeline.screen.personal.found import Found

_BASE62 = {
    sign: at
    for at, sign in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
}
_NONE = re.compile(  # what stands for a secret in examples
    r"example|sample|dummy|fake|test|your|my[_-]|changeme|placeholder|redacted|insert|replace|x{4}|\*{3}"
    r"|\.{3}|<|\$|\{|%|1234567|abcdef|(.)\1{5}",
    re.IGNORECASE,
)
_LEAST_STRETCH, _LEAST_PLACES = 16, 2
_DIGITS = re.compile("[0-9]+")
_LEAST_BITS = 3.0  # of disorder a sign; words have less, keys 4 and more


def _shaped(value: str) -> bool:
    return not _NONE.search(value) and entropy(value) >= _LEAST_BITS


def _random(value: str) -> bool:
    """Whether a stretch without hyphens has letters and digits in no order: words do not."""
    return not _NONE.search(value) and any(
        len(part) >= _LEAST_STRETCH and _is_mixed(part) for part in value.split("-")
    )


def _is_mixed(value: str) -> bool:
    """Whether digits stand among the letters in several places."""
    return bool(re.search("[A-Za-z]", value)) and len(_DIGITS.findall(value)) >= _LEAST_PLACES


def _github(value: str) -> bool:
    """Tokens end in the CRC-32 of what stands before, in base 62 (GitHub's blog, April 2021)."""
    body, check = value[4:-6], value[-6:]
    number = 0
    for sign in check:
        number = number * 62 + _BASE62[sign]
    return crc32(body.encode()) == number


def _web_token(value: str) -> bool:
    """RFC 7519: the first part is JSON that names an algorithm; not the one of every tutorial."""
    head, body = value.split(".")[:2]
    return '"alg"' in _decoded(head) and '"1234567890"' not in _decoded(body)


def _decoded(part: str) -> str:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("utf-8", "replace")
    except ValueError:
        return ""


def entropy(value: str) -> float:
    """Bits a sign, of the signs that occur."""
    counts = Counter(value).values()
    return log2(len(value)) - sum(n * log2(n) for n in counts) / len(value)


# By what every one of a kind holds: the pattern, and what else must hold. All have an end that is
# anchored, so that no part of a longer word is taken.
_B, _E = r"(?<![A-Za-z0-9_-])", r"(?![A-Za-z0-9_-])"
_MARKED: dict[str, tuple[re.Pattern[str], Callable[[str], bool]]] = {
    mark: (re.compile(f"{_B}{pattern}{_E}"), holds)
    for mark, pattern, holds in (
        ("AKIA", r"AKIA[A-Z2-7]{16}", _shaped),
        ("ASIA", r"ASIA[A-Z2-7]{16}", _shaped),
        ("AIza", r"AIza[A-Za-z0-9_-]{35}", _shaped),
        ("ghp_", r"ghp_[A-Za-z0-9]{36}", _github),
        ("gho_", r"gho_[A-Za-z0-9]{36}", _github),
        ("ghs_", r"ghs_[A-Za-z0-9]{36}", _github),
        ("ghu_", r"ghu_[A-Za-z0-9]{36}", _github),
        ("github_pat_", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}", _shaped),
        ("glpat-", r"glpat-[A-Za-z0-9_-]{20}", _shaped),
        ("xox", r"xox[abeoprs]-[A-Za-z0-9-]{10,250}", _random),
        ("k_live_", r"[sr]k_live_[A-Za-z0-9]{24,99}", _shaped),
        ("whsec_", r"whsec_[A-Za-z0-9]{32,64}", _shaped),
        ("npm_", r"npm_[A-Za-z0-9]{36}", _shaped),
        ("pypi-AgEI", r"pypi-AgEI[A-Za-z0-9_-]{50,1000}", _shaped),
        ("SG.", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", _shaped),
        ("hf_", r"hf_[A-Za-z]{34}", _shaped),
        ("sk-", r"sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{32,200}", _random),
        ("dop_v1_", r"dop_v1_[a-f0-9]{64}", _shaped),
        ("shpat_", r"shp(?:at|ss)_[a-f0-9]{32}", _shaped),
        (":AA", r"\d{8,10}:AA[A-Za-z0-9_-]{33}", _shaped),
        ("hooks.slack.com", r"hooks\.slack\.com/services/T\w{8,12}/B\w{8,12}/\w{24}", _shaped),
        (
            "eyJ",
            r"eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{0,1000}",
            _web_token,
        ),
    )
}
_KEY_BEGINS = re.compile(r"-----BEGIN ([A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?)-----")
_FOR_READER = re.compile(r"[<>*]|\.\.\.|\b(?:your|example|insert|redacted|placeholder)\b", re.I)
_LEAST_KEY, _MOST_KEY = 64, 20_000  # characters between the lines around a private key
# user:password in an address; what is set in brackets or braces is for the reader to fill in.
_IN_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://[\w.%+-]{1,64}:(?P<body>[^\s@/:<>{}\[\]$*'\"]{6,64})@[\w.-]{3}"
)
_NAME = (
    r"(?i:api[_-]?keys?|secret(?:[_-]?access)?[_-]?keys?|access[_-]?keys?|auth[_-]?tokens?"
    r"|access[_-]?tokens?|client[_-]?secrets?|api[_-]?tokens?|private[_-]?keys?|bearer)"
)
_NAMED = re.compile(
    rf"(?<![A-Za-z]){_NAME}[\"']?(?:\s{{0,3}}[:=]{{1,2}}>?\s{{0,3}}|\s)[\"'`]?"
    r"(?P<body>[A-Za-z0-9+/_=.-]{20,200})(?![A-Za-z0-9+/_=.-]|\s?[(\[])"
)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_LEAST_NAMED_BITS = 3.7
_LONGEST_LOGIN = 160  # characters
_LOGIN_ENDS = re.compile("@(?:[^@]{0,160}+@)*+")  # as one where logins would meet
_HEXADECIMAL = re.compile("[0-9a-f]{32,}")  # four bits a sign at most


def secrets(text: str, clues: Clues) -> Iterator[Found]:
    """The secrets in `text`; of a private key and of a login what is secret alone."""
    if "PRIVATE KEY" in text:
        yield from _private_keys(text)
    if "://" in text and "@" in text:
        logins = matches(_IN_ADDRESS, text, around(_LOGIN_ENDS, text, _LONGEST_LOGIN, 8))
        yield from (_body(match) for match in logins if _is_password(match["body"]))
    for mark, (pattern, holds) in _MARKED.items():
        if mark in clues.words:
            marked = matches(pattern, text, clues.long_words)
            yield from (Found(*match.span(), "secret") for match in marked if holds(match[0]))
    spans = [span for span in clues.long_words if _is_named(text, span)]
    yield from (_body(match) for match in matches(_NAMED, text, spans) if _is_key(match["body"]))


def _body(match: re.Match[str]) -> Found:
    return Found(*match.span("body"), "secret")


def _is_named(text: str, span: tuple[int, int]) -> bool:
    """Whether one of the words is there without which no name of a secret is made."""
    said = text[slice(*span)].lower()
    return "key" in said or "token" in said or "secret" in said or "bearer" in said


def _private_keys(text: str) -> Iterator[Found]:
    for match in _KEY_BEGINS.finditer(text):
        start, most = match.end(), match.end() + _MOST_KEY
        end = text.find("-----", start, most)
        is_whole = text.startswith(f"-----END {match[1]}-----", end)
        if is_whole and end - start >= _LEAST_KEY and not _FOR_READER.search(text, start, end):
            yield Found(start, end, "secret")


def _is_password(value: str) -> bool:
    return not _NONE.search(value) and not re.search("pass|pwd|secret|token", value, re.IGNORECASE)


def _is_key(value: str) -> bool:
    """Whether a named value is no word, path, host or name of something in a program."""
    is_path = value.count("/") > 2 or value.count(".") > 2 or value.count("_") > 3
    if is_path or _DOTTED.fullmatch(value) or not _is_mixed(value) or _NONE.search(value):
        return False
    least = _LEAST_BITS if _HEXADECIMAL.fullmatch(value) else _LEAST_NAMED_BITS
    return entropy(value) >= least
