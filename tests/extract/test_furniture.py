"""Blocks that go for the name of their element."""

import pytest
from support_extract import page_of

from pipeline.extract.judge.furniture import furniture


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ol class=breadcrumb><li>Home</li><li>Mills</li></ol><p>Text</p>", [True, True, False]),
        ("<nav class='site breadcrumbs'><p><a href=/>Home</a></p></nav><p>Text</p>", [True, False]),
        ("<div id=bread-crumb-list><div><p>Home</p></div></div><p>Text</p>", [True, False]),
        (f"<div class=breadcrumb-page><p>{'Long text. ' * 40}</p></div>", [False]),
        ("<p class=bread>Text</p>", [False]),
        (f"<div class=breadcrumb-page>{'<p>A short line.</p>' * 40}</div>", [False] * 40),
        (
            f"<div class=breadcrumbs-shown><p class=breadcrumb>Home</p>{'<p>Text.</p>' * 90}</div>",
            [True] + [False] * 90,
        ),
    ],
)
def test_way_to_the_page_is_known_by_its_names(html: str, expected: list[bool]) -> None:
    assert furniture(page_of(html)).tolist() == expected


@pytest.mark.parametrize(
    "box",
    [
        "<div class=navbox><p>Mills of the north</p></div>",
        "<table class='vertical-navbox nowraplinks'><tr><td>Mills of the north</table>",
        "<div id=siteSub>Mills of the north</div>",
        "<div class=t-navbar><div class=t-navbar-head>Mills of the north</div></div>",
        "<div class='cookie-notice open'>We use cookies.</div>",
        "<div id=site-cookie-consent>We use cookies.</div>",
        "<div id=CookieBanner>We use cookies.</div>",
        "<table class='plainlinks ambox ambox-notice'><tr><td>This section is a stub.</table>",
        "<p>Next: <a rel=next href=/b>How to sift</a>, Up: <a rel=up href=/>Mills</a></p>",
    ],
)
def test_boxes_are_known_by_their_names(box: str) -> None:
    assert furniture(page_of(f"{box}<p>{'Text ' * 9}</p>")).tolist() == [True, False]


@pytest.mark.parametrize("name", ["navboxes", "my-navbox", "nav", "cookies", "cookie-recipes"])
def test_other_names_are_left_to_the_model(name: str) -> None:
    assert furniture(page_of(f"<div class={name}><p>Mills</p></div><p>Text</p>")).sum() == 0


def test_body_of_such_a_name_is_the_page() -> None:
    assert furniture(page_of(f"<div class=navbox>{'<p>Text</p>' * 20}</div><p>x</p>")).sum() == 0


@pytest.mark.parametrize("rel", ["next", "prev", "up", "contents", "index", "NEXT nofollow"])
def test_line_of_links_with_one_to_the_page_beside_goes_alone(rel: str) -> None:
    page = page_of(f"<p>Oats</p><div><a rel='{rel}' href=/b>On</a><br><a href=/c>Rye</a></div>")
    assert furniture(page).tolist() == [False, True, False]


@pytest.mark.parametrize(
    "names", ["tag-cookie-bars", "category-cookie-notice", "cookiebarista", "not-catlinks-x"]
)
def test_names_that_only_look_like_a_box_are_none(names: str) -> None:
    page = page_of(f"<div class='{names}'>We use them.</div><p>{'Text ' * 9}</p>")
    assert not furniture(page).any()


def test_text_with_a_link_to_the_next_page_stays() -> None:
    text = "What the stones grind is sifted, which is told in the part that follows:"
    page = page_of(f"<p>{text} <a rel=next href=/b>How to sift</a></p>")
    assert furniture(page).tolist() == [False]
