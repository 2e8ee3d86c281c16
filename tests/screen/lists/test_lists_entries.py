"""What lines of lists say, in every usual form, and what is none."""

import pytest

from pipeline.screen.lists.entries import Kind, read_line

SITES = {
    "bad.com": "bad.com",
    "  BAD.com.  ": "bad.com",
    "bad.com # why": "bad.com",
    "bad.com:8080": "bad.com",
    "user:pass@bad.com": "bad.com",
    "böse.de": "xn--bse-sna.de",
    "xn--bse-sna.de": "xn--bse-sna.de",
    "*.wild-mill.org": "wild-mill.org",
    ".dot-mill.org": "dot-mill.org",
    "https://full-mill.org/": "full-mill.org",
    "HTTP://Full-Mill.org": "full-mill.org",
    "178.128.25.172": "178.128.25.172",
    "||ads-mill.net^": "ads-mill.net",
    "||ads-mill.net^$third-party": "ads-mill.net",
    "||ads-mill.net": "ads-mill.net",
    "||ads-mill.net:8080^": "ads-mill.net",
    "0.0.0.0 a-mill.org": "a-mill.org",
    "127.0.0.1\ta-mill.org # why": "a-mill.org",
    "::1 a-mill.org": "a-mill.org",
    "address=/dns-mill.org/": "dns-mill.org",
    "address=/dns-mill.org/0.0.0.0": "dns-mill.org",
    "server=/dns-mill.org/": "dns-mill.org",
    "local=/dns-mill.org/": "dns-mill.org",
    "zone-mill.org CNAME .": "zone-mill.org",
    "*.zone-mill.org 300 IN CNAME .": "zone-mill.org",
    "0.0.0.0 a-mill.org\t# why": "a-mill.org",
    "0.0.0.0 a-mill.org #?unsure": "a-mill.org",
    "bad.com # see ##x": "bad.com",
    "address=/dns-mill.org/0.0.0.0 # why": "dns-mill.org",
    "address=/dns-mill.org/#": "dns-mill.org",
    "https://all-mill.org/*": "all-mill.org",
    "*://all-mill.org/*": "all-mill.org",
    "all-mill.org^": "all-mill.org",
    "||all-mill.org^*": "all-mill.org",
    "||*.all-mill.org^": "all-mill.org",
    "|https://all-mill.org^": "all-mill.org",
    "2001:db8::1": "2001:db8::1",
    "[2001:db8::1]": "2001:db8::1",
}
PAGES = {
    "https://full-mill.org/path": "full-mill.org/path",
    "http://www.full-mill.org/path/": "full-mill.org/path",
    "full-mill.org/path?x=1": "full-mill.org/path?x=1",
    "||full-mill.org/path": "full-mill.org/path",
    "178.128.25.172/watch": "178.128.25.172/watch",
    "bad.com?x=1": "bad.com?x=1",
    "https://site.org/p/?url=http://x.com/": "site.org/p?url=http://x.com/",
    "BÖSE.de/Weg": "xn--bse-sna.de/Weg",
    "https://user@full-mill.org:443/a/../path": "full-mill.org/path",
}
RULES = [
    "##.banner", "bad.com##.banner", "example.com#@#.ad", "&ad_box_", "-ad-300x250.",
    "/banner/*/img^",     "||bad.com^$domain=good.com", "||bad.com/ad*.js", "@@|http://x",
    "*.gif?ad=",
    "@@||good.com^$generichide", "||bad.com^$removeparam=utm", "||bad.com^$third-party,script",
    "||ads.bad.", "server=/bad.com/10.0.0.1", "93.184.216.34 bad.com",
    "32.1.2.0.192.rpz-ip CNAME .",
]  # fmt: skip
NOTHING = ["", "  ", "# bad.com", "! bad.com", "[Adblock Plus 2.0]", "127.0.0.1 localhost", "; x"]
UNKNOWN = ["two words", "https", "http://", "https:///x", "bad", "setup", "bad.com good.com",
    "http://[bad", "bad[.com", "10.0.0.0/8", "https://site.org/#top", "site.org/a/..", "x" * 5_000,
]  # fmt: skip


@pytest.mark.parametrize("line", SITES)
def test_a_line_names_a_site(line: str) -> None:
    assert (read_line(line).kind, read_line(line).keys) == (Kind.SITE, (SITES[line],))


@pytest.mark.parametrize("line", PAGES)
def test_a_path_never_widens_to_its_host(line: str) -> None:
    assert (read_line(line).kind, read_line(line).keys) == (Kind.PAGES, (PAGES[line],))


@pytest.mark.parametrize("line", RULES)
def test_rules_for_parts_of_pages_are_no_sites(line: str) -> None:
    assert read_line(line).kind is Kind.RULE


@pytest.mark.parametrize("line", NOTHING)
def test_lines_that_say_nothing(line: str) -> None:
    assert read_line(line).kind is Kind.NOTHING


@pytest.mark.parametrize("line", UNKNOWN)
def test_what_is_not_understood(line: str) -> None:
    assert read_line(line).kind is Kind.UNKNOWN


def test_a_line_may_name_many_sites() -> None:
    assert read_line("0.0.0.0 a-mill.org b-mill.org").keys == ("a-mill.org", "b-mill.org")
    assert read_line("address=/a-mill.org/b-mill.org/0.0.0.0").keys == ("a-mill.org", "b-mill.org")


@pytest.mark.parametrize(
    "line", ["@@||good.com^", "good.com CNAME rpz-passthru.", "server=/good.com/#"]
)
def test_an_exception_allows(line: str) -> None:
    assert (read_line(line).keys, read_line(line).is_allowed) == (("good.com",), True)
