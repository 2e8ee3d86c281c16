"""Sites and addresses that a recipe does not want: each for its reason."""

import os
import tomllib
from pathlib import Path
from typing import Any

from pipeline.recipe import ScreenConfig
from pipeline.screen.blocklist import Sites, blocked_reason, load_sites
from pipeline.screen.lists.entries import Kind, read_line
from pipeline.screen.lists.list_sources import BUILTIN
from pipeline.screen.lists.lookup import Lists

CATEGORIES = {"adult", "gambling", "malware", "ad_tracking", "file_hosting"}


def sites(folder: Path, **lists: str) -> Sites:
    """What a recipe says that names one list of each name, of these lines."""
    keys: dict[str, Any] = {"blocklists": ()}
    for name, lines in lists.items():
        (folder / name).write_text(lines, "utf-8")
        keys[name] = (str(folder / name),)
    return load_sites(ScreenConfig(**keys))


def test_a_listed_site_is_blocked_with_its_list_and_entry(tmp_path: Path) -> None:
    found = blocked_reason("https://www.bad.com/x", sites(tmp_path, blocklists="bad.com"))
    assert found == ("blocked_site", "blocklists: bad.com")


def test_a_site_that_opted_out_has_a_reason_of_its_own(tmp_path: Path) -> None:
    found = blocked_reason("https://no.org/x", sites(tmp_path, opted_out="no.org"))
    assert found == ("site_opt_out", "opted_out: no.org")


def test_words_of_an_address_are_told() -> None:
    assert blocked_reason("https://a.org/hentai", Sites(by_words=True)) == ("url_words", "hentai")
    assert blocked_reason("https://a.org/hentai", Sites()) is None


def test_an_allowed_site_passes_lists_and_words(tmp_path: Path) -> None:
    found = sites(tmp_path, blocklists="good.org", allowlists="good.org\nfine.org/art")
    assert blocked_reason("https://good.org/hentai", found) is None
    assert blocked_reason("https://fine.org/art/hentai", found) is None
    assert blocked_reason("https://fine.org/hentai", found) == ("url_words", "hentai")


def test_an_opt_out_wins_over_what_is_allowed(tmp_path: Path) -> None:
    found = sites(tmp_path, opted_out="no.org\n@@||no.org^", allowlists="no.org")
    assert blocked_reason("https://no.org/", found) == ("site_opt_out", "opted_out: no.org")


def test_another_address_passes(tmp_path: Path) -> None:
    assert blocked_reason("https://good.org/mills", sites(tmp_path, blocklists="bad.com")) is None


def test_the_fingerprint_is_of_what_is_listed(tmp_path: Path) -> None:
    marks = []
    for at, lines in enumerate(("a.com\nb.com", "b.com\na.com\n", "a.com", "a.com/x")):
        (tmp_path / str(at)).mkdir()
        marks.append(sites(tmp_path / str(at), blocklists=lines).fingerprint)
    assert marks[0] == marks[1]
    assert len(set(marks)) == 3


def test_a_list_that_changes_is_read_again(tmp_path: Path) -> None:
    before = sites(tmp_path, blocklists="a.com").fingerprint
    os.utime(tmp_path / "blocklists", ns=(1, 1))
    assert sites(tmp_path, blocklists="b.com").fingerprint != before


def test_the_builtin_list_blocks_with_its_category() -> None:
    found = blocked_reason("https://ad.doubleclick.net/x", load_sites(ScreenConfig()))
    assert found == ("blocked_site", "builtin ad_tracking: doubleclick.net")


def test_the_builtin_list_names_each_site_once_in_order() -> None:
    assert {folder.name for folder in BUILTIN.iterdir()} == CATEGORIES
    every = []
    for file in BUILTIN.glob("*/domains"):
        listed = [line for line in file.read_text("utf-8").splitlines() if line[0] != "#"]
        assert listed == sorted(listed)
        assert all(read_line(line).kind is Kind.SITE for line in listed)
        every += listed
    assert len(every) == len(set(every)) >= 50


def test_every_source_of_lists_says_its_licence_and_categories() -> None:
    sources = tomllib.loads((BUILTIN.parent / "sources.toml").read_text("utf-8"))
    for source in sources.values():
        assert {"made_by", "licence", "form", "categories"} <= set(source)
    assert all("from" in source for name, source in sources.items() if name != "builtin")
    assert set(sources["builtin"]["categories"]) == CATEGORIES


def test_lists_are_part_of_what_is_installed() -> None:
    project = tomllib.loads((BUILTIN.parents[1] / "pyproject.toml").read_text("utf-8"))
    assert "blocklists" in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def test_no_lists_block_nothing() -> None:
    assert blocked_reason("https://bad.com/", Sites(Lists())) is None
