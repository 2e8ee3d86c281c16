"""What a line of a list says: a site with all below it, pages below an address, or what is allowed.

The forms of hosts files, of plain lists of hosts and addresses, wildcards, dnsmasq, response policy
zones, and the part of adblock lists that speaks of whole sites.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from pipeline.keys.url_parts import without_www
from pipeline.urls import canonical_url, host, split_url


class Kind(StrEnum):
    """Of a line."""

    NOTHING = "nothing"  # blank, a comment, a name of the machine itself
    SITE = "site"
    PAGES = "pages"
    RULE = "rule"  # for parts of pages, or of what is asked of a site
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says; keys are "host" for a site and "host/path" for what lies below an address,
    without `www.` there.
    """

    kind: Kind
    keys: tuple[str, ...] = ()
    is_allowed: bool = False


MOST_PATH = 2_048  # characters of a path, or of a query, that are looked at
_MOST = 2 * MOST_PATH  # of a line
_NOTHING, _RULE, _UNKNOWN = Line(Kind.NOTHING), Line(Kind.RULE), Line(Kind.UNKNOWN)
_COMMENT = re.compile(
    r"[#!;]|//|\[[A-Za-z][^\]:]*\]$|\$(?:TTL|ORIGIN)\b|@?\s*\S*\s+(?:IN\s+)?(?:SOA|NS)\s"
)
_NOWHERE = "0.0.0.0"  # nosec B104 # read in lists of hosts, never bound to
_SELF = frozenset(
    ("localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost", _NOWHERE,
     "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters")
)  # fmt: skip
_DNSMASQ = ("address=/", "server=/", "local=/")
_ADBLOCK = re.compile(
    r"(?P<allowed>@@)?\|\|?(?:(?<!\|\|)https?://)?(?P<host>[^\s/^$*|:]+)(?P<rest>\S*)$"
)
# No path, on every page, whatever is asked of it.
_WHOLE = re.compile(r"(?::\d+)?(?:\^?\*?|/\*?)\|?(?P<options>\$[\w,=~-]*)?$")
_OPTIONS = frozenset(("all", "doc", "document", "important"))
_THIRD = _OPTIONS | {"third-party", "3p"}  # how sites are called that serve others alone
COSMETIC = re.compile(r"\S*#@?[#?$]#?\S")  # hides parts of pages
_RULES = re.compile(r"^[&?=_*|^/@:.-]|\$[\w~]|\*|\^")
_ZONE = re.compile(r"(?P<name>\S+)\s+(?:\d+\s+)?(?:IN\s+)?CNAME\s+(?P<to>\S+)$", re.IGNORECASE)
_LABELS = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
_PLAIN = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,61}\.)+[a-z]{2,24}")
_SCHEME = re.compile(r"(?:\*|https?)://", re.IGNORECASE)


def read_line(line: str) -> Line:
    """What `line` says."""
    text = line.strip().lstrip("\ufeff")
    if _PLAIN.fullmatch(text):  # most lines of most lists
        return Line(Kind.SITE, (text,))
    if len(text) > _MOST:
        return _UNKNOWN
    if COSMETIC.match(text):
        return _RULE
    if not text or _COMMENT.match(text):
        return _NOTHING
    text = re.split(r"\s#", text)[0].rstrip()
    if found := _ADBLOCK.match(text.replace("||*.", "||", 1)):
        return _of_adblock(found)
    if text.startswith(_DNSMASQ):
        return _of_dnsmasq(*text.split("/"))
    if found := _ZONE.match(text):
        return _of_zone(found["name"], found["to"].lower())
    words = text.split()
    if len(words) > 1:
        return _of_hosts(*words)
    return _of_address(text)


def page_key(name: str, path: str, query: str) -> str:
    """The key of what lies at a path of a host and below it, or at a query of that."""
    return without_www(name) + path.rstrip("/") + (f"?{query}" if query else "")


def _is_ip(word: str) -> bool:
    try:
        ip_address(word.strip("[]"))
    except ValueError:
        return False
    return True


def _of_hosts(address: str, *names: str) -> Line:
    """A hosts file's: names that lead nowhere; a name that leads somewhere is no entry."""
    if not _is_ip(address):
        return _UNKNOWN
    return _of_names(names) if _is_nowhere(address) else _RULE


def _is_nowhere(address: str) -> bool:
    to = ip_address(address.strip("[]"))
    return to.is_loopback or to.is_unspecified or str(to) == "255.255.255.255"


def _of_dnsmasq(kind: str, *parts: str) -> Line:
    *names, to = parts
    if to == "#" and kind == "server=":
        return _of_names(names, is_allowed=True)
    if not to or (kind == "address=" and to == "#"):
        return _of_names(names)
    # Otherwise a server that is asked for these names.
    return _of_hosts(to, *names) if kind == "address=" else _RULE


def _of_zone(name: str, to: str) -> Line:
    """A record of a response policy zone."""
    if ".rpz-" in name:  # by the address that a name leads to, or its servers
        return _RULE
    return _of_names([name], is_allowed=to.startswith("rpz-passthru"))


def _of_names(names: list[str] | tuple[str, ...], is_allowed: bool = False) -> Line:
    """Sites by name; one that is none makes the line unknown."""
    keys = [_site(name) for name in names if name.lower() not in _SELF]
    if not keys:
        return _NOTHING
    return Line(Kind.SITE, tuple(keys), is_allowed) if all(keys) else _UNKNOWN


def _of_adblock(found: re.Match[str]) -> Line:
    site, rest, is_allowed = _site(found["host"]), found["rest"], bool(found["allowed"])
    if not site or found["host"].endswith("."):
        return _RULE
    if whole := _WHOLE.match(rest):
        options = set(filter(None, (whole["options"] or "")[1:].split(",")))
        return (
            Line(Kind.SITE, (site,), is_allowed)
            if options <= (_OPTIONS if is_allowed else _THIRD)
            else _RULE
        )
    if rest.startswith("/") and not re.search(r"[*^$|]", rest):
        return _of_address(f"http://{site}{rest}", is_allowed)
    return _RULE


def _of_address(word: str, is_allowed: bool = False) -> Line:
    """A host, an address, or a wildcard of a host's subdomains or pages."""
    plain = _SCHEME.sub("", word, 1).removeprefix("*.").removeprefix(".")
    plain = plain.removesuffix("*") if plain.endswith("/*") else plain.removesuffix("^")
    if site := _site(plain.removesuffix("/")):
        return Line(Kind.SITE, (site,), is_allowed)
    parts = split_url(canonical_url(f"http://{plain}"))
    site = _site(parts.hostname or "") if parts else ""
    if parts is None or not site or "*" in plain:
        return _RULE if _RULES.search(word) else _UNKNOWN
    is_network = _is_ip(site) and parts.path[1:].isdigit()
    is_page = parts.path.strip("/") or parts.query
    if is_network or not is_page or max(len(parts.path), len(parts.query)) > MOST_PATH:
        return _UNKNOWN  # a fragment, a path that leads back to the root
    return Line(Kind.PAGES, (page_key(site, parts.path, parts.query),), is_allowed)


def _site(name: str) -> str:
    """A host in lower-case punycode without port, user and dots around; "" where it is none."""
    plain = name.removeprefix("*.").strip(".")
    if _is_ip(plain):
        return host(f"http://[{plain.strip('[]')}]" if ":" in plain else f"http://{plain}")
    if not plain or re.search(r"[/?#*\\^|\s]", plain):
        return ""
    found = host(f"http://{plain}")
    return found if _LABELS.fullmatch(found) or _is_ip(found) else ""
