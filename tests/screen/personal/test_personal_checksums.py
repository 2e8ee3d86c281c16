"""Check digits: the published examples hold, and with any sign changed they do not."""

import pytest

from pipeline.screen.personal.checksums import (
    base58check,
    bech32,
    keccak256,
    luhn,
    mod97,
    verhoeff,
)
from pipeline.screen.personal.wallets import eip55

# Examples of the standards: ISO 7812, ISO 13616, Bitcoin's first block, BIP 173 and 350, EIP-55.
HOLD = {
    "79927398713": luhn,
    "4111111111111111": luhn,
    "GB82WEST12345698765432": mod97,
    "2363": verhoeff,
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4": bech32,
    "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr": bech32,
}


@pytest.mark.parametrize("value", HOLD)
def test_published_example_holds(value: str) -> None:
    assert HOLD[value](value)


@pytest.mark.parametrize("value", ["79927398713", "GB82WEST12345698765432", "2363"])
def test_one_digit_changed_never_holds(value: str) -> None:
    for at, sign in enumerate(value):
        for other in "0123456789" if sign.isdigit() else "":
            if other != sign:
                assert not HOLD[value](value[:at] + other + value[at + 1 :])


def test_an_address_of_bitcoin_has_its_version_or_none() -> None:
    assert base58check("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") == 0
    assert base58check("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb") is None
    assert base58check("0OIl") is None


@pytest.mark.parametrize(
    "value",
    [
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "bc1",
        "bc1b",
        "bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    ],
)
def test_what_is_no_witness_address(value: str) -> None:
    assert not bech32(value)


def test_an_address_of_ethereum_in_one_case_has_no_sum() -> None:
    assert eip55(["a" * 40, "A" * 40, "5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"]) == [False] * 3


def test_addresses_of_ethereum_hold_by_their_capitals() -> None:
    published = [
        "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "dbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    ]
    assert eip55(published) == [True, True]
    assert eip55([]) == []


def test_keccak_is_that_of_before_the_standard() -> None:
    empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    digests = keccak256([b"", b"a" * 134, b"a" * 135])
    assert digests[0].hex() == empty
    assert len(set(digests)) == 3
