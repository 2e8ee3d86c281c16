"""Canonical form, deduplication key, host and site of a URL: the only URL handling in the repo.

Nothing here raises and nothing uses the network: a hostile URL gives a best-effort string. The
percent encoding and normalisation are that of RFC 3986 section 6.2.2, international hosts become
punycode by UTS 46 (non-transitional, as in browsers), and sites come from the snapshot of the
public suffix list that tldextract bundles.
"""

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

import idna
import tldextract

from pipeline.keys.url_parts import parts_key
from pipeline.text import encodable

# Already canonical, so that nine URLs in ten cost one match: lower-case host, no port, nothing
# encoded, no segment that starts with a dot.
_CANONICAL = re.compile(
    r"https?://((?!\d)[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+)"
    r"(?:/(?!\.)[A-Za-z0-9._~!$&()*+,;=:@-]*)+(?:\?[A-Za-z0-9._~!$&()*+,;=:@/-]+)?\Z"
)
_DEFAULT_PORT = {"http": 80, "https": 443, "ftp": 21}
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})?")
_NOISE = re.compile(r"[\x00-\x1f\x7f]")

# Names that mean another machine everywhere, or none: RFC 6761, 6762 and 8375, ICANN's `internal`.
_UNKNOWN = frozenset(
    ("", "localhost", "localdomain", "local", "invalid", "test", "internal", "lan")
)

PUBLIC_SUFFIXES = tldextract.TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
)


def canonical_url(url: str) -> str:
    """One spelling of `url`: what ids are made of. Keeps scheme, www and query.

    Scheme and host are lower-cased, the host in punycode; userinfo, default port, fragment and dot
    segments go; percent encoding is normalised. The result is printable ASCII and a fixed point.
    """
    if _CANONICAL.match(url):
        return url
    text = _NOISE.sub("", encodable(url)).strip()
    parts = split_url(text)
    if parts is None or not parts.netloc:
        return _normal_percent(_quoted(text))
    return urlunsplit(
        (
            parts.scheme,
            _canonical_host(parts),
            _without_dots(_normal_percent(_quoted(parts.path))) or "/",
            _normal_percent(_quoted(parts.query)),
            "",
        )
    )


def url_key(url: str) -> str:
    """What two addresses of one page have in common: the key of URL deduplication.

    The canonical form without scheme, `www.`, trailing slash, tracking parameters and session ids.
    The order of the parameters is kept: servers may depend on it.
    """
    plain = _CANONICAL.match(url)
    if plain is not None:
        path, _, query = url[plain.end(1) :].partition("?")
        return parts_key(plain[1], path, query)
    parts = split_url(canonical_url(url))
    if parts is None or not parts.netloc:
        return canonical_url(url)
    return parts_key(parts.netloc, parts.path, parts.query)


def address_key(url: str) -> str:
    """`url_key` of the address of a page; "" for what is none."""
    address = _address(url)
    return url_key(address) if address else ""


def is_address(url: str) -> bool:
    """Whether `url` may be the address of one page, and is no placeholder that many rows share.

    "N/A", "#", "about:blank" and hosts that only one machine or network knows are none. Without a
    scheme an address has a known suffix and a path (`example.com/a`): a bare `example.com` says
    where a text is from, and `setup.py` is a file.
    """
    return bool(_address(url))


def _address(url: str) -> str:
    """`url` with its scheme; "" where it is no address."""
    plain = _CANONICAL.match(url)
    if plain is not None:
        return url if _is_known(plain.group(1)) else ""
    parts = split_url(canonical_url(url))
    if parts is None:
        return ""
    if parts.netloc:
        return url if _is_known(_bare_host(parts)) else ""
    name, _, path = parts.path.partition("/")
    if parts.scheme or name == parts.path or not (path or parts.query):
        return ""
    found = PUBLIC_SUFFIXES.extract_str(name)
    return f"http://{url.strip()}" if found.suffix and found.domain else ""


@lru_cache(maxsize=65_536)
def _is_known(name: str) -> bool:
    """Whether all of the world means the same by a host: a full name, or a public IP address."""
    try:
        return ip_address(name.partition("%")[0]).is_global
    except ValueError:
        *labels, last = name.split(".")
        return bool(labels) and all(labels) and not last.isdigit() and last not in _UNKNOWN


def host(url: str) -> str:
    """The host name in lower-case punycode, without port; "" where there is none."""
    plain = _CANONICAL.match(url)
    if plain is not None:
        return plain.group(1)
    parts = split_url(canonical_url(url))
    return _bare_host(parts) if parts is not None else ""


def authority(url: str) -> str:
    """The host with the port where it is not the default one: what a robots.txt speaks for.

    http and https are one, as far as their ports are the default ones.
    """
    plain = _CANONICAL.match(url)
    if plain is not None:
        return plain.group(1)
    parts = split_url(canonical_url(url))
    return parts.netloc if parts is not None else ""


def site(url_or_host: str) -> str:
    """The registered domain (eTLD+1) in punycode.

    Private suffixes count, as they do for browsers, so `someone.github.io` is a site of its own. An
    IP address, a name without a known suffix and a bare suffix are their own sites.
    """
    if "://" in url_or_host[:12]:
        return _site(host(url_or_host))
    return _site(host("http://" + url_or_host))


@lru_cache(maxsize=65_536)
def _site(name: str) -> str:
    found = PUBLIC_SUFFIXES.extract_str(name)
    return found.top_domain_under_public_suffix or name


def split_url(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:  # brackets that hold no IPv6 address, or a host that NFKC turns into a path
        return None


def _bare_host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".")


def _canonical_host(parts: SplitResult) -> str:
    name = _ascii_host(_bare_host(parts))
    if ":" in name:
        name = f"[{name}]"
    try:
        port = parts.port
    except ValueError:
        port = None
    if port is None or port == _DEFAULT_PORT.get(parts.scheme):
        return name
    return f"{name}:{port}"


@lru_cache(maxsize=16_384)
def _ascii_host(name: str) -> str:
    """`name` in lower-case ASCII; what IDNA refuses is percent-encoded."""
    if name.isascii() and "%" not in name:
        return quote(name, safe="!$&'()*+,;=:[]~")
    plain = _NOISE.sub("", unquote(name, errors="replace")).lower()
    try:
        return idna.encode(plain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return quote(plain, safe="!$&'()*+,;=~")


def _quoted(text: str) -> str:
    """`text` in ASCII, what may not stand in a URL percent-encoded."""
    if text.isascii() and not _UNSAFE.search(text):
        return text
    return quote(text, safe=_SAFE)


# What stays as it is: RFC 3986 reserved and unreserved characters, and the percent sign.
_SAFE = "!#$%&'()*+,/:;=?@[]~"
_UNSAFE = re.compile(r"[^A-Za-z0-9._\-" + re.escape(_SAFE) + "]")


def _normal_percent(text: str) -> str:
    """Escapes in upper case, those of unreserved characters resolved, a stray `%` escaped."""
    return _PERCENT.sub(_escape, text) if "%" in text else text


def _escape(match: re.Match[str]) -> str:
    digits = match.group(1)
    if digits is None:
        return "%25"
    character = chr(int(digits, 16))
    return character if character in _UNRESERVED else "%" + digits.upper()


def _without_dots(path: str) -> str:
    """`path` without `.` and `..` segments (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)
