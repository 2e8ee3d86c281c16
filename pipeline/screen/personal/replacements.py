"""What stands in place of a value: the token of its kind, or a value that belongs to nobody.

Such values come from ranges kept for documentation (RFC 2606, 5737, 3849; 555-0100 to 0199), or
from none that is given out, so that a second search finds none of them. A value alone chooses its
replacement, by a hash: it is the same all through a corpus.
"""

import re
from collections.abc import Callable

from pipeline.document import digest
from pipeline.screen.personal.emails import clean_email
from pipeline.screen.personal.found import TOKENS

_SEPARATORS = re.compile(r"[\s().\u2010-\u2015/-]")


def token(kind: str, _value: str) -> str:
    """The name of the kind, in brackets."""
    return TOKENS[kind]


def harmless(kind: str, value: str) -> str:
    """A value of the kind that is nobody's, the same for all spellings of one value."""
    is_spaced = kind in ("phone", "card", "iban", "ssn", "national_id")
    plain = _SEPARATORS.sub("", value).lower() if is_spaced else clean_email(value)
    return _HARMLESS[kind](int(digest("replace", plain)[:8], 16))


_HARMLESS: dict[str, Callable[[int], str]] = {
    "card": lambda n: f"0000 {n // 10**8:04d} {n // 10**4 % 10**4:04d} {n % 10**4:04d}",
    "crypto": lambda n: f"wallet-{n:08x}",
    "email": lambda n: f"user{n % 100_000:05d}@example.com",
    "iban": lambda n: f"XX00{n:014d}",
    "ipv4": lambda n: f"192.0.2.{n % 254 + 1}",
    "ipv6": lambda n: f"2001:db8::{n % 0xFFFF + 1:x}",
    "national_id": lambda n: f"id-{n:08x}",
    "phone": lambda n: f"({n // 100 % 800 + 200}) 555-01{n % 100:02d}",
    "secret": lambda n: f"secret-{n:08x}",
    "ssn": lambda n: f"000-{n // 10**4 % 100:02d}-{n % 10**4:04d}",
}
