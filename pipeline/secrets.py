"""Secrets in addresses: passwords and signed parameters, hidden wherever a text is kept or told.

A signed address is one of S3, Google, CloudFront or Azure with the signature in its query. What
changes whenever it is signed anew is hidden too, so that it is known again.
"""

import re
from typing import Any, TypeVar

HIDDEN = "***"

_NAMES = "|".join(
    (
        r"[\w.-]*(?:signature|credential|token|secret|passw(?:or)?d|passphrase)",
        r"[\w.-]*(?:api|access|secret|account|private|session)[_.-]?key(?:[_.-]?id)?",
        r"x-(?:amz|goog|oss|ms)-[\w-]+",
        r"key|key-pair-id|googleaccessid|policy|sig|pwd|pass|auth|authorization|jwt|hmac",
    )
)
_TIMES = r"expires|se|st|ske|skt"  # of CloudFront, of S3 before version 4, of Azure
_SIGNED = re.compile(r"(?:[?&;]|%3F|%26)(?:[\w-]*signature|sig)(?:=|%3D)", re.IGNORECASE)
# Of a value, which ends before what closes a quotation or a sentence.
_CHARACTER = r"(?!['\")\]}>,;:.]*(?:\s|$))[^\s&#]"


def _parameters(names: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds the values of parameters: as they stand, and in an address inside another."""
    plain = rf"([?&;](?:amp;)?(?:{names})=)(?:{_CHARACTER})*"
    packed = rf"((?:%3F|%26)(?:{names})%3D)(?:(?!%26){_CHARACTER})*"
    return re.compile(plain, re.IGNORECASE), re.compile(packed, re.IGNORECASE)


_ALWAYS = _parameters(_NAMES)
_WHERE_SIGNED = _parameters(_TIMES)
_USER = re.compile(r"\b([a-z][a-z0-9+.-]*)://([^/?#\s]*)@", re.IGNORECASE)
# A password with a slash in it, which nobody can use: no port, and no IPv6 address.
_SLASHED = re.compile(r"(://)[^\s/?#@:\[]*:(?!\d+(?:[/?#]|$))[^\s@]*@")

T = TypeVar("T")


def masked(text: str) -> str:
    """`text` with *** for every secret of an address in it; the same again if it is masked twice.

    The name of a user alone is no secret but before a web server, which takes tokens there.
    """
    if not ("@" in text or "=" in text or "%3" in text):
        return text
    text = _SLASHED.sub(rf"\g<1>{HIDDEN}@", _USER.sub(_without_user, text))
    for pattern in (*_ALWAYS, *(_WHERE_SIGNED if _SIGNED.search(text) else ())):
        text = pattern.sub(rf"\g<1>{HIDDEN}", text)
    return text


def has_secret(path: str) -> bool:
    """Whether a path is an address with a secret in it; a file of this machine has none."""
    return "://" in path and masked(path) != path


def _without_user(found: re.Match[str]) -> str:
    scheme, user = found.groups()
    is_secret = ":" in user or scheme.lower() in ("http", "https")
    return f"{scheme}://{HIDDEN}@" if is_secret else found[0]


def masked_all(value: T) -> T:
    """A value as JSON has it, with all its strings masked."""
    made: Any = value
    if isinstance(value, str):
        made = masked(value)
    elif isinstance(value, dict):
        made = {key: masked_all(one) for key, one in value.items()}
    elif isinstance(value, list | tuple):
        made = type(value)(masked_all(one) for one in value)
    return made  # type: ignore[no-any-return]
