"""What names, words, anchors and the page's own metadata tell of a block."""

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from support_extract import page_of

from pipeline.extract.judge.characters import character_classes, count_characters
from pipeline.extract.judge.features import FEATURES, Floats, block_features
from pipeline.extract.judge.nearness import lead_block
from pipeline.extract.page.class_names import (
    MAY_BE_CODE,
    MAY_BE_MATH,
    SENSES,
    NameWeights,
    name_tokens,
    read_names,
    uses_of,
)
from pipeline.extract.page.metadata import Metadata, json_body
from pipeline.extract.page.walk import read_blocks
from pipeline.recipe import ExtractConfig

CLASSES = character_classes()
PROSE = "Flour, water, salt and time are all it takes, and most of it is time, says the baker."


def matrix_of(html: str, weights: dict[str, int] | None = None) -> tuple[list[str], Floats]:
    page = page_of(html)
    return page.texts, block_features(page, NameWeights(weights or {}), CLASSES)


def column(matrix: Floats, name: str) -> list[float]:
    return [float(value) for value in matrix[FEATURES.index(name)]]


@pytest.mark.parametrize(
    ("names", "senses"),
    [
        ("comment-list", {"comments"}),
        ("commentarea", {"comments"}),
        ("responses", {"comments"}),
        ("commenti", {"comments"}),
        ("commentinput", {"comments"}),
        ("post-replies", {"comments"}),
        ("commentary", set()),
        ("commenting-on-mills", set()),
        ("about-responses", set()),
        ("explicit-in-reply-to", set()),
        ("relatedposts", {"related"}),
        ("site-nav", {"menu"}),
        ("entry-content", {"body"}),
        ("ad", {"promotion"}),
        ("header-ads", {"promotion", "menu"}),
        ("shadow", set()),
        ("comments-open", set()),
        ("has-sidebar", set()),
        ("category-comments", set()),
        ("", set()),
    ],
)
def test_names_have_the_senses_of_their_use(names: str, senses: set[str]) -> None:
    bits = read_names(names).senses
    assert {sense for at, sense in enumerate(SENSES) if bits >> at & 1} == senses


def test_numbers_in_names_do_not_part_kinds() -> None:
    assert read_names("post-17 hentry") == read_names("post-4711 hentry")


def test_tokens_are_names_and_their_runs_of_letters() -> None:
    assert name_tokens("Post-Title lead") == ["post-title", "lead", "post", "title", "lead"]


def test_names_weigh_what_their_distinct_tokens_do() -> None:
    weights = NameWeights({"post": 3, "post-title": 4, "lead": -2})
    assert [weights.of("Post-Title lead") for _ in range(2)] == [5, 5]
    assert weights.of("other") == 0


@given(st.text(max_size=200))
def test_any_names_are_read(names: str) -> None:
    read = read_names(names)
    assert 0 <= read.senses < 1 << len(SENSES)
    assert not any(character.isdecimal() and character != "0" for character in read.plain)


def test_what_meets_the_lead_only_far_above_has_more_levels() -> None:
    html = (
        "<title>The bread of the city</title><body><div><h1>The bread of the city</h1>"
        f"<div><p>{PROSE}</p><p>{PROSE} Twice.</p></div></div>"
        f"<div><p>{PROSE} Elsewhere.</p></div></body>"
    )
    _, matrix = matrix_of(html)
    assert column(matrix, "lead_levels") == [2, 0, 1, 3]
    assert column(matrix, "title_levels") == [0, 1, 1, 2]


def test_lead_is_the_first_prose_behind_the_title() -> None:
    page = read_blocks(f"<p>{PROSE} Teaser.</p><h1>Title</h1><p>Menu</p><p>{PROSE}</p>",
                       ExtractConfig())  # fmt: skip
    assert not isinstance(page, str)
    counts = count_characters(page.texts, CLASSES)
    assert lead_block(counts, page.place_rows(), title=1) == 3
    assert lead_block(counts, page.place_rows(), title=-1) == 0


def test_sense_that_holds_for_the_lead_too_tells_nothing() -> None:
    wrapped = f"<div class=comments><p>{PROSE}</p><p>Aye.</p></div>"
    beside = f"<p>{PROSE}</p><div class=comments><p>Aye.</p></div>"
    assert column(matrix_of(f"<body>{wrapped}</body>")[1], "is_comments") == [0, 0]
    assert column(matrix_of(f"<body>{beside}</body>")[1], "is_comments") == [0, 1]


def test_articles_are_numbered_and_counted() -> None:
    html = (
        f"<body><article><p>{PROSE}</p></article><article><p>One.</p></article><p>Two.</p></body>"
    )
    _, matrix = matrix_of(html)
    assert column(matrix, "article_number") == [1, 2, 0]
    assert column(matrix, "article_count") == [2, 2, 2]


def test_article_body_of_the_metadata_is_found_on_the_page() -> None:
    script = f'<script type="application/ld+json">{{"articleBody": "{PROSE * 3}"}}</script>'
    _, matrix = matrix_of(
        f"<head>{script}</head><body><p>{PROSE}</p><p>Subscribe to us now</p></body>"
    )
    assert column(matrix, "in_body") == [2, 0]
    assert column(matrix_of(f"<body><p>{PROSE}</p></body>")[1], "in_body") == [-1]


@pytest.mark.parametrize(
    "script", ['{"articleBody": "cut', '{"articleBody": 7}', "", "\\", "[" * 9]
)
def test_metadata_that_does_not_parse_tells_nothing(script: str) -> None:
    assert json_body(script) == ""


def test_escapes_and_markup_of_a_body_are_undone() -> None:
    body = "caf\\u00e9 &amp; <b>bread</b> " + "x" * 200
    assert json_body(f'{{"articleBody":"{body}"}}').startswith("café &  bread")


def test_first_body_of_the_page_counts() -> None:
    first, second = (f'{{"articleBody": "{letter * 250}"}}' for letter in "ab")
    assert Metadata().with_json(first).with_json(second).body == "a" * 250


@given(st.text(min_size=1, max_size=300))
def test_features_are_finite_on_any_text(text: str) -> None:
    page = read_blocks(
        f"<body><div class='{text[:40]}'><p>{text}</p></div></body>", ExtractConfig()
    )
    if isinstance(page, str):
        reject()
    assert np.isfinite(block_features(page, NameWeights({}), CLASSES)).all()


@pytest.mark.parametrize("names", ["responsive-table", "position-relative", "overflow-hidden"])
def test_layout_names_have_no_sense(names: str) -> None:
    assert read_names(names).senses == 0


def test_what_a_class_is_for_is_not_told_by_an_id() -> None:
    html = "<body>{}<span class='copy'>Copy</span><pre>a = 1</pre></div></body>"
    by_class, by_id = (
        read_blocks(html.format(f'<div {name}="highlight">'), ExtractConfig())
        for name in ("class", "id")
    )
    assert not isinstance(by_class, str)
    assert not isinstance(by_id, str)
    assert (len(by_class.texts), len(by_id.texts)) == (1, 2)


def test_a_use_is_read_behind_many_other_names() -> None:
    many = " ".join(f"name-{at}" for at in range(30))
    assert uses_of(f"{many} katex") == MAY_BE_MATH
    assert uses_of(f"{many} highlight") == MAY_BE_CODE
    assert uses_of(many) == 0


@pytest.mark.parametrize(
    "html",
    [
        "<head><link rel=Canonical href=https://forum.example.org/t/rye/12></head><body>Rye",
        "<head><meta property=og:url content=https://a.example.org/threads/rye.7/></head><body>Rye",
        "<head><link rel=canonical href='./viewtopic.php?t=7'></head><body>Rye",
        "<html itemscope itemtype=https://schema.org/QAPage><body>Rye",
        "<body><div itemtype='http://schema.org/DiscussionForumPosting'>Rye</div>",
        "<body><span itemtype='https://schema.org/QAPage'>Rye</span>",
        "<head><meta name=generator content='Discourse 3.5'></head><body>Rye",
    ],
)
def test_forum_is_known_by_its_address_its_markup_or_its_program(html: str) -> None:
    assert page_of(html).metadata.is_forum


@pytest.mark.parametrize(
    "html",
    [
        "<head><link rel=canonical href=https://example.org/topics/models/></head><body>Rye",
        "<head><link rel=canonical href=https://example.org/performance/></head><body>Rye",
        "<head><link rel=alternate href=https://example.org/forum/></head><body>Rye",
        """<head><script type=application/ld+json>{"@type": "FAQPage", "mainEntity": [{"@type":
        "Question"}]}</script></head><body>Rye""",
        "<body><p>See https://schema.org/QAPage</p></body>",
        "<head><link rel=canonical href=https://shop.example.org/threads/cotton></head><body>Rye",
        "<head><link rel=canonical href=https://a.example.org/topic/12-climate></head><body>Rye",
        "<head><link rel=canonical href=https://a.example.org/forum/events/></head><body>Rye",
        "<head><link rel=canonical href=https://www.forum.example/news></head><body>Rye",
    ],
)
def test_page_of_questions_and_answers_is_no_forum(html: str) -> None:
    assert not page_of(html).metadata.is_forum
