"""Domains by rules."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.tagging.domain_model import DomainModel
from classifiers.tagging.domains import DOMAINS, RULES, evidence, tag_domain
from classifiers.tagging.tag_notes import note, notes_bytes, read_notes
from classifiers.tagging.tag_rules import Opening
from classifiers.tagging.taught import Taught, read_taught, taught_bytes, teach
from classifiers.tagging.topics import RULES as TOPIC_RULES
from classifiers.tagging.topics import tag_topics
from pipeline.document import Document, digest

PLAIN = Document(id="", url="https://www.example.org/a1", source="crawl", text="Nothing to see.")


def page(url: str = PLAIN.url, text: str = PLAIN.text, page_type: str = "") -> Document:
    return replace(PLAIN, url=url, text=text, page_type=page_type)


@pytest.mark.parametrize(
    ("document", "domain"),
    [
        (PLAIN, "other"),
        (page("https://en.wikipedia.org/wiki/Plum"), "encyclopedia"),
        (page("https://arxiv.org/abs/1234.56789"), "papers"),
        (page("https://forum.example.org/viewtopic.php?t=3"), "forum"),
        (page("https://github.com/a/b"), "code"),
        (page("https://www.gutenberg.org/files/11/11-h.htm"), "books"),
        (page("https://www.example.com/recipes/plum-cake"), "reference"),
        (page("https://www.example.com/shop/product/17"), "commerce"),
        (page("https://www.imdb.com/title/tt1"), "entertainment"),
        (page(page_type="NewsArticle"), "news"),
        (page(page_type="product"), "commerce"),
        (page(page_type="forum"), "forum"),
        (page(page_type="documentation"), "reference"),
        (page(text="Add to cart. In stock. Free shipping on all orders."), "commerce"),
        (page(text="Posted by anna. 3 replies. Last edited by ben."), "forum"),
        (page("https://notwikipedia.org/"), "other"),
        (page("https://a.org/2016/12/best-shop-for-video-games-and-news"), "other"),
        (page(text="It was a sunny day. See also the plum."), "other"),
    ],
    ids=lambda value: value.url if isinstance(value, Document) else value,
)
def test_tag_domain_of_clear_evidence_is_its_domain(document: Document, domain: str) -> None:
    assert tag_domain(document)[0] == domain


def test_tag_domain_declared_by_the_source_wins() -> None:
    declared = replace(page("https://en.wikipedia.org/wiki/Plum"), domain="medicine")
    assert tag_domain(declared) == ("medicine", 1.0)


def test_names_of_programs_settle_a_page_of_documentation() -> None:
    assert evidence(Opening(replace(PLAIN, has_code=True)))["code"] == 1.5
    manual = page(page_type="documentation", text="Open the menu and choose a printer.")
    assert tag_domain(manual)[0] == "reference"
    named = page(page_type="documentation", text="See read_file() and std::string, x.open(a).")
    assert tag_domain(named)[0] == "code"


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=20))
def test_tag_domain_of_any_page_is_one_of_ten_with_a_chance(
    text: str, url: str, page_type: str
) -> None:
    domain, score = tag_domain(page("https://a.org/" + url, text, page_type))
    assert domain in DOMAINS
    assert 1 / len(DOMAINS) <= score <= 1


def test_rules_name_ten_domains_and_every_entry_once_per_list() -> None:
    few = ("hints", "settled")
    assert (len(DOMAINS), len(TOPIC_RULES.tags)) == (10, 24)
    assert all(len(entries) > 50 for kind, entries in RULES.lists.items() if kind not in few)
    twice = {
        (kind, name)
        for rules in (RULES, TOPIC_RULES)
        for kind, entries in rules.lists.items()
        for name, domains in entries.items()
        if len(domains) != len(set(domains))
    }
    assert twice == set()


def taught_by(pages: Iterable[Document]) -> Taught:
    found = list(pages)
    return teach(found, note(found))


def learnt() -> Taught:
    """What pages of three domains teach, told by their addresses, with words of their own."""
    own = {
        "forum": "moss lichen posted reply joined thread",
        "news": "gull tern said officials reporters spokesman",
        "commerce": "brass copper price cart shipping warranty",
    }
    places = {"forum": "forum/thread", "news": "news/world", "commerce": "shop/product"}
    return taught_by(
        Document(
            id=digest(domain, str(at)),
            url=f"https://{domain}{at}.com/{places[domain]}/{at}",
            source="crawl",
            site=f"{domain}{at}.com",
            text=f"{own[domain]} and some more of it",
        )
        for domain in own
        for at in range(30)
    )


def test_texts_are_told_by_what_sure_pages_hold() -> None:
    model = DomainModel(learnt())
    assert model.known == ["forum", "news", "commerce"]
    told = model.tag(note([page(text=text) for text in ("gull tern", "brass copper", "unknown")]))
    assert [domain for domain, _ in told] == ["news", "commerce", "other"]


def test_few_pages_teach_nothing() -> None:
    few = taught_by([page("https://forum.a.org/viewtopic.php?t=3"), page("https://github.com/a/b")])
    model = DomainModel(few)
    assert few.pages.sum() == 2
    assert model.known == []
    assert model.tag(note([page("https://github.com/a/b")])) == [
        tag_domain(page("https://github.com/a/b"))
    ]


def test_what_parts_teach_is_the_same_in_any_order_and_read_back(tmp_path: Path) -> None:
    sites = [replace(page("https://github.com/a/b"), id=str(at), site=str(at)) for at in range(9)]
    parts = [sites, [page("https://github.com/a/b")], [page(text="of nothing")]]
    paths = [str(tmp_path / f"{at}.npz") for at in range(3)]
    for path, pages in zip(paths, parts, strict=True):
        Path(path).write_bytes(taught_bytes(teach(pages, note(pages))))
    found = read_taught(paths)
    assert taught_bytes(found) == taught_bytes(read_taught(reversed(paths)))
    assert found.pages.sum() == found.pages[DOMAINS.index("code")] == 10
    (tmp_path / "all.npz").write_bytes(taught_bytes(found))
    assert (read_taught([str(tmp_path / "all.npz")]).held == found.held).all()
    assert read_taught([]).pages.sum() == 0


def test_a_site_teaches_with_five_pages_of_a_part() -> None:
    pages = [
        replace(page(f"https://github.com/a/{at}"), id=digest(str(at)), site="github.com")
        for at in range(9)
    ]
    assert taught_by(pages).pages.sum() == 5


def test_declared_pages_teach_their_domain() -> None:
    declared = replace(page(text="a chapter"), domain="books")
    assert taught_by([declared]).pages[DOMAINS.index("books")] == 1
    assert taught_by([replace(declared, domain="medicine")]).pages.sum() == 0


def test_notes_are_read_back_as_they_were_taken(tmp_path: Path) -> None:
    pages = [page(text="gull tern gull"), page(text=""), page("https://github.com/a/b")]
    notes = note(pages)
    (tmp_path / "notes.npz").write_bytes(notes_bytes(notes))
    found = read_notes(str(tmp_path / "notes.npz"))
    model = DomainModel(learnt())
    assert model.tag(found) == model.tag(notes)
    assert [len(places) for places, _ in found.words()] == [2, 0, 3]
    assert model.tag(note([])) == []


@pytest.mark.parametrize(
    ("url", "text", "topic"),
    [
        ("https://a.org/x", "Simmer the onions, add butter, salt and rice.", "Food & Dining"),
        ("https://a.org/x", "The jury and the judge heard an appeal at court.", "Crime & Law"),
        ("https://espn.com/nba/story", "They met again.", "Sports & Fitness"),
        ("https://a.org/x", "They met again.", ""),
        ("https://a.org/x", "", ""),
    ],
)  # fmt: skip
def test_topics_are_told_by_words_and_addresses(url: str, text: str, topic: str) -> None:
    ((found, share),) = tag_topics(note([page(url, text)]).topics)
    assert found == topic
    assert 0 < share <= 1
