"""Which IP addresses are globally routable, as the running Python's `ipaddress` knows the registry.

It takes 10 microseconds an address, and a page may hold 600,000. So the registry is asked once for
all addresses that it cannot tell apart: blocks are assigned by their first number, but for a few.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

_OCTETS = frozenset(map(str, range(256)))  # as `ipaddress` reads them: ASCII, no leading zeros
_BY_TWO = frozenset(("100", "169", "172", "192", "198", "203"))
_BY_FOUR = frozenset((("192", "0"), ("198", "51"), ("203", "0")))
_HEXTETS = 8
_HEXTETS_BY_TWO = frozenset(("2001", "2002", "3ffe", "3fff"))
_SPECIAL = 0x200  # 2001::/23 is assigned by single addresses


def is_global_ipv4(address: str) -> bool | None:
    """Whether it is routable; None for what is no address."""
    octets = address.split(".")
    if len(octets) != 4 or not _OCTETS.issuperset(octets):
        return None
    first, second = octets[:2]
    if (first, second) in _BY_FOUR:
        return _is_global_ipv4(address)
    return _is_global_ipv4(f"{first}.{second if first in _BY_TWO else 0}.0.0")


@lru_cache(maxsize=1 << 16)
def _is_global_ipv4(address: str) -> bool:
    return IPv4Address(address).is_global


def is_global_ipv6(address: str) -> bool:
    """Whether it is routable, given hexadecimal digits and colons of 2000::/3."""
    groups = address.lower().split(":")
    filled = len(groups) - groups.count("")
    if not _is_whole(address, filled, max(map(len, groups))):
        return False
    first, second = groups[0], groups[1] or "0"
    if first not in _HEXTETS_BY_TWO:
        return _is_global_ipv6(f"{first}::")
    is_special = first == "2001" and int(second, 16) < _SPECIAL
    return _is_global_ipv6(address if is_special else f"{first}:{second}::")


def _is_whole(address: str, filled: int, longest: int) -> bool:
    """Whether it has eight groups, or fewer and one gap."""
    if longest > 4 or ":::" in address:
        return False
    gaps = address.count("::")
    return filled == _HEXTETS if not gaps else gaps == 1 and filled < _HEXTETS


@lru_cache(maxsize=1 << 16)
def _is_global_ipv6(address: str) -> bool:
    return IPv6Address(address).is_global
