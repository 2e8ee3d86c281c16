"""Addresses of currencies whose checksum holds."""

import re
from collections.abc import Iterator

from pipeline.screen.personal.checksums import base58check, bech32, keccak256
from pipeline.screen.personal.clues import Clues, matches
from pipeline.screen.personal.found import Found

# By the first sign, and the version bytes that lead to it: Bitcoin, Litecoin, Dogecoin, Dash, Tron.
_BASE58 = re.compile(r"[13LMDXT](?<![\w+/=-].)[1-9A-HJ-NP-Za-km-z]{25,33}(?![\w+/=])")
_VERSIONS = frozenset((0, 5, 48, 50, 30, 76, 65))
_BECH32 = re.compile(r"(?<!\w)(?:bc|ltc)1[02-9ac-hj-np-z]{38,60}(?!\w)", re.IGNORECASE)
_ETHEREUM = re.compile(r"(?<!\w)0x[0-9a-fA-F]{40}(?!\w)")


def wallets(text: str, clues: Clues) -> Iterator[Found]:
    """The addresses in `text`."""
    for match in matches(_BASE58, text, clues.long_words):
        if base58check(match[0]) in _VERSIONS:
            yield _found(match)
    if "c1" in clues.words or "C1" in clues.words:
        for match in matches(_BECH32, text, clues.long_words):
            if bech32(match[0]):
                yield _found(match)
    if "0x" in clues.words:
        hexadecimal = list(matches(_ETHEREUM, text, clues.long_words))
        held = eip55([match[0][2:] for match in hexadecimal])
        yield from (_found(match) for match, holds in zip(hexadecimal, held, strict=True) if holds)


def eip55(addresses: list[str]) -> list[bool]:
    """Whether the capitals of 40 hexadecimal digits are those of EIP-55, some of each."""
    mixed = {one for one in addresses if one not in (one.lower(), one.upper())}
    told = dict(zip(mixed, keccak256([one.lower().encode() for one in mixed]), strict=True))
    return [one in told and _is_capitalised(one, told[one].hex()) for one in addresses]


def _is_capitalised(digits: str, told: str) -> bool:
    pairs = zip(digits, told, strict=False)
    return all(sign.isdigit() or sign.isupper() == (int(n, 16) > 7) for sign, n in pairs)


def _found(match: re.Match[str]) -> Found:
    return Found(*match.span(), "crypto")
