"""A text begins with the page's title, once."""

import pytest
from support_extract import page_of

from pipeline.extract.title import first_title, page_title, with_title, without_title

PROSE = "<p>The millrace was cut in 1742 by three brothers.</p>"


def titled(html: str) -> list[str]:
    """The title, and the blocks that stay below it, of a page with all its blocks kept."""
    page = page_of(html)
    kept = list(range(len(page.texts)))
    title = first_title(page, kept)
    return [title, *(page.texts[at] for at in without_title(page, kept, title))]


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        ("<title>The Mill - Oxbow Press</title>", "<h1>The Mill</h1>", "The Mill"),
        ("<title>Oxbow Press | The Old Mill</title>", "<h2>The Old Mill</h2>", "The Old Mill"),
        ("<title>The Old Mill | Oxbow</title>", "", "The Old Mill"),
        ("<title>Oxbow Press | A Mill</title><meta property=og:site_name content='Oxbow Press'>",
         "", "A Mill"),
        ("<title>x</title><meta property=og:title content='The Mill of 1742'>", "",
         "The Mill of 1742"),
        ("<title>Well-kept mills</title>", "", "Well-kept mills"),
        ("<title>The Mill — Oxbow 3.2</title>", "<h1>Oxbow 3.2</h1><h1>The Mill</h1>", "The Mill"),
        ("<title>Oxbow 3.2 | The Mill</title>", "<h1><a href=/>Oxbow 3.2</a></h1><h1>The Mill</h1>",
         "The Mill"),
        ("<title>The Mill of 1742</title>", "<h1>The Mill of 1742</h1><h1>The Mill</h1>",
         "The Mill of 1742"),
        ("", "<h1>The Mill</h1>", "The Mill"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_title_is_what_names_the_page(head: str, heading: str, title: str) -> None:
    assert page_title(page_of(f"<head>{head}</head>{heading}{PROSE}")) == title


@pytest.mark.parametrize(
    "markup",
    [
        "<h1>The Mill</h1>",
        "<p>By A. Miller</p><h1>The Mill</h1>",
        "<h1>The mill!</h1>",
        "<div class=title>The Mill</div>",
        "<h1>The Mill</h1><h2>The Mill</h2>",
        "",
    ],
)
def test_title_stands_once(markup: str) -> None:
    first, *rest = titled(f"<title>The Mill - Oxbow</title>{markup}{PROSE}")
    assert first.rstrip("!").lower() == "the mill"
    assert not [text for text in rest if "mill" in text.lower().split()]


def test_heading_that_says_nearly_the_title_is_the_title() -> None:
    html = f"<title>The Mill of Oxbow in 1742</title><h1>The Mill of Oxbow, 1742</h1>{PROSE}"
    assert titled(html)[0] == "The Mill of Oxbow, 1742"
    assert len(titled(html)) == 2


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("B.1 The Mill", "B.1 The Mill"),
        ("34 The Mill", "34 The Mill"),
        ("12.3 The Mill", "12.3 The Mill"),
        ("The Mill", "The Mill Manual of 1742"),
        ("3 The Mil", "The Mill Manual of 1742"),
        ("Mill", "The Mill Manual of 1742"),
    ],
)
def test_numbered_heading_that_the_title_begins_with_is_the_title(heading: str, title: str) -> None:
    assert titled(f"<title>The Mill Manual of 1742</title><h3>{heading}</h3>{PROSE}")[0] == title


def test_listing_that_says_the_title_stays() -> None:
    assert titled("<title>grind</title><p>Call:</p><pre>grind</pre>")[1:] == ["Call:", "grind"]


def test_text_without_a_title_is_as_it_is() -> None:
    assert with_title("", "text") == "text"
    assert with_title("Title", "text") == "# Title\n\ntext"
