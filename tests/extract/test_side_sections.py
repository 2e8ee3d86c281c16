"""Sections below a label such as "Related stories" go, and the text around them stays."""

import pytest
from support_extract import page_of

from pipeline.extract.judge.side_sections import is_label, without_side_sections

TEXT = "".join(
    f"<p>{n}. Flour, water, salt and time are all it takes to bake.</p>" for n in range(6)
)
TEASER = (
    "<h3><a href=/>A mill by the sea</a></h3><p>Wind has turned it for two hundred years now.</p>"
)


def left(html: str) -> list[str]:
    page = page_of(html)
    return [page.texts[at] for at in without_side_sections(page, list(range(len(page.texts))))]


@pytest.mark.parametrize(
    "label",
    [
        "Related stories", "YOU MAY ALSO LIKE", "Read next:", "Most read", "À lire aussi",
        "Das könnte Sie auch interessieren", "Artículos relacionados", "Читайте также:",
        "【関連記事】", "猜你喜欢", "관련 기사", "مقالات ذات صلة",
    ],
)  # fmt: skip
def test_label_of_a_section_beside_the_text_is_known(label: str) -> None:
    assert is_label(label)


@pytest.mark.parametrize(
    "text",
    [
        "Related work",
        "See also",
        "Most read books are short.",
        "News from the mill",
        "Products",
        "",
    ],
)
def test_heading_of_the_text_is_no_such_label(text: str) -> None:
    assert not is_label(text)


@pytest.mark.parametrize(
    "section",
    [
        f"<section><h2>Related stories</h2>{TEASER * 3}</section>",
        f"<h2>You may also like</h2>{TEASER * 3}",
        f"<div><div>Read next</div><ul>{'<li><a href=/>A mill by the sea</a>' * 3}</ul></div>",
        "<div><p>Most read</p><p><a href=/>Why a mill of nobody is still by the sea</a></p></div>",
    ],
    ids=["section", "heading", "list", "link"],
)
def test_section_goes_with_its_label_and_the_text_stays(section: str) -> None:
    page = f"<article>{TEXT}{section}</article><footer>{'<p>Thanks for reading.</p>'}</footer>"
    assert left(page) == left(
        f"<article>{TEXT}</article><footer><p>Thanks for reading.</p></footer>"
    )


def test_next_heading_of_the_level_of_the_label_ends_its_section() -> None:
    page = f"{TEXT}<h2>Related posts</h2><p>A mill by the sea</p><h2>Yeast</h2>{TEXT}"
    assert left(page) == left(f"{TEXT}<h2>Yeast</h2>{TEXT}")


def test_label_within_the_text_takes_one_link_and_not_what_follows() -> None:
    page = f"{TEXT}<p>Lees ook</p><p><a href=/>A mill by the sea</a></p>{TEXT}"
    assert left(page) == left(TEXT * 2)


def test_page_that_is_the_list_keeps_it() -> None:
    page = f"<p>Mills</p><h2>Latest news</h2>{TEASER * 9}"
    assert len(left(page)) == 20


def test_page_of_labels_keeps_some() -> None:
    assert left("<h4>Read next</h4>" * 20_000)


@pytest.mark.parametrize(
    "section",
    [
        f"<h3>Also read</h3><ul>{'<li><a href=/>A mill by the sea</a>' * 3}</ul>",
        f"<h2>Related articles</h2><div id=w></div><h2>Yeast</h2>{TEXT}",
        "<h2>Read next</h2>",
    ],
    ids=["list", "empty box", "heading"],
)
def test_text_behind_a_section_within_it_stays(section: str) -> None:
    page = f"<title>Bread</title><article><h1>Bread</h1>{TEXT}{section}{TEXT}</article>"
    assert len(left(page)) >= 13


def test_empty_box_before_the_article_does_not_hide_the_section_behind_it() -> None:
    page = f"<aside><h3>Read next</h3></aside><article><h1>Bread</h1>{TEXT}</article>"
    section = f"<section><h2>Related stories</h2>{TEASER}</section>"
    assert left(page + section)[-1].startswith("5. Flour")


def test_posts_of_a_blog_are_what_it_is_for() -> None:
    page = f"<h1>Mills</h1>{TEXT}<section><h2>Recent posts</h2>{TEASER * 9}</section>"
    assert len(left(page)) == 26


@pytest.mark.parametrize(
    "html",
    [
        f"<h1>Latest news</h1>{TEASER * 3}",
        "<table><tr><th>Place<th>Most popular<tr><td>Oxbow<td>Rye bread</table>",
    ],
    ids=["title", "table"],
)
def test_title_and_cells_are_no_labels(html: str) -> None:
    assert len(left(f"{TEXT}{html}")) == len(page_of(f"{TEXT}{html}").texts)
