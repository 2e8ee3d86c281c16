import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.urls import address_key, canonical_url, host, is_address, site, url_key

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
    for made in (url_key(url), address_key(url), host(url), site(url)):
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


@pytest.mark.parametrize(
    "url",
    [
        *("", "N/A", "n/a", "unknown", "None", "-", "#", "about:blank", "javascript:void(0)"),
        *("http://", "https:///a", "http://N/A", "http://localhost/", "http://LOCALHOST:8000/a"),
        *("http://a.localhost/", "http://wiki/a", "http://wiki.local/a", "http://x.invalid/"),
        *("http://127.0.0.1/a", "http://10.0.0.7/a", "http://192.168.0.1/", "http://[::1]/"),
        *("http://127.1/", "http://0x7f.1/", "http://2130706433/", "http://a..b/", "http://./"),
        *("urn:isbn:0451450523", "doi:10.1000/182", "mailto:a@b.com/c", "file:///a/b.com/c"),
        *("example.com", "example.com/", "setup.py", "src/main.rs", "book.pdf/3", "C:/b.com/c"),
        *("http://[::1", "com/a", "#top", "/a/b.html", "a b"),
    ],
)
def test_what_is_no_address_has_no_key(url: str) -> None:
    assert address_key(url) == ""
    assert not is_address(url)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://example.org/", "example.org"),
        ("https://www.example.org/a/?utm_source=x", "example.org/a"),
        ("http://intranet.corp/x", "intranet.corp/x"),
        ("http://8.8.8.8/a", "8.8.8.8/a"),
        ("http://[2606:4700::1111]/a", "[2606:4700::1111]/a"),
        ("ftp://ftp.example.org/a", "ftp.example.org/a"),
        ("//example.org/a", "example.org/a"),
        ("example.org/a", "example.org/a"),
        (" www.example.org/a/ ", "example.org/a"),
        ("example.org/?id=3", "example.org?id=3"),
        ("http://münchen.de/a", "xn--mnchen-3ya.de/a"),
    ],
)
def test_an_address_has_the_key_of_its_page(url: str, key: str) -> None:
    assert address_key(url) == key
