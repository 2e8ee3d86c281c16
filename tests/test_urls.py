import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.urls import canonical_url, host, site, url_key

HOSTILE = st.text() | st.text(alphabet="htps:/?#[]@%&;=.+-_~aZ0ü\u202e\x00\ud800 \t\\").map(
    lambda tail: "http://" + tail
)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("http://example.org:80/a", "http://example.org/a"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:80/a", "https://example.org:80/a"),
        ("http://user:secret@example.org/a", "http://example.org/a"),
        ("http://example.org/a#part", "http://example.org/a"),
        ("http://example.org/%7euser/%c3%a4", "http://example.org/~user/%C3%A4"),
        ("http://example.org/ä b", "http://example.org/%C3%A4%20b"),
        ("http://example.org/a/./b/../c", "http://example.org/a/c"),
        ("http://example.org/../../a", "http://example.org/a"),
        ("http://example.org/100%", "http://example.org/100%25"),
        ("http://example.org/?b=2&a=1", "http://example.org/?b=2&a=1"),
        ("http://example.org?", "http://example.org/"),
        ("http://www.example.org./a", "http://www.example.org/a"),
        ("http://MÜNCHEN.de/", "http://xn--mnchen-3ya.de/"),
        ("http://straße.de/", "http://xn--strae-oqa.de/"),
        ("http://例え.jp/", "http://xn--r8jz45g.jp/"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        (" http://example.org/a\n", "http://example.org/a"),
    ],
)
def test_canonical_url_of_two_spellings_is_one(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.example.org/a/", "example.org/a"),
        ("http://example.org/a", "example.org/a"),
        ("http://example.org/a?utm_source=x&id=3&fbclid=y", "example.org/a?id=3"),
        ("http://example.org/a;jsessionid=AB12?id=3", "example.org/a?id=3"),
        ("http://example.org/a?PHPSESSID=0123&b=1&a=2", "example.org/a?b=1&a=2"),
        ("http://example.org/(S(abcdefghijklmnopqrstuvwx))/a", "example.org/a"),
        ("http://example.org/?sid=news", "example.org?sid=news"),
        ("http://www.org/", "www.org"),
    ],
)
def test_url_key_of_addresses_of_one_page_is_one(url: str, key: str) -> None:
    assert url_key(url) == key


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://a.b.example.co.uk/x", "example.co.uk"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("https://someone.github.io/x", "someone.github.io"),
        ("http://www.münchen.de/", "xn--mnchen-3ya.de"),
        ("http://192.168.0.1:8080/x", "192.168.0.1"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
        ("http://localhost/", "localhost"),
        ("http://intranet.corp/x", "intranet.corp"),
        ("http://co.uk/", "co.uk"),
        ("dns:example.org", "dns"),
        ("", ""),
    ],
)
def test_site_is_the_registered_domain(url: str, name: str) -> None:
    assert site(url) == name


@given(HOSTILE)
@example("http://[::1")
@example("http://a:99999999/")
@example("http://ℂ.com/℀")
@example("http://xn--a.com/")
@example("//")
def test_urls_of_garbage_give_text_and_a_fixed_point(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical.isascii()
    assert canonical.isprintable()
    assert canonical_url(canonical) == canonical
    for made in (url_key(url), host(url), site(url)):
        made.encode()


@given(
    st.from_regex(
        r"https?://[a-z]{1,8}(\.[a-z]{2,5}){1,2}(/[a-zA-Z0-9_.~+,:@-]{0,9}){0,4}", fullmatch=True
    )
)
def test_canonical_url_keeps_what_is_canonical_on_both_ways(url: str) -> None:
    # The short way (one match) and the long one must agree, whatever comes first.
    assert canonical_url(canonical_url(url) + "#x") == canonical_url(url)


def test_url_key_ignores_scheme_case_and_fragment() -> None:
    assert url_key("HTTPS://WWW.Example.org:443/A#b") == url_key("http://example.org/A")


def test_url_key_keeps_pages_apart_that_differ_in_query() -> None:
    assert url_key("http://example.org/?id=1") != url_key("http://example.org/?id=2")
