"""The pre-filter: what leaves before extraction, and that it goes on in doubt."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Dropped, Page
from pipeline.extract import prefilter as prefilter_module
from pipeline.extract.prefilter import (
    MIN_CHARACTERS,
    SURE_CHARACTERS,
    prefilter,
    prefilter_reason,
    stripped_text,
)
from pipeline.language.detection import CLD2, UNKNOWN, Identifier, Language
from pipeline.recipe import ExtractConfig, ScreenConfig
from pipeline.tags.limits import parser_bytes

GERMAN = "Die Mühle stand zweihundert Jahre am Fluss, ehe jemand fragte, wem sie gehörte. "
FRENCH = "Le moulin se dressait au bord de la rivière depuis deux cents ans, à qui était-il ? "
ENGLISH = "The mill stood by the river for two hundred years before anybody asked about it. "
BOTH = ScreenConfig(languages=("en", "de"))


def reason(
    body: str, *, languages: tuple[str, ...] = ("en",), prefilter: bool = True
) -> tuple[str, str] | None:
    page = Page(id="1", url="", source="", html=f"<html><body>{body}</body></html>".encode())
    return prefilter_reason(
        page, ExtractConfig(prefilter=prefilter), ScreenConfig(languages=languages)
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one</p><p>two</p>", "one two"),
        ("<p>a\n\n  b\t c</p>", "a b c"),
        ("<script>x</script><style>y</style><p>z</p>", "z"),
        ("z<noscript>x</noscript><template>y</template><svg><text>t</text></svg>", "z"),
        ("<title>head</title>body", "body"),
        ("&eacute;&amp;", "é&"),
        ("", ""),
    ],
)
def test_text_is_what_can_be_seen(html: str, expected: str) -> None:
    assert stripped_text(parser_bytes(html)) == expected


def test_near_empty_page_leaves() -> None:
    assert reason("<p>Just a moment...</p>") == ("near_empty", "16")


def test_page_with_just_enough_text_goes_on() -> None:
    assert reason("x" * MIN_CHARACTERS) is None
    assert reason("x" * (MIN_CHARACTERS - 1)) == ("near_empty", "49")


def test_text_that_cannot_be_seen_does_not_count() -> None:
    assert reason(f"<script>{'x' * 500}</script>") == ("near_empty", "0")


def test_page_in_another_language_leaves() -> None:
    assert reason(GERMAN * 5) == ("wrong_language", "de")


def test_page_in_a_wanted_language_goes_on() -> None:
    assert reason(ENGLISH * 5) is None
    assert reason(GERMAN * 5, languages=("en", "de")) is None


def test_short_page_in_another_language_goes_on() -> None:
    assert len(GERMAN * 2) < SURE_CHARACTERS
    assert reason(GERMAN * 2) is None


def test_page_in_two_languages_goes_on() -> None:
    assert reason(GERMAN * 4 + ENGLISH * 4) is None


def test_page_that_begins_in_the_other_language_leaves_with_less_of_it() -> None:
    german, french = f"<p>{GERMAN * 14}</p>", f"<p>{FRENCH * 6}</p>"
    assert reason(f"{german}{french}<p>{ENGLISH}</p>") == ("wrong_language", "de")
    assert reason(f"{french}{german}<p>{ENGLISH}</p>") is None


def test_page_that_may_as_well_be_in_a_close_language_goes_on() -> None:
    close = Identifier(lambda text: Language("bs", 0.6) if text else UNKNOWN, CLD2.codes, "close")
    page = Page("1", "https://a.org/", "crawl", f"<p>{GERMAN * 30}</p>".encode())
    screen = ScreenConfig(languages=("hr",))
    assert prefilter_reason(page, ExtractConfig(), screen, close) is None


def test_page_that_begins_in_the_other_language_stays_for_a_part_in_a_wanted_one() -> None:
    assert reason(f"<p>{GERMAN * 12}</p><p>{ENGLISH * 5}</p>") is None


def test_page_in_no_known_language_goes_on() -> None:
    assert reason("1234567890 " * 40) is None


def test_every_language_goes_on_where_all_are_kept() -> None:
    assert reason(GERMAN * 5, languages=()) is None


def test_near_empty_page_leaves_where_all_languages_are_kept() -> None:
    assert reason("<p>x</p>", languages=()) == ("near_empty", "1")


def test_prefilter_that_is_off_lets_all_go_on() -> None:
    assert reason("", prefilter=False) is None


def test_page_that_leaves_says_where_and_why() -> None:
    row = prefilter(Page("1", "https://a.org/", "crawl", b"<p>x</p>"), ExtractConfig(), BOTH)
    assert isinstance(row, Dropped)
    assert (row.url, row.stage, row.reason, row.detail) == (
        "https://a.org/",
        "extract",
        "near_empty",
        "1",
    )


def test_page_that_goes_on_is_the_same_page() -> None:
    page = Page("1", "https://a.org/", "crawl", f"<p>{GERMAN * 5}</p>".encode())
    assert prefilter(page, ExtractConfig(), BOTH) is page


@settings(max_examples=60, deadline=None)
@given(st.text('<>/="pdivscript! \x00é', max_size=120))
def test_any_string_is_stripped(html: str) -> None:
    text = stripped_text(parser_bytes(html))
    assert text == " ".join(text.split())


def test_the_language_of_a_long_page_is_that_of_its_parts_together() -> None:
    """A menu in another language, as long as what a text is told by, is not all of the page."""
    menu, text = GERMAN * 300, ENGLISH * 900
    assert reason(f"<nav>{menu}</nav><p>{text}</p>") is None
    assert reason(f"<p>{text}</p><nav>{menu}</nav>") is None
    assert reason(f"<nav>{menu}</nav><p>{GERMAN * 900}</p>") == ("wrong_language", "de")


@pytest.mark.parametrize("languages", [("en",), ("de", "en"), ()])
def test_a_page_that_surely_begins_in_a_wanted_language_goes_on_unparsed(
    languages: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefilter_module, "stripped_text", None)
    assert reason(f"<!----><p>{ENGLISH * 20}</p>", languages=languages) is None


UNSEEN = [
    *(f"<{tag}>{ENGLISH * 20}</{tag}>" for tag in ("script", "style", "template", "svg", "SCRIPT")),
    f"<noscript><p>{ENGLISH * 20}</p></noscript>",
    f"<template><p>{ENGLISH * 20}</p></template>",
    f"<!-- <p>{ENGLISH * 20}</p> -->",
]


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_is_never_shown_is_no_beginning(unseen: str) -> None:
    assert reason(f"{unseen}<p>{GERMAN * 90}</p>") == ("wrong_language", "de")
    if "noscript" not in unseen:  # which says enough to those who run no scripts
        assert reason(f"{unseen}<p>Hi</p>", languages=()) == ("near_empty", "2")


@pytest.mark.parametrize(
    "body",
    [
        "<p>" + " " * 900 + "Hi</p>",
        "<p>&nbsp;</p>" * 300 + "Hi",
        "<p>\u00a0</p>" * 900 + "Hi",
        "<script>" + "a<b && c>d; '<div>'; " * 90 + "</script>Hi",
    ],
)
def test_a_page_of_much_else_is_near_empty_in_any_language(body: str) -> None:
    for languages in (("en",), ()):
        assert reason(body, languages=languages) == ("near_empty", "2")


@pytest.mark.parametrize(
    "part",
    ["<a", "<a>", "<a> ", "<", "</", "<script>", "<a>b<script>", "<!--", "&a", "<svg></svg>"],
)
def test_hostile_beginnings_cost_what_their_length_says(part: str) -> None:
    long = part[-1] * 1_000_000
    for html in (part * 200_000, f"<p>{long}", f"<p {long}", f"<p{long}"):
        begun = time.process_time()
        prefilter_module._first_seen(html.encode())
        assert time.process_time() - begun < 0.5  # 20 ms at most
