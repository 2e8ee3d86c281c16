"""Hostile pages end in a reason, soon."""

import time

import pytest

from classifiers import EXTRACTOR
from pipeline.document import Page
from pipeline.extract.extractor import extract_text
from pipeline.extract.judge.model import load_model
from pipeline.extract.page.walk import read_blocks
from pipeline.extract.prefilter import prefilter_reason
from pipeline.recipe import ExtractConfig, ScreenConfig

LIMITS = ExtractConfig()


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", "no_text"),
        ("<script>var a = 1</script>", "no_text"),
        ("<frameset><frame src=a></frameset>", "no_body"),
        ("<p>a" * 1_400_000, "too_large"),
        ("<div>" * 600 + "x", "too_deep"),
        ("<div>" * 200_000 + "x", "too_deep"),
        ("<span>" * 200_000 + "x", "too_deep"),
        ("<p>a</p>" * 60_000, "too_many_nodes"),
        ("<div " + " ".join(f"a{n}=1" for n in range(90_000)) + ">x", "too_many_nodes"),
        ("<div " + " ".join(f'a{n}=">"' for n in range(90_000)) + ">x", "too_many_nodes"),
        ("<div " + " ".join(f"a{n}='<p '" for n in range(90_000)) + ">x", "too_many_nodes"),
        ("<div " + ("a " * 9_000 + "b='>' ") * 40 + ">x", "too_many_nodes"),
    ],
    ids=["empty", "script", "frames", "large", "deep", "bomb", "inline bomb", "many", "attributes",
         "closing attributes", "opening attributes", "bare attributes"],
)  # fmt: skip
def test_hostile_page_has_its_reason(html: str, reason: str) -> None:
    started = time.process_time()
    assert read_blocks(html, LIMITS) == reason
    assert time.process_time() - started < 5


def test_nul_and_surrogates_do_not_reach_the_text() -> None:
    page = read_blocks("<p>a\x00b\ud800c</p>", LIMITS)
    assert not isinstance(page, str)
    "".join(page.texts).encode("utf-8")


def test_unclosed_paragraphs_are_not_deep() -> None:
    page = read_blocks("<p>a" * 5_000, LIMITS)
    assert not isinstance(page, str)


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "\\(" * 400_000,
        "<p>" + "$$" * 400_001 + "x",
        "<p>" + "`" * 400_001 + "x",
        "<p>" + "\\[x" * 400_000,
        "<table><tr><th>h" + "<td>" * 2000 + "z</tr>" + "<tr><td>x" * 1500 + "</table>",
        f"<title>{'t' * 300_000}</title>" + "<p>tttttttttttttt</p>" * 3000,
        "".join(f"<p>{n} a short one of many</p>" for n in range(9000))
        + "".join(f"<p>{n} {'and a long one of many ' * 20}</p>" for n in range(4000)),
        "<div>" + "".join(f"<div title='{n}' class=x{n}>a" + "</div>" for n in range(9000)),
    ],
    ids=["openers", "dollars", "backticks", "displays", "wide", "title", "copies", "names"],
)  # fmt: skip
def test_hostile_text_is_written_soon_and_in_bounds(html: str) -> None:
    model = load_model(EXTRACTOR)
    started = time.process_time()
    found = extract_text(html, model, LIMITS)
    assert time.process_time() - started < 5
    assert isinstance(found, str) or len(found.text) <= 4 * len(html)


def test_cheap_exits_look_at_limits_before_they_parse() -> None:
    html = "<div " + " ".join(f"a{n}=1" for n in range(90_000))
    bomb = Page("1", "https://a.org/", "crawl", html)
    started = time.process_time()
    assert prefilter_reason(bomb, LIMITS, ScreenConfig()) == ("too_many_nodes", str(len(html)))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("start", ["", '<p title="<script">', "<!-- <script> -->"])
def test_comparisons_in_a_script_are_no_tag(start: str) -> None:
    script = "for(i=0;i<n;i++){s='it' + \"'\";t = a, b, c;}\n" * 9_000
    page = f"{start}<p>Words of a page.</p><script>{script}</script>"
    assert read_blocks(page, LIMITS) != "too_many_nodes"
    hostile = page + "<div " + ("a " * 9_000 + "b='>' ") * 40 + ">x"
    assert read_blocks(hostile, LIMITS) == "too_many_nodes"


def test_stray_quotes_in_a_tag_hold_nothing_back() -> None:
    words = "<p>It's a word, and it's another one, of a long page.</p>\n" * 3_000
    page = read_blocks(f'<section class=\'a\' style="" );" role=b>{words}</section>', LIMITS)
    assert not isinstance(page, str)
    assert len(page.texts) == 3_000
