"""Check digits, as the bodies that issue the numbers publish them."""

from functools import reduce
from hashlib import sha256
from itertools import cycle
from operator import mul, xor

import numpy as np
from numpy.typing import NDArray

_BASE58 = {
    sign: at for at, sign in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
}
_BECH32 = {sign: at for at, sign in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_BECH32_SUMS = (1, 0x2BC830A3)  # BIP 173 and BIP 350
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_GENERATED = [  # the sum of the generators that the bits of a number name
    reduce(xor, (one for at, one in enumerate(_GENERATORS) if bits >> at & 1), 0)
    for bits in range(32)
]
_BASE36 = {ord(sign): str(at) for at, sign in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10)}
_VALUES = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
_INVERSES = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B: every second digit from the right doubled."""
    signs = digits.encode()
    return (sum(signs[::-2].translate(_VALUES)) + sum(signs[-2::-2].translate(_DOUBLED))) % 10 == 0


def weighted(digits: str, weights: tuple[int, ...]) -> int:
    """The sum of digits times weights, which are taken in turns."""
    return sum(map(mul, digits.encode().translate(_VALUES), cycle(weights)))


def mod97(text: str) -> bool:
    """ISO/IEC 7064 MOD 97-10 of letters and digits, as IBANs have it (ISO 13616)."""
    account, head = text[4:], text[:4].translate(_BASE36)
    return int((account if account.isdigit() else account.translate(_BASE36)) + head) % 97 == 1


def verhoeff(digits: str) -> bool:
    """Verhoeff's check in the dihedral group D5 (Mathematical Centre Tracts 29, 1969)."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _times(check, _permuted(int(digit), place))
    return check == 0


def _times(a: int, b: int) -> int:
    """The product of two symmetries of a pentagon: 0-4 turn it, 5-9 mirror it too."""
    if a < 5:
        return (a + b) % 5 if b < 5 else (a + b - 5) % 5 + 5
    return (a - b) % 5 + 5 if b < 5 else (a - b) % 5


def _permuted(digit: int, place: int) -> int:
    for _ in range(place % 8):
        digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
    return digit


def base58check(text: str) -> int | None:
    """The version byte of an address of 20 bytes; None where the sum does not hold."""
    number = reduce(lambda sum_, sign: sum_ * 58 + _BASE58.get(sign, 0), text, 0)
    if not _BASE58.keys() >= set(text) or number >> 200:
        return None
    raw = number.to_bytes(25, "big")
    return raw[0] if sha256(sha256(raw[:21]).digest()).digest()[:4] == raw[21:] else None


def bech32(text: str) -> bool:
    """Whether an address of segregated witness in one case holds (BIP 173, BIP 350)."""
    prefix, _, data = text.lower().rpartition("1")
    if len(data) < 6 or not _BECH32.keys() >= set(data) or text not in (text.lower(), text.upper()):
        return False
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = 1
    for value in (*expanded, *(_BECH32[sign] for sign in data)):
        check = (check & 0x1FFFFFF) << 5 ^ value ^ _GENERATED[check >> 25]
    return check in _BECH32_SUMS


# Keccak of 256 bits, as it was before SHA-3 changed its padding, of many messages at once.
Lanes = NDArray[np.uint64]  # (25, messages); lane (x, y) stands at x + 5 y
_RATE, _LANES = 136, 17  # bytes and lanes of a block
_X, _Y = np.arange(25) % 5, np.arange(25) // 5
_ROTATIONS = np.array(
    [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14],
    np.uint64,
)[:, None]
_FROM = np.argsort(_Y + 5 * ((2 * _X + 3 * _Y) % 5))  # pi: which lane comes to a place
_NEXT, _AFTER_NEXT = (5 * _Y + (_X + step) % 5 for step in (1, 2))
_LEFT, _RIGHT = ([(x + step) % 5 for x in range(5)] for step in (4, 1))


def keccak256(messages: list[bytes]) -> list[bytes]:
    """The digests of messages of less than a block, 136 bytes (Bertoni et al., 2011)."""
    blocks = np.zeros((len(messages), _RATE), np.uint8)
    for row, message in zip(blocks, messages, strict=True):
        row[: len(message) + 1] = np.frombuffer(message + b"\x01", np.uint8)
    blocks[:, -1] |= 0x80
    lanes = np.zeros((25, len(messages)), np.uint64)
    lanes[:_LANES] = blocks.view("<u8").T
    for constant in _CONSTANTS:
        lanes = _round(lanes)
        lanes[0] ^= constant
    digests = np.ascontiguousarray(lanes[:4].T).astype("<u8")
    return [row.tobytes() for row in digests]


def _round(lanes: Lanes) -> Lanes:
    """Theta, rho, pi and chi."""
    columns = np.bitwise_xor.reduce(lanes.reshape(5, 5, -1), axis=0)
    mixed = columns[_LEFT] ^ _turned(columns[_RIGHT], np.uint64(1))
    turned = _turned(lanes ^ mixed[_X], _ROTATIONS)[_FROM]
    return np.asarray(turned ^ (~turned[_NEXT] & turned[_AFTER_NEXT]))


def _turned(lanes: Lanes, by: np.uint64 | Lanes) -> Lanes:
    back = (np.uint64(64) - by) % np.uint64(64)
    return np.asarray(lanes << by | lanes >> back)


def _round_constants() -> Lanes:
    """The 24 constants of iota, from the linear feedback shift register of the specification."""
    state, constants = 1, []
    for _ in range(24):
        constant = 0
        for place in range(7):
            constant |= (state & 1) << ((1 << place) - 1)
            state = state << 1 ^ (0x171 if state >> 7 else 0)
        constants.append(constant)
    return np.array(constants, np.uint64)


_CONSTANTS = _round_constants()
