"""Secrets in addresses are hidden wherever they stand in a text; what is none stays."""

import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import CheckError, MachineError, UsageError
from pipeline.secrets import has_secret, masked, masked_all

SIGNED = (
    "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "X-Goog-Signature",
    "X-Goog-Credential", "Signature", "Policy", "Key-Pair-Id", "sig", "token", "access_token",
    "api_key", "apikey", "key", "AWSAccessKeyId", "GoogleAccessId", "password", "secret",
    "client_secret", "refresh-token",
)  # fmt: skip
SECRETS = st.text(string.ascii_letters + string.digits + "-._~", min_size=6).map("s3cr".__add__)
RAW = st.text(string.punctuation + string.ascii_letters, min_size=3).map(lambda t: f"s3cr{t}t")
AROUND = st.sampled_from(
    ["{}", "'{}' is gone; check it", "({})", 'see "{}".', "url: {} (Caused by reset)", "{}, next"]
)


@given(st.sampled_from(SIGNED), RAW, AROUND, st.booleans())
def test_signed_parameter_is_hidden_in_any_text(
    name: str, raw: str, around: str, upper: bool
) -> None:
    name = name.upper() if upper else name
    address = f"https://host.example/a.warc.gz?v=2&{name}={quote(raw, safe='')}&part=3"
    found = masked(around.format(address))
    assert "s3cr" not in found
    assert f"https://host.example/a.warc.gz?v=2&{name}=***&part=3" in found
    assert masked(found) == found


@given(SECRETS, RAW, st.sampled_from(["https", "http", "s3", "ftp", "sftp"]), AROUND)
def test_password_is_hidden_in_any_text(user: str, raw: str, scheme: str, around: str) -> None:
    for password in (quote(raw, safe=""), raw.translate({ord(sign): "" for sign in "/?#\\"})):
        found = masked(around.format(f"{scheme}://{user}:{password}@host.example/a?v=1"))
        assert "s3cr" not in found
        assert f"{scheme}://***@host.example/a?v=1" in found


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("https://ghp_token@host/x", "https://***@host/x"),
        ("s3://AKIA:a/b+c=@bucket/x.gz", "s3://***@bucket/x.gz"),
        ("https://h/x?Expires=17&Signature=a~b_", "https://h/x?Expires=***&Signature=***"),
        ("https://h/x?se=2026&sp=r&sig=a%2Fb%3D", "https://h/x?se=***&sp=r&sig=***"),
        ("/a.gz?sig=it's", "/a.gz?sig=***"),
        (
            "https://proxy/?to=https%3A%2F%2Fh%2Fx%3Fsig%3Dabc%26v%3D1",
            "https://proxy/?to=https%3A%2F%2Fh%2Fx%3Fsig%3D***%26v%3D1",
        ),
    ],
)
def test_secret_in_an_odd_place_is_hidden(text: str, hidden: str) -> None:
    assert masked(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "https://host.example:8080/a@b.gz",
        "http://[2001:db8::1]:80/a@b",
        "abfs://container@account.example/x",
        "sftp://user@host/x",
        "https://host/x?keyword=mill&monkey=2&se=3&versionId=4",
        "write to miller@host.example: key=value; token=none",
        "/home/a:b@c/x.warc.gz",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text
    assert not has_secret(text)


@given(st.text())
def test_what_is_masked_stays_as_it_is(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_values_are_masked_all_the_way_down() -> None:
    value = {"a": ["https://u:p@h/", ("x?sig=1", 2, None)], "b": {"c": "d"}}
    assert masked_all(value) == {"a": ["https://***@h/", ("x?sig=***", 2, None)], "b": {"c": "d"}}


@pytest.mark.parametrize("kind", [UsageError, CheckError, MachineError])
def test_no_error_of_ours_tells_a_secret(kind: type[Exception]) -> None:
    assert str(kind("https://u:p@h/x?token=t is gone")) == "https://***@h/x?token=*** is gone"
