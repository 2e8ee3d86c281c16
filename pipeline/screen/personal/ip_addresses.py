"""IP addresses that are globally routable, and are no version, section or enzyme number."""

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.screen.personal.clues import Clues, joined, matches
from pipeline.screen.personal.found import Found, words_before
from pipeline.screen.routable import is_global_ipv4, is_global_ipv6

# One address or a range of two; a number with a tail ("1.2.3.4-1", "1.2.3.4.5") is a version.
_IPV4 = re.compile(
    r"(?<![\w-])(?<!\w\.)(?:\d{1,3}\.){3}\d{1,3}(?:-(?:\d{1,3}\.){3}\d{1,3})?(?![\w-]|\.\d)"
)
# Punctuation may stand around it ("IP:2001::1", "2001::1: refused"); a dotted tail is left to IPv4.
_IPV6 = re.compile(
    r"(?<!\w)(?<!\w\.)(?<![0-9A-Fa-f:]:)(?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)(?!:[^:])"
    r"[0-9A-Fa-f:]{3,38}(?:[0-9A-Fa-f]|(?<!:)::)(?!\w|:[\w:]|\.\d)"
)
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
    "versions", "vers", "ver", "v", "release", "releases", "released", "build", "builds",
    "firmware", "bios", "driver", "patch", "revision", "rev", "edition", "ec", "§",
    "section", "sections", "subsection", "sect", "sec", "chapter", "chapters", "clause", "clauses",
)  # fmt: skip
# These may speak of an address too: numbers that only addresses have say so.
_DOUBTFUL_WORDS = (
    "update", "article", "articles", "paragraph", "para", "rule", "table", "figure", "fig",
    "appendix",
)  # fmt: skip
_CHANGES = (
    "upgraded",
    "updated",
    "downgraded",
    "upgrade",
    "update",
    "bumped",
    "bump",
    "patch",
)  # from or to a version
_LINK = r"\s*[.:#=(\"'`]{0,3}\s*(?:(?:si|saw|rebmun|on)\s)?"
_SAYS_VERSION_BACKWARDS = re.compile(
    _LINK + "(?:noisrev|(?:" + "|".join(word[::-1] for word in _VERSION_WORDS) + r")(?!\w))"
)
_MAY_SAY_VERSION_BACKWARDS = re.compile(
    _LINK + "(?:" + "|".join(word[::-1] for word in _DOUBTFUL_WORDS) + r")(?!\w)"
    r"|\s(?:morf|ot)\s(?:\w{1,12}\s){0,2}(?:"
    + "|".join(word[::-1] for word in _CHANGES)
    + r")(?!\w)"
)
_LEAST_OCTET = 128  # that sections hardly have, and half of all octets of addresses
_SAYS_VERSION_AFTER = re.compile(r"\s?(?:build|update|release|beta|alpha|rc\d?)\b", re.IGNORECASE)
# In a row of numbers, as in paths of drawings.
_DECIMAL_BACKWARDS = re.compile(r"[ ,]\d+\.\d*(?![\d.])")
# A heading, or a line that begins with a number and a full stop: the number of a section.
_SECTION = re.compile(r"(?:^|\n)[ \t]*(?:#{1,6}[ \t*]+[\d.]+|[\d.]+\.[ \t]+(?=\w))")
_OCTET = re.compile(r"\d+")
_NO_IPV6 = re.compile(r"\d{4}::|\d{4}(?::\d\d)+")
_JOINED = re.compile(r"\s*(?:to|and|or|through|,|;|/|-|–|->|→)\s*", re.IGNORECASE)
_COORDINATE = re.compile(r"\w:[\w.-]+:$")  # of a package: com.example:parser:1.2.3.4
_BESIDE = 40  # characters around what may be an address that may belong to it
_SEEN = 32  # characters before
_ROW = "0123456789. "  # of versions
# A name before them, and a part that is nought or a first one that few addresses have: a program.
_NAMED_BACKWARDS = re.compile(
    r"\s(?P<name>(?:\w*[A-Z])?[a-z]+[A-Z]|\d\w*[A-Z])(?!\w)|/[\w-]*[A-Za-z](?![\w./-])"
)
_NO_NAMES = frozenset(
    word[::-1]
    for word in (
        "The", "Use", "See", "Try", "Add", "Block", "Allow", "Connect", "Visit", "Query", "Trace",
        "At", "In", "On", "To", "And", "Or", "For", "By", "With", "Via", "Is", "Was", "If", "When",
    )
)  # fmt: skip


def ip_addresses(text: str, clues: Clues) -> Iterator[Found]:
    """The public addresses in `text`."""
    spans = list(joined(clues.runs, len(text), _BESIDE, _BESIDE))
    version = 0  # where the last version ends
    for match in matches(_IPV4, text, spans):
        start, end = match.span()
        is_joined = version and _JOINED.fullmatch(text, version, start)
        if not is_joined and _is_small_in_row(match[0], text[max(0, start - _SEEN) : start]):
            continue
        before = words_before(text, start, _SEEN)
        if is_joined or _says_version(match[0], before):
            version = end
        elif _is_public_ipv4(match, before):
            yield Found(start, end, "ipv4")
    for match in matches(_IPV6, text, [span for span in spans if ":" in text[slice(*span)]]):
        if _is_public_ipv6(match[0]):
            yield Found(match.start(), match.end(), "ipv6")


def _is_small_in_row(numbers: str, before: str) -> bool:
    """Whether four small numbers have nothing but numbers before them: nothing calls them an
    address, nor a version that others may be joined to.
    """
    return not before.strip(_ROW) and _told_ipv4(numbers)[1]


def _is_public_ipv4(match: re.Match[str], before: str) -> bool:
    """Whether an address, or either end of a range, is routable and no version of something."""
    is_public, is_small, may_be_version = _told_ipv4(match[0])
    if not is_public or _begins_section(match):
        return False
    if _SAYS_VERSION_AFTER.match(match.string, match.end()):
        return False
    if before.endswith(":"):
        is_package = _COORDINATE.search(before)
    else:
        is_package = _DECIMAL_BACKWARDS.match(before[::-1])
    is_doubtful = is_small or is_package or (may_be_version and _is_named(match))
    return not is_doubtful or _says_address(before)


def _says_version(numbers: str, before: str) -> bool:
    """Whether the word before numbers calls them a version, a section or the like."""
    backwards = before[::-1]
    if _SAYS_VERSION_BACKWARDS.match(backwards):
        return True
    return _MAY_SAY_VERSION_BACKWARDS.match(backwards) is not None and _may_be_section(numbers)


def _may_be_section(numbers: str) -> bool:
    return all(int(octet) < _LEAST_OCTET for octet in _OCTET.findall(numbers))


def _is_named(match: re.Match[str]) -> bool:
    """Whether the name of a program stands before numbers."""
    start = match.start()
    named = _NAMED_BACKWARDS.match(match.string[max(0, start - _SEEN) : start][::-1])
    return named is not None and named["name"] not in _NO_NAMES


def _begins_section(match: re.Match[str]) -> bool:
    """Whether numbers stand where a heading or a line begins, as those of sections do."""
    text, start = match.string, match.start()
    line = text.rfind("\n", max(0, start - _SEEN), start)
    if line < 0 < start - _SEEN:
        return False
    section = _SECTION.match(text, max(0, line))
    return section is not None and section.end() >= match.end() and _may_be_section(match[0])


@lru_cache(maxsize=1 << 16)
def _told_ipv4(address: str) -> tuple[bool, bool, bool]:
    """Whether an address or range is routable, is four small numbers, may be a version."""
    ends = address.split("-")
    found = [is_global_ipv4(end) for end in ends]
    octets = [octet for end in ends for octet in end.split(".")]
    is_multicast = 224 <= int(octets[0]) <= 239
    is_small = _SMALL.issuperset(octets) and ends[0] not in _RESOLVERS
    may_be_version = (octets[0] in _SMALL or "0" in octets) and ends[0] not in _RESOLVERS
    is_identifier = address.startswith(("2.5.4.", "2.5.29.", "1.3.101."))  # of an object, X.660
    is_public = not is_identifier and None not in found and any(found) and not is_multicast
    return is_public, is_small, may_be_version


def _says_address(before: str) -> bool:
    """Whether the text before numbers calls them an address."""
    if not before.strip(_ROW):
        return False
    return _SAYS_ADDRESS_BACKWARDS.match(before[::-1]) is not None


def _is_public_ipv6(address: str) -> bool:
    """Whether a match is routable: of 2000::/3, all that is assigned (so not C++'s `::add`), and
    neither a year before the colons that lead to code nor a time.
    """
    if _NO_IPV6.fullmatch(address):
        return False
    return address[0] in "23" and address.find(":") == 4 and is_global_ipv6(address)
