"""IP addresses that are globally routable, and are no version, section or enzyme number."""

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.screen.personal.clues import around, matches
from pipeline.screen.personal.found import Found, words_before
from pipeline.screen.personal.routable import is_global_ipv4, is_global_ipv6

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
    + "))"
)
_VERSION_WORDS = (
    "version", "versions", "vers", "ver", "v", "release", "releases", "section", "sections",
    "chapter", "chapters", "clause", "clauses", "article", "articles", "build", "builds", "firmware", "bios", "driver", "update", "patch",
    "revision", "rev", "edition", "ec", "§",
)  # fmt: skip
_SAYS_VERSION_BACKWARDS = re.compile(
    r"\s*[.:#]?\s*(?:" + "|".join(word[::-1] for word in _VERSION_WORDS) + r")(?!\w)"
)
_JOINED = re.compile(r"\s*(?:to|and|or|through|,|;|/|-|–|->|→)\s*", re.IGNORECASE)
_COORDINATE = re.compile(r"\w:[\w.-]+:$")  # of a package: com.example:parser:1.2.3.4
# A name before them, and a part that is nought or a first one that few addresses have: a program.
_BESIDE = 40  # characters around what may be an address that may belong to it
_SEEN = 32  # characters before
_NAMED = re.compile(r"(?<![.!?:;] )(?<![.!?:;])\b[A-Z][a-z]+(?:[A-Z]\w*)?\s$")


def ip_addresses(text: str) -> Iterator[Found]:
    """The public addresses in `text`."""
    if spans := around(_MAY_BE_IPV4, text, _BESIDE, _BESIDE):
        version = 0  # where the last version ends
        for match in matches(_IPV4, text, spans):
            if _JOINED.fullmatch(text, version, match.start()):
                version = match.end()
            elif _is_public_ipv4(match):
                yield Found(match.start(), match.end(), "ipv4")
            elif _says_version(match):
                version = match.end()
    if spans := around(_MAY_BE_IPV6, text, _BESIDE, _BESIDE):
        for match in matches(_IPV6, text, spans):
            if _is_public_ipv6(match[0]):
                yield Found(match.start(), match.end(), "ipv6")


def _is_public_ipv4(match: re.Match[str]) -> bool:
    """Whether an address, or either end of a range, is routable and no version of something."""
    is_public, is_small, may_be_version = _told_ipv4(match[0])
    if not is_public:
        return False
    if _says_version(match):
        return False
    before = words_before(match.string, match.start(), _SEEN)
    if not (is_small or may_be_version or _COORDINATE.search(before)):
        return True
    is_named = _NAMED.search(match.string, max(0, match.start() - _SEEN), match.start())
    return not (is_small or is_named or _COORDINATE.search(before)) or _says_address(before)


def _says_version(match: re.Match[str]) -> bool:
    """Whether the word before numbers calls them a version, a section or the like."""
    before = words_before(match.string, match.start(), _SEEN)
    return _SAYS_VERSION_BACKWARDS.match(before[::-1]) is not None


@lru_cache(maxsize=1 << 16)
def _told_ipv4(address: str) -> tuple[bool, bool, bool]:
    """Whether an address or range is routable, is four small numbers, may be a version."""
    ends = address.split("-")
    found = [is_global_ipv4(end) for end in ends]
    octets = [octet for end in ends for octet in end.split(".")]
    is_multicast = 224 <= int(octets[0]) <= 239
    is_small = _SMALL.issuperset(octets) and ends[0] not in _RESOLVERS
    may_be_version = octets[0] in _SMALL or "0" in octets
    is_public = None not in found and any(found) and not is_multicast
    return is_public, is_small, may_be_version


def _says_address(before: str) -> bool:
    """Whether the text before numbers calls them an address."""
    if not before.strip("0123456789. "):  # a row of versions
        return False
    return _SAYS_ADDRESS_BACKWARDS.match(before[::-1]) is not None


def _is_public_ipv6(address: str) -> bool:
    """Whether a match is routable: of 2000::/3, all that is assigned (so not C++'s `::add`)."""
    return address[0] in "23" and address.find(":") == 4 and is_global_ipv6(address)
