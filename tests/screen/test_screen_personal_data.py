"""Personal data: every public address leaves the text, in linear time, the same way each time."""

import gzip
import json
import re
import time
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.recipe import ScreenConfig
from pipeline.screen.personal_data import redact
from pipeline.screen.routable import is_global_ipv4, is_global_ipv6

REDACT = ScreenConfig(personal_data="redact", personal_data_share=1_000)
REPLACE = ScreenConfig(personal_data="replace", personal_data_share=1_000)
ATOM = st.from_regex(r"[A-Za-z0-9_%+-]{1,12}", fullmatch=True)
LABEL = st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z0-9]", fullmatch=True)
TLD = st.sampled_from(["com", "de", "co.uk", "museum", "xn--p1ai", "info", "io"])
EMAIL = st.builds(
    lambda local, host, tld: f"{'.'.join(local)}@{'.'.join(host)}.{tld}",
    st.lists(ATOM, min_size=1, max_size=3),
    st.lists(LABEL, min_size=1, max_size=3),
    TLD,
).filter(lambda address: ".example." not in address and "@example." not in address)
IPV4 = (  # four small numbers may be a version, and have tests of their own
    st.integers(0, 2**32 - 1)
    .map(IPv4Address)
    .filter(lambda a: a.is_global and not a.is_multicast and max(a.packed) >= 40)
    .map(str)
)
IPV6 = (  # a year before colons that lead to code has a test of its own
    st.integers(2**125, 2**126 - 1)
    .map(IPv6Address)
    .filter(lambda a: a.is_global)
    .flatmap(lambda a: st.sampled_from([str(a), a.exploded, str(a).upper()]))
    .filter(lambda address: not re.fullmatch(r"\d{4}::", address))
)
ADDRESS = EMAIL | IPV4 | IPV6
BEFORE = st.sampled_from(["", " ", "(", "<", "\n", "is: ", "...", '"', "[", "/", "to:", ",", "»"])
AFTER = st.sampled_from(
    ["", " ", ")", ">", "\n", ".", "...", '"', "]", "/", ", or", ";", "?", ": x"]
)
SHORT = st.text("ab1.@:-+_% \nü", max_size=60)


def document(text: str) -> Document:
    return Document(id="1", url="", source="", text=text)


def redacted(text: str, config: ScreenConfig = REDACT) -> str:
    return done(text, config).text


def done(text: str, config: ScreenConfig = REDACT) -> Document:
    found = redact(document(text), config)
    assert isinstance(found, Document)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@b.com", "[email]"),
        ("mail jane.doe@corp.co.uk.", "mail [email]."),
        ("<joe@firm.com>", "<[email]>"),
        ("mailto:joe@firm.com?subject=x", "mailto:[email]?subject=x"),
        ("a+b@c.io", "[email]"),
        ("JOE@FIRM.COM", "[email]"),
        ("a@münchen.de", "[email]"),
        ("joe@firm.xn--p1ai", "[email]"),
        ("mail...joe@firm.com", "mail...[email]"),
        ("_joe@firm.com_", "[email]_"),
        ("joe@firm.com--call", "[email]--call"),
        ("joe@firm.com, ann@firm.com", "[email], [email]"),
        ("8.8.8.8", "[ip]"),
        ("see 8.8.8.8, or 1.1.1.1.", "see [ip], or [ip]."),
        ("http://8.8.8.8:80/x", "http://[ip]:80/x"),
        ("8.8.8.8-8.8.4.4", "[ip]"),
        ("a@1.2.3.4", "a@[ip]"),
        ("::ffff:8.8.8.8", "::ffff:[ip]"),
        ("2001:4860:4860::8888", "[ip]"),
        ("[2001:4860:4860::8888]:80", "[[ip]]:80"),
        ("IP:2001:4860:4860::8888", "IP:[ip]"),
        ("2001:4860:4860::8888: refused", "[ip]: refused"),
        ("2606:4700::", "[ip]"),
        ("...2606:4700::1...", "...[ip]..."),
        ("2606:4700::: up", "[ip]: up"),
    ],
)
def test_address_is_redacted(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "x@example.com",
        "x@mail.example.org",
        "root@localhost",
        "a@b.test",
        "icon@2x.png",
        "logo@3x.min.css",
        "git@github.com:user/project",
        "@mention and me@home",
        "10.0.0.1",
        "127.0.0.1",
        "192.168.1.1",
        "192.0.2.7",
        "10.0.0.1-10.0.0.9",
        "version 8.8.8.8",
        "v8.8.8.8",
        "Release 9.1.2.3",
        "linux-5.4.0.1",
        "1.2.3.4-1",
        "1.2.3.4.5",
        "section 8.8.8.8",
        "999.8.8.8",
        "::1",
        "fe80::1",
        "2001:db8::1",
        "12:30:45",
        "00:1a:2b:3c:4d:5e",
        "std::vector::at",
        "use ::add and a::b",
        "a:b:c:d",
    ],
)
def test_text_that_is_no_public_address_stays(text: str) -> None:
    assert redacted(text) == text


@given(BEFORE, ADDRESS, AFTER)
def test_public_address_never_stays(before: str, address: str, after: str) -> None:
    left = redacted(before + address + after)
    assert address not in left
    assert left in (f"{before}[email]{after}", f"{before}[ip]{after}")


@given(st.lists(ADDRESS, min_size=1, max_size=5))
def test_every_address_is_counted_by_kind(addresses: list[str]) -> None:
    counts: dict[str, int] = {}
    for address in addresses:
        kind = "email" if "@" in address else "ipv6" if ":" in address else "ipv4"
        counts[kind] = counts.get(kind, 0) + 1
    found = done(" and ".join(addresses), REDACT)
    assert found.redactions == tuple(sorted(counts.items()))


@given(st.lists(ADDRESS | SHORT, max_size=6).map(" ".join), st.sampled_from([REDACT, REPLACE]))
def test_redacting_again_changes_nothing(text: str, config: ScreenConfig) -> None:
    once = redacted(text, config)
    assert redacted(once, config) == once


@given(st.lists(ADDRESS, max_size=5), st.randoms(use_true_random=False))
def test_replacement_does_not_depend_on_order(addresses: list[str], chance: Any) -> None:
    alone = {address: redacted(address, REPLACE) for address in addresses}
    chance.shuffle(addresses)
    together = redacted("\n".join(addresses), REPLACE).split("\n") if addresses else []
    assert together == [alone[address] for address in addresses]


@given(ADDRESS)
def test_replacement_is_a_harmless_address_of_the_same_kind(address: str) -> None:
    found = redacted(address, REPLACE)
    if "@" in address:
        assert found.endswith("@example.com")
    else:
        assert not (IPv6Address if ":" in address else IPv4Address)(found).is_global


def test_replacement_of_literal_addresses_never_changes() -> None:
    text = "joe@firm.com 8.8.8.8 2001:4860:4860::8888"
    assert redacted(text, REPLACE) == "user795787@example.com 192.0.2.108 2001:db8::3ac:2b"


def test_replacement_does_not_depend_on_case() -> None:
    assert redacted("JOE@firm.com", REPLACE) == redacted("joe@FIRM.com", REPLACE)


def test_keeping_changes_nothing() -> None:
    one = document("joe@firm.com at 8.8.8.8")
    assert redact(one, ScreenConfig(personal_data="keep")) is one


def test_document_without_addresses_is_the_same() -> None:
    one = document("nobody lives here: 10:30, a.b, c@d")
    assert redact(one, REDACT) is one


HOSTILE = {
    "hyphens": "a-" * 20_000 + "@",
    "hyphens_on_both_sides": "a-" * 20_000 + "@" + "a-" * 20_000,
    "dots": "." * 50_000,
    "dotted_atoms": "a." * 25_000 + "@",
    "double_dots": "a.." * 17_000,
    "at_signs": "@" * 50_000,
    "letters_and_at_signs": "a@" * 25_000,
    "one_long_atom": "a" * 50_000 + "@b",
    "labels": "a@" + "b." * 25_000,
    "long_labels": "a@" + ("b" * 63 + ".") * 800,
    "hyphenated_labels": ("a@" + "b-" * 30 + ".") * 700,
    "numbers": "1." * 25_000,
    "ranges": "1.2.3.4-" * 6_000,
    "colons": ":" * 50_000,
    "hexadecimal": "a:" * 25_000,
    "double_colons": "a::" * 17_000,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_text_costs_linear_time(case: str) -> None:
    begun = time.process_time()
    redacted(HOSTILE[case])
    assert time.process_time() - begun < 0.5  # 10 ms at most; quadratic patterns take minutes


def labelled(data: Path) -> list[dict[str, Any]]:
    path = data / "labels" / "pii-presidio" / "pii-synth-dev.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def spans(row: dict[str, Any], kind: str) -> list[str]:
    return [span["entity_value"] for span in row["spans"] if span["entity_type"] == kind]


@pytest.mark.shared
def test_labelled_emails_are_all_found_and_nothing_else(data: Path) -> None:
    rows = labelled(data)
    emails = [(row, value) for row in rows for value in spans(row, "EMAIL_ADDRESS")]
    missed = [value for row, value in emails if value in redacted(row["full_text"])]
    found = sum(redacted(row["full_text"]).count("[email]") for row in rows)
    assert len(emails) >= 20
    assert missed == []
    assert len(emails) / found >= 0.99


@pytest.mark.shared
def test_labelled_ip_addresses_that_are_public_are_all_found(data: Path) -> None:
    rows = labelled(data)
    values = [(row, value) for row in rows for value in spans(row, "IP_ADDRESS")]
    public = [(row, v) for row, v in values if ":" in v or IPv4Address(v).is_global]
    missed = [value for row, value in public if value in redacted(row["full_text"])]
    found = sum(redacted(row["full_text"]).count("[ip]") for row in rows)
    assert public
    assert missed == []
    assert found == len(public)


@pytest.mark.parametrize(
    "text",
    [
        "ISO/IEC 9899: 7.12.6.13 The scalbn functions",
        "Changes since SQLite 3.6.23.1 are listed below.",
        "The enzyme EC 1.2.5.1 is found in bacteria.",
    ],
)
def test_version_or_section_of_small_numbers_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    "text", ["the server at {}", "IP address: {}", "connect to http://{}/", "ping {}"]
)
def test_small_numbers_that_are_called_an_address_go(text: str) -> None:
    assert redacted(text.format("3.6.23.1")) == text.format("[ip]")


FIRST = st.sampled_from([0, 9, 10, 100, 127, 169, 172, 192, 198, 203, 223, 224, 240, 255])
SECOND = st.sampled_from([0, 2, 15, 16, 18, 19, 31, 32, 51, 63, 64, 127, 128, 168, 254, 255])
LAST = st.sampled_from([0, 2, 7, 8, 9, 10, 100, 113, 169, 170, 171, 255])


@given(st.tuples(FIRST, SECOND, LAST, LAST))
def test_ipv4_addresses_are_routable_as_the_registry_says(octets: tuple[int, ...]) -> None:
    address = ".".join(map(str, octets))
    assert is_global_ipv4(address) == IPv4Address(address).is_global


HEXTET = st.sampled_from([0, 1, 2, 3, 4, 0x10, 0x112, 0x1FF, 0x200, 0xDB8, 0xFFF, 0xFFFF])


@given(
    st.sampled_from([0x2000, 0x2001, 0x2002, 0x2A00, 0x3FFE, 0x3FFF]),
    st.lists(HEXTET, min_size=7, max_size=7),
)
def test_ipv6_addresses_are_routable_as_the_registry_says(first: int, others: list[int]) -> None:
    address = IPv6Address(":".join(f"{part:x}" for part in (first, *others)))
    for written in (str(address), address.exploded.upper()):
        assert is_global_ipv6(written) == address.is_global


@pytest.mark.parametrize(
    "text", ["2001:1:2", "2001:::1", "2001::1::2", "20011::1", "2a00:1:2:3:4:5:6:7:8"]
)
def test_what_is_no_ipv6_address_is_not_routable(text: str) -> None:
    assert not is_global_ipv6(text)


@pytest.mark.parametrize("text", ["1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.٤"])
def test_what_is_no_ipv4_address_is_neither(text: str) -> None:
    assert is_global_ipv4(text) is None
