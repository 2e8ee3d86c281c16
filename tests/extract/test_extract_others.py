"""Extractors that others keep: main text out, boilerplate away, broken pages told apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.extractor import Extracted
from pipeline.extract.others import (
    Structure,
    extract_with,
    structure_of,
    with_code,
    without_code,
)
from pipeline.recipe import ExtractConfig

FIRST = "The mill stood by the river for two hundred years before anybody asked who owned it. "
SECOND = "When the question came at last, three families had papers that said it was theirs. "
PAGE = f"""<!doctype html><html><head><title>The mill</title><script>var hidden = 1;</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/shop">Shop now</a></li></ul></nav>
<main><article><h1>The mill</h1><p>{FIRST * 3}</p><p>{SECOND * 3}</p></article></main>
<footer><p>Imprint and cookies</p></footer></body></html>"""
REASONS = ("no_text", "broken_page")
MAIN = ["trafilatura", "trafilatura_precision", "resiliparse"]
EXTRACTORS = [*MAIN, "body"]


def is_text_or_reason(found: Extracted | str) -> bool:
    return bool(found.text) if isinstance(found, Extracted) else found in REASONS


def config(extractor: str) -> ExtractConfig:
    return ExtractConfig.model_validate({"extractor": extractor})


@pytest.mark.parametrize("extractor", MAIN)
def test_main_text_is_extracted_without_menu_and_scripts(extractor: str) -> None:
    found = extract_with(config(extractor), PAGE)
    assert isinstance(found, Extracted)
    assert FIRST.strip() in found.text
    assert SECOND.strip() in found.text
    assert "Shop now" not in found.text
    assert "hidden" not in found.text


def test_all_text_of_a_body_is_its_menu_too_but_no_script() -> None:
    found = extract_with(config("body"), PAGE)
    assert isinstance(found, Extracted)
    assert FIRST.strip() in found.text
    assert "Shop now" in found.text
    assert "Imprint and cookies" in found.text
    assert "hidden" not in found.text


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_extracted_page_says_what_it_holds(extractor: str) -> None:
    found = extract_with(config(extractor), PAGE.replace("</article>", "<pre>x\ny</pre></article>"))
    assert isinstance(found, Extracted)
    assert (found.has_math, found.has_code, found.has_table) == (False, True, False)


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_page_without_text_gives_its_reason(extractor: str) -> None:
    page = "<html><body></body></html>"
    assert extract_with(config(extractor), page) in REASONS


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_same_page_gives_the_same_text_whatever_came_before(extractor: str) -> None:
    first = extract_with(config(extractor), PAGE)
    for other in (PAGE.replace("mill", "barn"), "<p>", PAGE):
        extract_with(config(extractor), other)
    assert extract_with(config(extractor), PAGE) == first


@pytest.mark.parametrize("extractor", EXTRACTORS)
@pytest.mark.parametrize(
    "page",
    [
        "",
        " ",
        "no markup at all",
        "<",
        "\x00",
        "<html>\x00\x01</html>",
        "<div>" * 2_000,
        "<!--",
        '<?xml version="1.0" encoding="utf-8"?><html/>',
    ],
    ids=ascii,
)
def test_hostile_page_gives_text_or_a_reason(extractor: str, page: str) -> None:
    assert is_text_or_reason(extract_with(config(extractor), page))


@settings(max_examples=60, deadline=None)
@given(st.text('<>/="pdivtable! \x00é', max_size=120), st.sampled_from(EXTRACTORS))
def test_any_string_is_survived(page: str, extractor: str) -> None:
    assert is_text_or_reason(extract_with(config(extractor), page))


@pytest.mark.parametrize(
    ("html", "text", "expected"),
    [
        ("<p>plain</p>", "plain", Structure(False, False, False)),
        ("<math><mi>x</mi></math>", "x", Structure(True, False, False)),
        ("<MATH display=block>", "", Structure(True, False, False)),
        ('<span class="a katex b">', "", Structure(True, False, False)),
        ("<script type='math/tex'>x</script>", "", Structure(True, False, False)),
        ("", r"so \(x^2\) is", Structure(True, False, False)),
        ("", "$$x^2$$", Structure(True, False, False)),
        ("<script>$$ = jQuery; $$()</script>", "a page", Structure(False, False, False)),
        ("", "it costs $5 or $6", Structure(False, False, False)),
        ("", "```\nx = 1\n```", Structure(False, True, False)),
        ("<code>x = 1\ny = 2</code>", "", Structure(False, True, False)),
        ("<code>x</code>", "", Structure(False, False, False)),
        ("<div class='source-cpp'>", "", Structure(False, True, False)),
        ("<th>a menu</th>", "no table", Structure(False, False, False)),
        ("", "| a | b |", Structure(False, False, True)),
    ],
)
def test_structure_is_read_from_text_and_markup(html: str, text: str, expected: Structure) -> None:
    assert structure_of(html, text) == expected


CODE = "def mill(grain):\n    flour = grain[0]\n\n    return {'flour': flour}"
CODE_PAGE = PAGE.replace(
    "</article>",
    f"<table><tr><td><pre><b>{CODE[:3]}</b>{CODE[3:]}</pre></td></tr></table></article>",
)


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_code_block_comes_out_fenced_and_verbatim(extractor: str) -> None:
    found = extract_with(config(extractor), CODE_PAGE)
    assert isinstance(found, Extracted)
    assert f"```\n{CODE}\n```" in found.text
    assert found.has_code


def test_code_is_taken_out_and_put_back() -> None:
    page, codes = without_code("<p>a</p><pre>x &lt; 1<br>y\r\nz  </pre><PRE>one line</PRE>")
    (word,) = codes
    assert page == f"<p>a</p><p>{word}</p><PRE>one line</PRE>"
    assert with_code(f"a\n{word}\nb", codes) == "a\n\n```\nx < 1\ny\nz\n```\n\nb"


def test_word_of_another_page_is_no_code() -> None:
    _, codes = without_code("<pre>a\nb</pre>")
    page = f"<p>{next(iter(codes))}</p><pre>c\nd</pre>"
    assert with_code(next(iter(codes)), without_code(page)[1]) == next(iter(codes))


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_bomb_does_not_reach_a_library_where_no_prefilter_stops_it(extractor: str) -> None:
    unchecked = config(extractor).model_copy(update={"prefilter": False})
    assert extract_with(unchecked, "<div>" * 200_000) == "too_deep"
