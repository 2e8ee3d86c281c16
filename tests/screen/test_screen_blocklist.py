"""Blocklists: hosts and all below them, never part of a label."""

import gzip
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Page
from pipeline.errors import UsageError
from pipeline.screen.blocklist import BUILTIN, Blocklist, blocked_reason, load_blocklist

LIST = Blocklist({"bad.com": "adult", "sub.good.org": "ads", "xn--bse-sna.de": "ads"})
LABEL = st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True)
CATEGORIES = {"adult", "gambling", "malware", "ad_tracking", "file_hosting"}


def page(url: str) -> Page:
    return Page(id="1", url=url, source="crawl", html="")


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("https://bad.com/", "adult: bad.com"),
        ("http://bad.com:8080/x?y", "adult: bad.com"),
        ("https://www.bad.com/", "adult: bad.com"),
        ("https://a.b.c.bad.com/", "adult: bad.com"),
        ("https://BAD.com./", "adult: bad.com"),
        ("https://user:pass@bad.com/", "adult: bad.com"),
        ("https://x.sub.good.org/", "ads: sub.good.org"),
        ("https://böse.de/", "ads: xn--bse-sna.de"),
    ],
)
def test_listed_host_and_all_below_it_are_blocked(url: str, detail: str) -> None:
    assert blocked_reason(page(url), LIST) == ("blocked_site", detail)


@pytest.mark.parametrize(
    "url",
    [
        "https://notbad.com/",
        "https://bad.com.example.org/",
        "https://bad.co/",
        "https://good.org/bad.com",
        "https://good.org/?u=https://bad.com/",
        "https://good.org/",
        "https://other.good.org/",
        "https://bad.com@good.org/",
        "no address",
        "",
        "http://[::1",
    ],
)
def test_host_that_is_not_listed_passes(url: str) -> None:
    assert blocked_reason(page(url), LIST) is None


@given(LABEL, LABEL, LABEL)
def test_entry_matches_suffixes_of_whole_labels_alone(before: str, name: str, end: str) -> None:
    listed = Blocklist({f"{name}.{end}9": "one"})
    assert blocked_reason(page(f"https://{before}.{name}.{end}9/"), listed)
    assert not blocked_reason(page(f"https://{before}{name}.{end}9/"), listed)


def write(folder: Path, text: str, name: str = "list.txt") -> str:
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


@pytest.mark.parametrize(
    ("line", "hosts"),
    [
        ("bad.com", ["bad.com"]),
        ("  BAD.com  ", ["bad.com"]),
        ("bad.com # why", ["bad.com"]),
        ("0.0.0.0 bad.com", ["bad.com"]),
        ("127.0.0.1\tbad.com", ["bad.com"]),
        ("::1 bad.com", ["bad.com"]),
        ("böse.de", ["xn--bse-sna.de"]),
        ("# bad.com", []),
        ("", []),
        ("two words", []),
    ],
)
def test_line_of_a_list_is_read(tmp_path: Path, line: str, hosts: list[str]) -> None:
    assert list(load_blocklist((write(tmp_path, line + "\n"),)).hosts) == hosts


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_lines_may_end_either_way(tmp_path: Path, ending: str) -> None:
    (tmp_path / "list").write_bytes(f"one.com{ending}two.com{ending}".encode())
    assert list(load_blocklist((f"{tmp_path}/list",)).hosts) == ["one.com", "two.com"]


def test_gzipped_list_is_read(tmp_path: Path) -> None:
    (tmp_path / "list.gz").write_bytes(gzip.compress(b"bad.com\n"))
    assert load_blocklist((f"{tmp_path}/list.gz",)).hosts == {"bad.com": "list.gz"}


def test_entry_keeps_the_first_list_that_has_it(tmp_path: Path) -> None:
    one, two = write(tmp_path, "bad.com", "one"), write(tmp_path, "bad.com\nbad.org", "two")
    assert load_blocklist((one, two)).hosts == {"bad.com": "one", "bad.org": "two"}


def test_no_lists_block_nothing() -> None:
    assert load_blocklist(()).hosts == {}


@pytest.mark.parametrize("name", ["gone.txt", "."])
def test_list_that_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is not a file; give a list of domains or 'builtin'"):
        load_blocklist((f"{tmp_path}/{name}",))


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"\x1f\x8bno gzip", gzip.compress(b"x" * 99, mtime=0)[:-9]]
)
def test_list_that_is_no_text_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "noise").write_bytes(data)
    with pytest.raises(UsageError, match="is not a text file; give one domain a line"):
        load_blocklist((f"{tmp_path}/noise",))


def test_fingerprint_does_not_depend_on_order() -> None:
    assert Blocklist({"a.com": "x", "b.com": "x"}).fingerprint == (
        Blocklist({"b.com": "x", "a.com": "x"}).fingerprint
    )


def test_fingerprint_depends_on_entries_and_lists() -> None:
    marks = {Blocklist(h).fingerprint for h in ({}, {"a.com": "x"}, {"a.com": "y"}, {"b.com": "x"})}
    assert len(marks) == 4


def test_builtin_list_has_entries_and_blocks_one() -> None:
    listed = load_blocklist(("builtin",))
    assert 50 <= len(listed.hosts) <= 100
    assert blocked_reason(page("https://ad.doubleclick.net/x"), listed) == (
        "blocked_site",
        "builtin: doubleclick.net",
    )


def test_builtin_list_names_each_site_once_in_order_below_its_category() -> None:
    groups: dict[str, list[str]] = {}
    for block in BUILTIN.read_text("utf-8").strip().split("\n\n")[1:]:
        heading, *sites = block.splitlines()
        groups[heading.removeprefix("# ").partition(":")[0]] = sites
    assert set(groups) == CATEGORIES
    assert all(sites == sorted(sites) for sites in groups.values())
    every = [site for sites in groups.values() for site in sites]
    assert len(every) == len(set(every)) == len(load_blocklist(("builtin",)).hosts)


def test_every_source_of_lists_says_its_licence_and_categories() -> None:
    sources = tomllib.loads((BUILTIN.parent / "sources.toml").read_text("utf-8"))
    for source in sources.values():
        assert {"made_by", "licence", "form", "categories"} <= set(source)
    assert set(sources["builtin"]["categories"]) == CATEGORIES


def test_lists_are_part_of_what_is_installed() -> None:
    project = tomllib.loads((BUILTIN.parents[1] / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert "blocklists" in wheel["packages"]
