"""What stands in place of a value: the token of its kind, or a value that belongs to nobody.

Such values come from ranges kept for documentation (RFC 2606, 5737, 3849; 555-0100 to 0199), or
from none that is given out, so that a second search finds none of them. Which one is chosen by a
hash of seed and value, of which a value tells a millionth part: nobody can count back from it.
"""

import re
from collections.abc import Callable
from ipaddress import IPv6Address

from pipeline.document import digest
from pipeline.screen.personal.emails import clean_email
from pipeline.screen.personal.found import TOKENS

_SEPARATORS = re.compile(r"[\s().\u2010-\u2015/-]")
_MANY = 1_000_000
_TRIES = 64  # to find a value that no other of the document has
_NETS = ("192.0.2", "198.51.100", "203.0.113")


def token(kind: str, _value: str) -> str:
    """The name of the kind, in brackets."""
    return TOKENS[kind]


class Harmless:
    """Values that are nobody's for those of one document: the same for the same value, whatever
    stands between its signs, and another for another one as long as there are any.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._made: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()

    def value(self, kind: str, value: str) -> str:
        """What stands in place of `value`."""
        key = kind, _plain(kind, value)
        if key not in self._made:
            self._made[key] = self._free(*key)
            self._taken.add(self._made[key])
        return self._made[key]

    def _free(self, kind: str, plain: str) -> str:
        number = int(digest("replace", str(self._seed), plain)[:12], 16)
        tries = [_HARMLESS[kind]((number + step) % _MANY) for step in range(_TRIES)]
        return next((one for one in tries if one not in self._taken), tries[0])


def _plain(kind: str, value: str) -> str:
    """The form that the spellings of one value share."""
    if kind == "email":
        return clean_email(value)
    if kind == "ipv6":
        return IPv6Address(value).compressed
    return _SEPARATORS.sub("", value).lower() if kind != "ipv4" else value


_HARMLESS: dict[str, Callable[[int], str]] = {
    "card": lambda n: f"0000 0000 {n // 10**4:04d} {n % 10**4:04d}",
    "crypto": lambda n: f"wallet-{n:06d}",
    "email": lambda n: f"user{n:06d}@example.com",
    "iban": lambda n: f"XX00{n:014d}",
    "ipv4": lambda n: f"{_NETS[n % 762 // 254]}.{n % 254 + 1}",
    "ipv6": lambda n: f"2001:db8::{n // 1000 + 1:x}:{n % 1000 + 1:x}",
    "national_id": lambda n: f"id-{n:06d}",
    "phone": lambda n: f"({n // 100 % 800 + 200}) 555-01{n % 100:02d}",
    "secret": lambda n: f"secret-{n:06d}",
    "ssn": lambda n: f"000-{n // 10**4 % 100:02d}-{n % 10**4:04d}",
}
