"""Secrets in addresses: passwords and signed parameters, hidden wherever a text is kept or told.

A signed address is one of S3, Google, CloudFront or Azure with the signature in its query. What
changes whenever it is signed anew is hidden too, so that it is known again.
"""

import re
from typing import Any, TypeVar

HIDDEN = "***"

_SECRET = re.compile(
    r"[\w.-]*(?:signature|credential|token|secret|passw(?:or)?d|passphrase)"
    r"|[\w.-]*(?:api|access|secret|account|private|session)[_.-]?key(?:[_.-]?id)?"
    r"|x-(?:amz|goog|oss|ms)-[\w-]+"
    r"|[\w-]*subscription-key|sas|bearer|hdn(?:ea|ts|tl)"
    r"|key|key-pair-id|googleaccessid|policy|sig|pwd|pass|auth|authorization|jwt|hmac",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[\w-]*signature|sig", re.IGNORECASE)
_TIME = re.compile(r"expires|se|st|ske|skt", re.IGNORECASE)  # of CloudFront, old S3, Azure
# Every repetition is bounded or ends where the next may begin: a server may choose what we tell. A
# parameter stands as it is, or packed into the address of another.
_NAME = re.compile(r"(?:[?&;#](?:amp;)?|%3F|%26)([\w.-]{1,60})(=|%3D)", re.IGNORECASE)
_CHARACTER = r"(?!['\")\]}>,;:.]{0,4}(?:\s|$))[^\s&#]"  # not what closes a quotation or sentence
_VALUE = re.compile(rf"(?:{_CHARACTER})*")
_PACKED = re.compile(rf"(?:(?!%26){_CHARACTER})*", re.IGNORECASE)
# A password with a slash in it, which nobody can use: no port, and no IPv6 address.
_SLASHED = re.compile(r"(://)[^\s/?#@:\[]{0,300}:(?!\d+(?:[/?#]|$))[^\s@]{0,1000}@")
_USER = re.compile(r"([a-z][a-z0-9+.-]{0,20})://([^/?#\n]{0,300})@", re.IGNORECASE)

T = TypeVar("T")


def masked(text: str) -> str:
    """`text` with *** for every secret of an address in it; the same again if it is masked twice.

    The name of a user alone is no secret but before a web server, which takes tokens there.
    """
    if "@" in text:
        text = _USER.sub(_without_user, _SLASHED.sub(rf"\1{HIDDEN}@", text))
    return _without_parameters(text) if "=" in text or "%3" in text else text


def _without_parameters(text: str) -> str:
    names = list(_NAME.finditer(text))
    is_signed = any(_SIGNS.fullmatch(found[1]) for found in names)
    parts, at = [], 0
    for found in names:
        is_secret = _SECRET.fullmatch(found[1]) or (is_signed and _TIME.fullmatch(found[1]))
        if is_secret and found.start() >= at:
            value = (_VALUE if found[2] == "=" else _PACKED).match(text, found.end())
            parts += [text[at : found.end()], HIDDEN]
            at = value.end() if value else found.end()
    return "".join([*parts, text[at:]])


def has_secret(path: str) -> bool:
    """Whether a path is an address with a secret in it; a file of this machine has none."""
    return "://" in path and masked(path) != path


def _without_user(found: re.Match[str]) -> str:
    scheme, user = found.groups()
    is_secret = ":" in user or HIDDEN in user or scheme.lower() in ("http", "https")
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
