"""What compiled lists answer: the same as a plain slow search, and the same bytes each time."""

import gzip
import io
import tarfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.screen.blocklist import load_lists
from pipeline.screen.lists.compiled import PAGES, Listed, in_memory, opened
from pipeline.screen.lists.compiling import compiled
from pipeline.screen.lists.entries import Kind
from pipeline.screen.lists.list_sources import Understood, entries
from pipeline.screen.lists.lookup import Lists

LABEL = st.sampled_from(["a", "b", "c", "www"])
HOST = st.lists(LABEL, min_size=1, max_size=3).map(".".join).map("{}.org".format)
PATH = st.lists(st.sampled_from(["x", "y"]), max_size=3).map("/".join)


def written(folder: Path, *lines: str, name: str = "list.txt") -> str:
    (folder / name).write_text("\n".join(lines), "utf-8")
    return str(folder / name)


def lists(folder: Path, *lines: str) -> Lists:
    return load_lists((written(folder, *lines),))


@pytest.mark.parametrize(
    "url",
    [
        "https://bad.com/",
        "https://a.b.bad.com/x?y#z",
        "http://BAD.com.:8080/",
        "http://user:pass@bad.com/",
        "https://pages.org/path",
        "https://www.pages.org/path/more?x=1",
        "http://pages.org:8080/a/../path",
        "https://böse.de/",
    ],
)
def test_what_is_listed_is_blocked(url: str, tmp_path: Path) -> None:
    assert lists(tmp_path, "bad.com", "https://pages.org/path", "böse.de").find(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://notbad.com/",
        "https://pages.org/",
        "https://pages.org/pathology",
        "https://sub.pages.org/path/",
        "https://pages.org/other/path",
        "https://bad.com.example.org/",
        "https://good.org/?u=https://bad.com/",
        "no address",
        "",
        "http://[::1",
    ],
)
def test_what_is_not_listed_passes(url: str, tmp_path: Path) -> None:
    assert lists(tmp_path, "bad.com", "https://pages.org/path").find(url) is None


def test_an_allow_list_wins(tmp_path: Path) -> None:
    found = lists(tmp_path, "bad.com", "@@||good.bad.com^", "bad.org/x", "@@||bad.org/x/y")
    assert found.find("https://bad.com/")
    assert found.find("https://good.bad.com/") is None
    assert found.find("https://www.good.bad.com/") is None
    assert found.find("https://bad.org/x/y/z") is None
    assert found.find("https://bad.org/x/z")


def test_a_drop_says_list_category_and_entry(tmp_path: Path) -> None:
    (tmp_path / "ut1" / "adult").mkdir(parents=True)
    (tmp_path / "ut1" / "adult" / "domains").write_text("bad.com\n")
    (tmp_path / "ut1" / "adult" / "urls").write_text("pages.org/path\n")
    found = load_lists((f"{tmp_path}/ut1#adult",))
    assert str(found.find("https://www.bad.com/")) == "ut1 adult: bad.com"
    assert str(found.find("https://pages.org/path/x")) == "ut1 adult: pages.org/path"


def archive(folder: Path) -> str:
    path = folder / "ut1.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        for category in ("adult", "bank"):
            data = f"{category}.com\n".encode()
            member = tarfile.TarInfo(f"blacklists/{category}/domains")
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))
    return str(path)


def test_of_an_archive_what_is_named_is_read(tmp_path: Path) -> None:
    found = load_lists((f"{archive(tmp_path)}#adult",))
    assert found.find("https://adult.com/")
    assert found.find("https://bank.com/") is None


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("ut1.tar.gz", "name those you mean"),
        ("ut1.tar.gz#cars", "no category 'cars'"),
        ("gone.txt", "is not there"),
        ("words.txt", "no entry of a known form"),
        ("list.txt#adult", "has no categories"),
    ],
)
def test_what_cannot_be_read_is_refused(source: str, reason: str, tmp_path: Path) -> None:
    archive(tmp_path)
    written(tmp_path, "bad.com")
    written(tmp_path, *["bad.com"] * 98, "two words", "more words", name="words.txt")
    with pytest.raises(UsageError, match=reason):
        load_lists((f"{tmp_path}/{source}",))


def test_one_line_in_a_hundred_may_be_of_no_known_form(tmp_path: Path) -> None:
    assert lists(tmp_path, *["bad.com"] * 199, "two words").find("https://bad.com/")


def test_a_packed_list_is_read(tmp_path: Path) -> None:
    (tmp_path / "list.gz").write_bytes(gzip.compress(b"bad.com\n"))
    assert load_lists((f"{tmp_path}/list.gz",)).find("https://bad.com/")


def test_the_same_lists_give_the_same_bytes(tmp_path: Path) -> None:
    lines = [f"site{at}.org" for at in range(500)] + [f"page{at}.org/x" for at in range(50)]
    made = {
        compiled(entries(written(tmp_path, *some), Understood()))
        for some in (lines, lines[::-1], lines + lines)
    }
    assert len(made) == 1


def test_a_file_answers_as_memory_does(tmp_path: Path) -> None:
    data = compiled([("bad.com", Listed("one", "adult"))])
    (tmp_path / "sites").write_bytes(data)
    assert opened(tmp_path / "sites").labels_of("bad.com") == in_memory(data).labels_of("bad.com")
    assert load_lists((f"{tmp_path}/sites",)).find("https://bad.com/")


def test_a_compiled_allow_list_wins_too(tmp_path: Path) -> None:
    (tmp_path / "sites").write_bytes(compiled([("bad.com", Listed("one", ""))]))
    found = load_lists((written(tmp_path, "bad.com"),), (str(tmp_path / "sites"),))
    assert found.find("https://bad.com/") is None
    assert found.allows("https://bad.com/")


def test_an_entry_of_www_is_one_of_the_bare_host_and_of_no_other(tmp_path: Path) -> None:
    found = lists(tmp_path, "www.bad.com")
    assert found.find("https://bad.com/")
    assert found.find("https://a.bad.com/") is None


def test_lists_that_end_alike_are_told_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        written(tmp_path / name, f"{name}.org")
    found = load_lists((f"{tmp_path}/a/list.txt", f"{tmp_path}/b/list.txt"))
    assert str(found.find("https://b.org/")) == "b/list.txt: b.org"


def test_rules_count_as_understood_in_lists_of_rules_alone(tmp_path: Path) -> None:
    assert lists(tmp_path, "[Adblock Plus 2.0]", "||bad.com^", "/ads[0-9]/").find("http://bad.com")
    with pytest.raises(UsageError, match="no entry of a known form"):
        lists(tmp_path, "bad.com", "bad.*")


def test_a_list_that_names_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names no site"):
        lists(tmp_path, "||ads.bad.")


@pytest.mark.parametrize("part", ["ö.", "a.", "a/", "&", "?", "%"])
def test_long_addresses_are_soon_told(part: str, tmp_path: Path) -> None:
    found = lists(tmp_path, "bad.com", "bad.org/x")
    began = time.process_time()
    found.find(f"http://bad.org/{part * 30_000}")
    found.find(f"http://{part * 30_000}")
    assert time.process_time() - began < 2


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    data = bytearray(compiled([("bad.com", Listed("one", ""))]))
    data[-1] ^= 1
    (tmp_path / "sites").write_bytes(bytes(data))
    with pytest.raises(UsageError, match="is damaged"):
        opened(tmp_path / "sites")


def test_a_file_that_is_cut_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sites").write_bytes(compiled([("bad.com", Listed("one", ""))])[:-1])
    with pytest.raises(UsageError, match="is damaged"):
        opened(tmp_path / "sites")


def test_no_lists_block_nothing() -> None:
    assert load_lists(()).find("https://bad.com/") is None


def slow(listed: set[str], name: str, path: str) -> bool:
    """What a plain search finds."""
    hosts = [name.split(".", at)[-1] for at in range(name.count(".") + 1)]
    if not listed.isdisjoint(hosts if name.startswith("www.") else [*hosts, f"www.{name}"]):
        return True
    parts = path.strip("/").split("/")
    below = ["/".join(parts[:at]) for at in range(1, len(parts) + 1) if path.strip("/")]
    plain = name.removeprefix("www.") if name.count(".") > 1 else name
    return any(f"{plain}/{part}" in listed for part in below)


@given(
    st.lists(st.tuples(HOST, PATH), max_size=8),
    st.lists(st.tuples(HOST, PATH), min_size=1, max_size=8),
)
def test_look_ups_agree_with_a_slow_search(
    made: list[tuple[str, str]], asked: list[tuple[str, str]]
) -> None:
    keys: list[tuple[str, Listed]] = []
    for name, path in made:
        one = Listed("list", "")
        plain = name.removeprefix("www.") if name.count(".") > 1 else name
        keys += [(f"{plain}/{path}", one), (plain, PAGES)] if path else [(name, one)]
    listed = {key for key, one in keys if one is not PAGES}
    found = Lists((in_memory(compiled(keys)),))
    for name, path in asked:
        url = f"https://{name}/{path}"
        assert bool(found.find(url)) == slow(listed, name, urlsplit(url).path)


# Lines of every form, with an address that each blocks and one that it does not.
FORMS = {
    "||ads-mill.net^": ("https://x.ads-mill.net/", "https://mill.net/"),
    "0.0.0.0 a-mill.org b-mill.org": ("https://b-mill.org/x", "https://c-mill.org/"),
    "*.wild-mill.org": ("https://www.wild-mill.org/", "https://mill.org/"),
    ".dot-mill.org": ("https://a.dot-mill.org/", "https://dot-mill.org.uk/"),
    "https://full-mill.org/path": ("https://full-mill.org/path/a", "https://full-mill.org/"),
    "address=/dns-mill.org/": ("https://dns-mill.org/", "https://dns-mill.com/"),
}


@pytest.mark.parametrize("line", FORMS)
def test_a_line_blocks_what_it_says(line: str, tmp_path: Path) -> None:
    found = lists(tmp_path, line)
    blocked, passes = FORMS[line]
    assert found.find(blocked)
    assert found.find(passes) is None


@pytest.mark.shared
def test_the_lines_of_a_mixed_list_all_block(data: Path) -> None:
    found = load_lists((str(data / "faults" / "web" / "50-blocklist.txt"),))
    assert all(found.find(blocked) for blocked, _ in FORMS.values())


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    ["hosts/*.hosts", "hosts/adaway-hosts.txt", "datatrove/*.gz", "ut1/ut1-blacklists.tar.gz"],
)
def test_published_lists_are_understood(data: Path, name: str) -> None:
    for path in (data / "blocklists").glob(name):
        categories = "#gambling,warez,mixed_adult" if name.startswith("ut1") else ""
        understood = Understood()
        assert len(list(entries(f"{path}{categories}", understood))) > 5
        assert understood.kinds[Kind.UNKNOWN] * 1_000 <= sum(understood.kinds.values())
