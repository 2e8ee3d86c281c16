"""Where a web server may send us on to: the public web, and more where a source says so.

The address that a recipe names is followed as it is: its author may mean his own network. A server
elsewhere may not (CWE-918): what it would have us read is none of its business.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from pipeline.errors import UsageError

MOST = 10  # redirects of one request
_ALLOW = ", or set private_redirects = true in its source"
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits


class WebSession(requests.Session):
    """A session that follows redirects to public addresses, to others only where it is told so."""

    def __init__(self, connections: int, private: bool = False) -> None:
        super().__init__()
        self.max_redirects = MOST
        self._private = private
        for start in ("http://", "https://"):
            self.mount(start, HTTPAdapter(pool_maxsize=connections))

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        try:
            return super().get_redirect_target(resp)
        except UnicodeError:  # requests would leave it open
            resp.close()
            raise

    def rebuild_auth(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        """Called for every redirect, with the request as it would be sent."""
        check_redirect(response.url, prepared_request.url or "", self._private)
        super().rebuild_auth(prepared_request, response)

    def send(self, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
        """A name may have another address by the time it is asked: who has answered is checked."""
        response = super().send(request, **settings)
        if not (self._private or settings.get("allow_redirects", True)) and _is_from_here(response):
            response.close()
            raise _refusal(request.url or "", "is private or local", _ALLOW)
        return response


def check_redirect(start: str, target: str, private: bool) -> None:
    """Raises UsageError where a redirect may not be followed; `private`: to private addresses."""
    before, after = urlsplit(start), urlsplit(target)
    if after.scheme.lower() not in ("http", "https"):
        raise _refusal(target, "is no address of the web", start=start)
    if (before.scheme.lower(), after.scheme.lower()) == ("https", "http"):
        raise _refusal(target, "anybody on the way can read", start=start)
    if not private and not _is_public(after.hostname or ""):
        raise _refusal(target, "is private or local", _ALLOW, start)


def _refusal(target: str, why: str, also: str = "", start: str = "a server") -> UsageError:
    return UsageError(
        f"{start} redirects to {target}, which {why}; give the address of the file itself{also}"
    )


def _is_from_here(response: requests.Response) -> bool:
    """Whether a response comes from a private address; behind a proxy nobody can tell."""
    connection = getattr(response.raw, "connection", None)
    sock = getattr(connection, "sock", None)
    if sock is None or getattr(connection, "proxy", None):
        return False
    return not _is_global(ip_address(sock.getpeername()[0].partition("%")[0]))


def _is_public(host: str) -> bool:
    """Whether all addresses of a host are public ones, however they are written; a host without
    any is left to the request, which fails.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return True
    return all(_is_global(ip_address(str(row[4][0]).partition("%")[0])) for row in found)


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        address = inner or address
    return address.is_global and not (address.is_multicast or address.is_reserved)
