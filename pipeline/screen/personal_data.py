"""Personal data: e-mail addresses and public IP addresses leave the text.

Patterns are bounded and anchored so that their time is linear (FineWeb's e-mail pattern is
quadratic, Dolma's cubic on dots). An IP address counts when it is globally routable, so version
numbers in documentation ranges, private and loopback addresses stay. A replacement depends on the
value alone.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from pipeline.document import Document, digest
from pipeline.recipe import ScreenConfig
from pipeline.screen.routable import is_global_ipv4, is_global_ipv6

TOKENS = {"email": "[email]", "ipv4": "[ip]", "ipv6": "[ip]"}  # what stands in place of each kind
# RFC 5321: atoms with single dots between them before the at-sign, labels of 63; a name that ends
# like a file is none. Dots that lead up to an address ("mail...joe@") are not part of it.
_EMAIL = re.compile(
    r"(?<![\w%+-])(?<![\w%+-]\.)[\w%+-]{1,64}+(?:\.[\w%+-]{1,64}+){0,31}+"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,24})"
    r"(?![^\W_]|-[^\W_])",
    re.IGNORECASE,
)
_FILE_ENDINGS = ("png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "html", "php", "py", "so")
_RESERVED = re.compile(r"(?:^|\.)(?:example|invalid|test|localhost|example\.(?:com|net|org))$")
# One address or a range of two; a number with a tail ("1.2.3.4-1", "1.2.3.4.5") is a version.
_IPV4 = re.compile(
    r"(?<![\w-])(?<!\w\.)(?:\d{1,3}\.){3}\d{1,3}(?:-(?:\d{1,3}\.){3}\d{1,3})?(?![\w-]|\.\d)"
)
# Punctuation may stand around it ("IP:2001::1", "2001::1: refused"); a dotted tail is left to IPv4.
_IPV6 = re.compile(
    r"(?<!\w)(?<!\w\.)(?<![0-9A-Fa-f:]:)(?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)(?!:[^:])"
    r"[0-9A-Fa-f:]{3,38}(?:[0-9A-Fa-f]|(?<!:)::)(?!\w|:[\w:]|\.\d)"
)
# What every address of either kind holds that may be replaced, looked for in most texts in vain: a
# search that begins with a set of characters passes over the others fast.
_MAY_BE_IPV4 = re.compile(r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]")
_MAY_BE_IPV6 = re.compile(r"[23][0-9A-Fa-f]{3}:[0-9A-Fa-f:]")
# Four small numbers are mostly a version or a section (3.6.23.1, 7.12.6.13): of fifty such hits on
# documentation thirty were. They count as an address only where the text says so just before, or
# where they are one of the resolvers that everybody writes out.
_SMALL = frozenset(map(str, range(40)))
_RESOLVERS = ("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9")
# What says so ends a few words before: it is read backwards from there, rather than looked for.
_ADDRESS_WORDS = (
    "addresses", "address", "host", "server", "dns", "resolver", "gateway", "proxy", "ping",
    "listen", "from", "client",
)  # fmt: skip
_SAYS_ADDRESS_BACKWARDS = re.compile(
    r"\n?(?://:|@|(?:\W{1,2}\w{1,8}){0,2}?\W{0,3}(?:(?:4v)?pi\b|"
    + "|".join(word[::-1] for word in _ADDRESS_WORDS)
    + "))",
    re.IGNORECASE,
)
_NOT_AN_ADDRESS = re.compile(r"(?:version|release|section|chapter|build|\bv)\.?\s*$", re.IGNORECASE)
_LAST_OF_VERSION = frozenset("nerdvNERDV")  # the last letters of these words


def redact(document: Document, config: ScreenConfig) -> Document:
    """The document with addresses replaced and counted by kind in `redactions`."""
    if config.personal_data == "keep":
        return document
    token = _typed if config.personal_data == "redact" else _harmless
    counts: Counter[str] = Counter()
    text = _substitute(document.text, token, counts)
    if not counts:
        return document
    return replace(document, text=text, redactions=tuple(sorted(counts.items())))


def _substitute(text: str, token: Callable[[str, str], str], counts: Counter[str]) -> str:
    def replacing(kind: str, is_one: Callable[[re.Match[str]], bool]) -> Callable[..., str]:
        def one(match: re.Match[str]) -> str:
            if not is_one(match):
                return match[0]
            counts[kind] += 1
            return token(kind, match[0])

        return one

    if "@" in text:
        text = _EMAIL.sub(replacing("email", is_email), text)
    if _MAY_BE_IPV4.search(text):
        text = _IPV4.sub(replacing("ipv4", is_public_ipv4), text)
    if _MAY_BE_IPV6.search(text):
        text = _IPV6.sub(replacing("ipv6", is_public_ipv6), text)
    return text


def is_email(match: re.Match[str]) -> bool:
    """Whether a match is an address of somebody: not a reserved domain, not a file name."""
    local, _, domain = match[0].lower().rpartition("@")
    if domain.rpartition(".")[2] in _FILE_ENDINGS or _RESERVED.search(domain):
        return False
    is_clone_url = local == "git" and match.string[match.end() : match.end() + 1] in (":", "/")
    return not is_clone_url


def is_public_ipv4(match: re.Match[str]) -> bool:
    """Whether an address, or either end of a range, is routable and no version of something."""
    is_public, is_sure = _told_ipv4(match[0])
    if not is_public:
        return False
    before = match.string[max(0, match.start() - 32) : match.start()]
    return (is_sure or _says_address(before)) and not _says_version(before)


@lru_cache(maxsize=1 << 16)
def _told_ipv4(address: str) -> tuple[bool, bool]:
    """Whether an address or range is routable, and whether it is no version by itself."""
    ends = address.split("-")
    found = [is_global_ipv4(end) for end in ends]
    is_small = _SMALL.issuperset(octet for end in ends for octet in end.split("."))
    return None not in found and any(found), not is_small or ends[0] in _RESOLVERS


def _says_address(before: str) -> bool:
    """Whether the text before four small numbers calls them an address."""
    if not before.strip("0123456789. "):  # a row of versions
        return False
    return _SAYS_ADDRESS_BACKWARDS.match(before[::-1]) is not None


def _says_version(before: str) -> bool:
    """Whether the text before four numbers calls them a version."""
    last = before.rstrip().rstrip(".")[-1:]
    return last in _LAST_OF_VERSION and _NOT_AN_ADDRESS.search(before) is not None


def is_public_ipv6(match: re.Match[str]) -> bool:
    """Whether a match is routable: of 2000::/3, all that is assigned (so not C++'s `::add`)."""
    address = match[0]
    return address[0] in "23" and address.find(":") == 4 and is_global_ipv6(address)


def _typed(kind: str, _value: str) -> str:
    return TOKENS[kind]


def _harmless(kind: str, value: str) -> str:
    """An address of a documentation range (RFC 2606, 5737, 3849), the same for the same value."""
    number = int(digest("replace", value.lower())[:8], 16)
    if kind == "email":
        return f"user{number % 100_000:05d}@example.com"
    if kind == "ipv4":
        return f"192.0.2.{number % 254 + 1}"
    return f"2001:db8::{number % 0xFFFF + 1:x}"
