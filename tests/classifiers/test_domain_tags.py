"""Domains by rules."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.domains import DOMAINS, RULES, evidence, tag_domain
from pipeline.document import Document

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


def test_code_blocks_settle_a_page_of_documentation() -> None:
    assert evidence(replace(PLAIN, has_code=True))["code"] == 1.5
    assert tag_domain(replace(page(page_type="documentation"), has_code=True))[0] == "reference"


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=20))
def test_tag_domain_of_any_page_is_one_of_ten_with_a_chance(
    text: str, url: str, page_type: str
) -> None:
    domain, score = tag_domain(page("https://a.org/" + url, text, page_type))
    assert domain in DOMAINS
    assert 1 / len(DOMAINS) <= score <= 1


def test_rules_name_ten_domains_and_every_entry_once_per_list() -> None:
    assert len(DOMAINS) == 10
    assert min(map(len, RULES.lists.values())) > 50
    twice = {
        (kind, name)
        for kind, entries in RULES.lists.items()
        for name, domains in entries.items()
        if len(domains) != len(set(domains))
    }
    assert twice == set()
