"""Whether a number that a state gives to persons holds, by the rule that the state publishes.

Each is given letters and digits in capitals, in the notation of `national_rules`.
"""

from pipeline.screen.personal.checksums import luhn, weighted

_TAKEN_BY_23 = "TRWAGMYFPDXBNJZSQVHLCKE"
_TAKEN_BY_31 = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Codice fiscale: what a sign in an odd place counts (D.M. 23 December 1976, table 3).
_ODD = dict(
    zip(
        _ALPHABET,
        (
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            2,
            4,
            18,
            20,
            11,
            3,
            6,
            8,
            12,
            14,
            16,
            10,
            22,
            25,
            24,
            23,
        ),
        strict=True,
    )
)


def cpf(n: str) -> bool:
    """Brazil: two digits, each 11 less the rest of a weighted sum, 0 for more than 9."""
    if weighted(n[:9], (10, 9, 8, 7, 6, 5, 4, 3, 2)) * 10 % 11 % 10 != int(n[9]):
        return False
    second = weighted(n[:10], (11, 10, 9, 8, 7, 6, 5, 4, 3, 2)) * 10 % 11 % 10
    return second == int(n[10]) and len(set(n)) > 1


def dni(n: str) -> bool:
    """Spain: the letter of the number modulo 23; X, Y, Z of foreigners are 0, 1, 2."""
    number = n[:-1].translate(str.maketrans("XYZ", "012"))
    return _TAKEN_BY_23[int(number) % 23] == n[-1]


def codice_fiscale(n: str) -> bool:
    """Italy: a letter from the signs in odd places by a table and those in even places."""
    odd = sum(_ODD[_ALPHABET[int(c)] if c.isdigit() else c] for c in n[:15:2])
    even = sum(int(c) if c.isdigit() else _ALPHABET.index(c) for c in n[1:15:2])
    return _ALPHABET[(odd + even) % 26] == n[15]


def curp(n: str) -> bool:
    """Mexico: a digit from the places of all signs in an alphabet with an Ñ."""
    signs = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    total = sum(signs.index(c) * (18 - at) for at, c in enumerate(n[:17]))
    return str(-total % 10) == n[17]


def nir(n: str) -> bool:
    """France: 97 less the number modulo 97; the departments of Corsica are 19 and 18."""
    number = n[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(number) % 97 == int(n[13:])


def hetu(n: str) -> bool:
    """Finland: a sign of the nine digits modulo 31."""
    return _is_day(n[:2], n[2:4]) and _TAKEN_BY_31[int(n[:6] + n[-4:-1]) % 31] == n[-1]


def personnummer(n: str) -> bool:
    """Sweden: Luhn of the last ten digits; the day counts 60 more in a coordination number."""
    ten = n.replace("+", "")[-10:]
    return _is_day(str(int(ten[4:6]) % 60), ten[2:4]) and luhn(ten)


def fodselsnummer(n: str) -> bool:
    """Norway: two digits modulo 11."""
    if weighted(n[:10], (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11:
        return False
    second = weighted(n, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11
    return second == 0 and _is_day(str(int(n[:2]) % 40), n[2:4])


def pesel(n: str) -> bool:
    """Poland: a digit from weights 1, 3, 7, 9; the month counts 20 more for each century."""
    return weighted(n, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0 and _is_day(
        n[4:6], str(int(n[2:4]) % 20)
    )


def belgian(n: str) -> bool:
    """Belgium: 97 less the nine digits modulo 97, after a 2 for those born since 2000."""
    return int(n[9:]) in (97 - int(n[:9]) % 97, 97 - int(f"2{n[:9]}") % 97)


def ahv(n: str) -> bool:
    """Switzerland: the check digit of an EAN-13."""
    return weighted(n, (1, 3)) % 10 == 0


def chinese(n: str) -> bool:
    """China: GB 11643, ISO/IEC 7064 MOD 11-2."""
    total = sum(int(c) * pow(2, 17 - at, 11) for at, c in enumerate(n[:17]))
    return "10X98765432"[total % 11] == n[17] and _is_day(n[12:14], n[10:12])


def nhs(n: str) -> bool:
    """England and Wales: 11 less the rest of a weighted sum."""
    return -weighted(n[:9], (10, 9, 8, 7, 6, 5, 4, 3, 2)) % 11 == int(n[9])


def bsn(n: str) -> bool:
    """The Netherlands: the test of eleven."""
    return (weighted(n[:8], (9, 8, 7, 6, 5, 4, 3, 2)) - int(n[8])) % 11 == 0


def rut(n: str) -> bool:
    """Chile: a digit or K modulo 11; numbers from 50 million on are those of firms."""
    check = -weighted(n[-2::-1], (2, 3, 4, 5, 6, 7)) % 11
    return int(n[:-1]) < 50_000_000 and "0123456789K"[check] == n[-1]


def cuil(n: str) -> bool:
    """Argentina: modulo 11, with the prefixes of persons."""
    return weighted(n, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def south_african(n: str) -> bool:
    """South Africa: a birthday and Luhn."""
    return _is_day(n[4:6], n[2:4]) and luhn(n)


def steuer_id(n: str) -> bool:
    """Germany: ISO/IEC 7064 MOD 11,10; never a 0 first."""
    product = 10
    for digit in n[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return n[0] != "0" and (11 - product) % 10 == int(n[10])


def _is_day(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12
