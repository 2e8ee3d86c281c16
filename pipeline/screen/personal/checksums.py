"""Check digits, as the bodies that issue the numbers publish them."""

from functools import reduce
from hashlib import sha256
from itertools import cycle
from operator import mul

_BASE58 = {
    sign: at for at, sign in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
}
_BECH32 = {sign: at for at, sign in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_BECH32_SUMS = (1, 0x2BC830A3)  # BIP 173 and BIP 350
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_DOUBLED = str.maketrans("0123456789", "0246813579")
_INVERSES = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B: every second digit from the right doubled."""
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(map(int, digits[::-2])) + sum(map(int, doubled))) % 10 == 0


def weighted(digits: str, weights: tuple[int, ...]) -> int:
    """The sum of digits times weights, which are taken in turns."""
    return sum(map(mul, map(int, digits), cycle(weights)))


def mod97(text: str) -> bool:
    """ISO/IEC 7064 MOD 97-10 of letters and digits, as IBANs have it (ISO 13616)."""
    moved = text[4:] + text[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


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
    """Whether an address of segregated witness holds (BIP 173, BIP 350)."""
    prefix, _, data = text.lower().rpartition("1")
    if len(data) < 6 or not _BECH32.keys() >= set(data):
        return False
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = 1
    for value in (*expanded, *(_BECH32[sign] for sign in data)):
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for at, generator in enumerate(_GENERATORS):
            check ^= generator if top >> at & 1 else 0
    return check in _BECH32_SUMS


def eip55(address: str) -> bool:
    """Whether the capitals of 0x and 40 hexadecimal digits are those of EIP-55, some of each."""
    digits = address[2:]
    if digits in (digits.lower(), digits.upper()):
        return False
    told = keccak256(digits.lower().encode()).hex()
    pairs = zip(digits, told, strict=False)
    return all(sign.isdigit() or sign.isupper() == (int(n, 16) > 7) for sign, n in pairs)


_ROTATIONS = (
    0,
    1,
    62,
    28,
    27,
    36,
    44,
    6,
    55,
    20,
    3,
    10,
    43,
    25,
    39,
    41,
    45,
    15,
    21,
    8,
    18,
    2,
    61,
    56,
    14,
)
_MASK = (1 << 64) - 1
_RATE = 136  # bytes


def keccak256(message: bytes) -> bytes:
    """Keccak of 256 bits with its first padding, which SHA-3 changed (Bertoni et al., 2011)."""
    padded = bytearray(message + b"\x01" + bytes(-(len(message) + 1) % _RATE))
    padded[-1] |= 0x80
    lanes = [0] * 25
    for block in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            at = block + 8 * lane
            lanes[lane] ^= int.from_bytes(padded[at : at + 8], "little")
        lanes = reduce(_round, _round_constants(), lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _turned(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _MASK if by else lane


def _round(a: list[int], constant: int) -> list[int]:
    """Theta, rho, pi, chi and iota; lane (x, y) stands at x + 5 y."""
    c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
    d = [c[(x - 1) % 5] ^ _turned(c[(x + 1) % 5], 1) for x in range(5)]
    b = [0] * 25
    for at in range(25):
        x, y = at % 5, at // 5
        b[y + 5 * ((2 * x + 3 * y) % 5)] = _turned(a[at] ^ d[x], _ROTATIONS[at])
    out = [
        b[at] ^ (~b[at // 5 * 5 + (at + 1) % 5] & b[at // 5 * 5 + (at + 2) % 5]) & _MASK
        for at in range(25)
    ]
    out[0] ^= constant
    return out


def _round_constants() -> list[int]:
    """The 24 constants of iota, from the linear feedback shift register of the specification."""
    state, constants = 1, []
    for _ in range(24):
        constant = 0
        for place in range(7):
            constant |= (state & 1) << ((1 << place) - 1)
            state = state << 1 ^ (0x171 if state >> 7 else 0)
        constants.append(constant)
    return constants
