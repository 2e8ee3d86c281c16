"""Harm: what speaks beside a score, and which pages teach."""

from dataclasses import replace
from pathlib import Path

import pytest

from classifiers import harm_examples as harm_examples_module
from classifiers.harm import listed_words, load_evidence
from classifiers.harm_examples import HARMFUL, HARMLESS, harm_examples
from pipeline.document import Document, digest
from pipeline.errors import UsageError
from pipeline.screen.blocklist import load_lists

PLAIN = Document(
    id=digest("a"), url="https://a.org/", source="crawl", text="A quiet text of mills."
)


def lists_in(folder: Path, name: str, *lines: str) -> str:
    (folder / name).write_text("\n".join(lines), "utf-8")
    return str(folder / name)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (PLAIN, ""),
        (replace(PLAIN, url="https://www.bad.com/x"), "site: sites.txt: bad.com"),
        (replace(PLAIN, url="https://a.org/free-porn/"), "address: porn"),
        (replace(PLAIN, text="grue and grue, the dark snark"), "words: 3"),
        (replace(PLAIN, text="grue and gruesome snarks"), ""),
        (replace(PLAIN, text="grue grue grue " + "mill " * 2_000), ""),
    ],
    ids=["nothing", "site", "address", "words", "parts of words", "few in many words"],
)
def test_evidence_is_of_sites_addresses_and_words(
    document: Document, told: str, tmp_path: Path
) -> None:
    sites = lists_in(tmp_path, "sites.txt", "bad.com")
    words = lists_in(tmp_path, "words.txt", "# a comment", "Grue", "dark snark")
    assert load_evidence((sites,), (words,)).of(document) == told


def test_words_without_a_list_are_none(tmp_path: Path) -> None:
    assert listed_words(())("grue") == 0
    with pytest.raises(UsageError, match="cannot be read"):
        listed_words((str(tmp_path / "gone"),))


def crawl(listed: int, hard: int, plain: int) -> list[Document]:
    kinds = [("bad", "grue", listed), ("clinic", "grue", hard), ("mill", "flour", plain)]
    return [
        replace(
            PLAIN,
            id=digest(name, str(at)),
            url=f"https://{name}{at}.com/",
            site=f"{name}{at}.com",
            text=f"{word} number {at}",
        )
        for name, word, count in kinds
        for at in range(count)
    ]


def test_a_third_of_the_harmless_pages_hold_listed_words(tmp_path: Path) -> None:
    lists = load_lists((lists_in(tmp_path, "sites.txt", *(f"bad{at}.com" for at in range(90))),))
    listed = listed_words((lists_in(tmp_path, "words.txt", "grue"),))
    rows = harm_examples(crawl(90, 60, 300), lists, listed, seed=1)
    harmless = [row for row in rows if row.label == HARMLESS]
    assert [sum(row.label == name for row in rows) for name in (HARMFUL, HARMLESS)] == [90, 90]
    assert sum("grue" in row.text for row in harmless) == 30
    assert rows == harm_examples(reversed(crawl(90, 60, 300)), lists, listed, seed=1)


def test_too_few_pages_of_listed_sites_are_refused(tmp_path: Path) -> None:
    lists = load_lists((lists_in(tmp_path, "sites.txt", "bad1.com"),))
    with pytest.raises(UsageError, match="1 pages stand on listed sites"):
        harm_examples(crawl(40, 0, 300), lists, listed_words(()), seed=1)


def test_a_site_teaches_with_twenty_pages_at_most(tmp_path: Path) -> None:
    lists = load_lists((lists_in(tmp_path, "sites.txt", *(f"bad{at}.com" for at in range(60))),))
    many = [
        replace(one, id=digest(one.id, str(at)))
        for one in crawl(60, 0, 300)[:1]
        for at in range(40)
    ]
    rows = harm_examples([*crawl(60, 0, 300), *many], lists, listed_words(()), seed=1)
    assert sum(row.site == "bad0.com" for row in rows) == 20


def test_pages_are_the_same_however_few_are_held_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = load_lists((lists_in(tmp_path, "sites.txt", *(f"bad{at}.com" for at in range(90))),))
    monkeypatch.setattr(harm_examples_module, "MOST", 55)
    pages = [replace(one, site=f"{one.site[-5:]}") for one in crawl(90, 0, 300)]
    found = []
    for held in (10**9, 110, 56):
        monkeypatch.setattr(harm_examples_module, "_HELD", held)
        found.append(harm_examples(pages, lists, listed_words(()), seed=1))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 110
