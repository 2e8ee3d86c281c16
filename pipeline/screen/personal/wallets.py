"""Addresses of currencies whose checksum holds."""

import re
from collections.abc import Iterator

from pipeline.screen.personal.checksums import base58check, bech32, eip55
from pipeline.screen.personal.clues import Clues, matches
from pipeline.screen.personal.found import Found

# By the first sign, and the version bytes that lead to it: Bitcoin, Litecoin, Dogecoin, Dash, Tron.
_BASE58 = re.compile(r"[13LMDXT](?<![\w+/=-].)[1-9A-HJ-NP-Za-km-z]{25,33}(?![\w+/=])")
_VERSIONS = frozenset((0, 5, 48, 50, 30, 76, 65))
_BECH32 = re.compile(r"(?<!\w)(?:bc|ltc)1[02-9ac-hj-np-z]{38,60}(?!\w)", re.IGNORECASE)
_ETHEREUM = re.compile(r"(?<!\w)0x[0-9a-fA-F]{40}(?!\w)")


def _base58(address: str) -> bool:
    return base58check(address) in _VERSIONS


_KINDS = (  # what every one holds, how it is written, its checksum
    ("", _BASE58, _base58),
    ("c1", _BECH32, bech32),
    ("C1", _BECH32, bech32),
    ("0x", _ETHEREUM, eip55),
)


def wallets(text: str, clues: Clues) -> Iterator[Found]:
    """The addresses in `text`."""
    for mark, pattern, holds in _KINDS:
        if mark in clues.words:
            for match in matches(pattern, text, clues.long_words):
                if holds(match[0]):
                    yield Found(*match.span(), "crypto")
