"""Extractors that others keep: main text out, boilerplate away, broken pages told apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.extractor import Extracted
from pipeline.extract.others import Structure, extract_with, structure_of
from pipeline.recipe import ExtractConfig

FIRST = "The mill stood by the river for two hundred years before anybody asked who owned it. "
SECOND = "When the question came at last, three families had papers that said it was theirs. "
PAGE = f"""<!doctype html><html><head><title>The mill</title><script>var hidden = 1;</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/shop">Shop now</a></li></ul></nav>
<main><article><h1>The mill</h1><p>{FIRST * 3}</p><p>{SECOND * 3}</p></article></main>
<footer><p>Imprint and cookies</p></footer></body></html>"""
REASONS = ("no_text", "broken_page")
EXTRACTORS = ["trafilatura", "trafilatura_precision", "resiliparse"]


def is_text_or_reason(found: Extracted | str) -> bool:
    return bool(found.text) if isinstance(found, Extracted) else found in REASONS


def config(extractor: str) -> ExtractConfig:
    return ExtractConfig.model_validate({"extractor": extractor})


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_main_text_is_extracted_without_menu_and_scripts(extractor: str) -> None:
    found = extract_with(config(extractor), PAGE)
    assert isinstance(found, Extracted)
    assert FIRST.strip() in found.text
    assert SECOND.strip() in found.text
    assert "Shop now" not in found.text
    assert "hidden" not in found.text


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_extracted_page_says_what_it_holds(extractor: str) -> None:
    found = extract_with(config(extractor), PAGE.replace("</article>", "<pre>x</pre></article>"))
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
    ("html", "expected"),
    [
        ("<p>plain</p>", Structure(False, False, False)),
        ("<math><mi>x</mi></math>", Structure(True, False, False)),
        ("<MATH display=block>", Structure(True, False, False)),
        ('<span class="a katex b">', Structure(True, False, False)),
        ("<script type='math/tex'>x</script>", Structure(True, False, False)),
        (r"<p>\(x^2\)</p>", Structure(True, False, False)),
        ("<p>$$x^2$$</p>", Structure(True, False, False)),
        ("<p>it costs $5 or $6</p>", Structure(False, False, False)),
        ("<pre>x = 1</pre>", Structure(False, True, False)),
        ("<code>x = 1\ny = 2</code>", Structure(False, True, False)),
        ("<code>x</code>", Structure(False, False, False)),
        ("<table><tr><th>a</th></tr></table>", Structure(False, False, True)),
        ("<table><tr><td>a</td></tr></table>", Structure(False, False, False)),
        ("<thead><preface>", Structure(False, False, False)),
    ],
)
def test_structure_is_read_from_the_markup(html: str, expected: Structure) -> None:
    assert structure_of(html) == expected
