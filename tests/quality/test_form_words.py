"""Forms are known by their fields, by their name, and by the address of the page."""

from dataclasses import replace

import pytest

from pipeline.document import Document
from pipeline.quality.reading.form_words import form_lines
from pipeline.quality.reading.typed_lines import typed_lines

SENTENCE = "The mill grinds the flour of the whole valley."
PAGE = Document("0" * 32, "https://mill.example/flour", "test", "")


def fields(text: str, page: Document = PAGE, content: int = 20) -> int:
    return form_lines(page, typed_lines(text), content)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("# Mills\n\nPassword\n\nUser name", 2),
        ("# Log in\n\nPassword", 4),
        (f"# Mills\n\n{SENTENCE}\n\nWe never ask for a password in any mail that we send.", 0),
        ("# Mills\n\n- Sign up\n- Rye", 1),
    ],
)
def test_fields_of_a_form_are_counted(text: str, count: int) -> None:
    assert fields(text) == count


@pytest.mark.parametrize(("content", "count"), [(99, 4), (100, 3), (149, 3), (150, 0)])
def test_a_name_says_less_the_more_the_text_says(content: int, count: int) -> None:
    assert fields("# Log in\n\nPassword", content=content) == count


@pytest.mark.parametrize(
    "place",
    [
        "login", "user/sign-in.html", "account/password/reset/", "?action=lostpassword",
        "web/loginregister?redirect=%2F", "Contact", "en/viewcart.aspx?id=3", "create_account",
        "unsubscribe", "guests/addpost", "member/password.php", "index.php?id=3&do=register",
    ],
)  # fmt: skip
def test_the_address_of_a_form_counts_as_its_name(place: str) -> None:
    page = replace(PAGE, url=f"https://mill.example/{place}")
    assert fields(SENTENCE, page) == 3
    assert fields(SENTENCE, page, content=100) == 0
    assert fields(SENTENCE, replace(page, has_code=True)) == 0


@pytest.mark.parametrize(
    "place",
    [
        "blogging", "registers", "cartography", "contacts", "signal", "contact-lenses/care",
        "docs/checkout", "wiki/register", "how-to-change-your-password", "man1/login.1.html",
        "horse-and-cart", "topic?redirect=login", "topic?subscribe=0",
    ],
)  # fmt: skip
def test_words_that_hold_the_name_of_a_form_name_none(place: str) -> None:
    assert fields(SENTENCE, replace(PAGE, url=f"https://login.example/{place}")) == 0


@pytest.mark.parametrize("url", ["http://[invalid/x", "https://a.example]/x", "//[", "", "N/A"])
def test_what_is_no_address_is_no_form(url: str) -> None:
    assert fields(SENTENCE, replace(PAGE, url=url)) == 0
