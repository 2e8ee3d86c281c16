"""Rights: signals in headers and markup in any spelling, and what each rule makes of them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Page
from pipeline.recipe import ExtractConfig, ScreenConfig
from pipeline.screen.rights import read_rights, rights_reason


def signals(html: str = "", *headers: tuple[str, str]) -> str:
    return read(html, *headers).rights


def read(html: str = "", *headers: tuple[str, str]) -> Page:
    page = Page(id="1", url="", source="", html=html.encode(), headers=headers)
    return read_rights(page, ExtractConfig())


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (("x-robots-tag", "noai"), "noai"),
        (("x-robots-tag", "NoAI, noindex"), "noai,noindex"),
        (("x-robots-tag", "noimageai"), "noai"),
        (("x-robots-tag", "otherbot: noai"), "noai"),
        (("x-robots-tag", "none"), "noindex"),
        (("x-robots-tag", "all"), ""),
        (("x-robots-tag", "noaim"), ""),
        (("x-robots-tag", "noindex; noai"), "noai,noindex"),
        (("x-robots-tag", "index noai"), "noai"),
        (("x-robots-tag", '"noai"'), "noai"),
        (("tdm-reservation", "1; policy"), "tdm-reservation"),
        (("tdm-reservation", "1"), "tdm-reservation"),
        (("tdm-reservation", " 1 "), "tdm-reservation"),
        (("tdm-reservation", "0"), ""),
        (("link", "noai"), ""),
    ],
)
def test_headers_are_read(header: tuple[str, str], expected: str) -> None:
    assert signals("", header) == expected


@given(
    name_first=st.booleans(),
    quote=st.sampled_from(["'", '"', ""]),
    space=st.sampled_from(["", " ", "\n"]),
    end=st.sampled_from([">", " >", " />"]),
    kind=st.sampled_from([("robots", "noai", "noai"), ("tdm-reservation", "1", "tdm-reservation")]),
    upper=st.booleans(),
    between=st.sampled_from([" ", ' data-x="1" ', "\n", ' data-name="x" ', " data-content=y "]),
)
def test_meta_is_read_in_any_order_case_and_quotes(
    name_first: bool,
    quote: str,
    space: str,
    end: str,
    kind: tuple[str, str, str],
    upper: bool,
    between: str,
) -> None:
    pairs = [("name", kind[0]), ("content", kind[1])]
    one, two = (
        f"{name}{space}={space}{quote}{value}{quote}"
        for name, value in (pairs if name_first else pairs[::-1])
    )
    meta = f"<meta {one}{between}{two}{end}"
    assert signals(meta.upper() if upper else meta) == kind[2]


@pytest.mark.parametrize(
    "html",
    [
        '<meta name="description" content="noai">',
        '<meta name="robots" content="index, follow">',
        '<meta name="chatbot" content="none">',
        '<meta data-name="robots" content="noai">',
        '<meta content="name=robots content=noai">',
        "<p>name=robots content=noai</p>",
        "<metal name=robots content=noai>",
        '<meta name="tdm-reservation" content="0">',
        "",
    ],
)
def test_markup_without_a_signal_has_none(html: str) -> None:
    assert signals(html) == ""


BODY = "<p>" + "The mill ground flour for the village, day and night. " * 20 + "</p>"


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="robots" data-note="a>b" content="noai">',
        '<meta name="robots" content="no&#97;i">',
        '<meta name="r&#111;bots" content="noai">',
        "<script>" + "x = 1; " * 20_000 + "</script><meta name=robots content=noai>",
        "<!-- <meta> --><meta name=robots content=noai>",
        "<META NAME='ROBOTS' CONTENT='INDEX, NOAI'>",
        '<meta name="robots" content="index"><meta name="robots" content="noai">',
        '<meta name="googlebot" content="noai">',
        '<meta property="robots" content="noai">',
        '<meta name="x" http-equiv="X-Robots-Tag" content="noai">',
        '<meta name="google-extended" content="noai">',
        '<meta name="robots" content="index; noai">',
        '<meta name="robots" content="index|noai">',
        '<meta http-equiv="X-Robots-Tag" content="noai">',
        "<noscript><meta name=robots content=noai></noscript>",
    ],
)
def test_meta_is_read_wherever_a_parser_finds_it(head: str) -> None:
    page = read(f"<html><head><title>t</title>{head}</head><body>{BODY}</body></html>")
    assert (page.rights, page.rights_source) == ("noai", "noai:meta")


@pytest.mark.parametrize(
    "markup",
    [
        "<!-- <meta name=robots content=noai> -->",
        "<script>var a = '<meta name=robots content=noai>'</script>",
        "<xmp><meta name=robots content=noai></xmp>",
        "<textarea><meta name=robots content=noai></textarea>",
        "<style><meta name=robots content=noai></style>",
        "<iframe><meta name=robots content=noai></iframe>",
        '<img alt="<meta name=robots content=noai>">',
        "&lt;meta name=robots content=noai>",
        "<pre>&lt;meta name=robots content=noai&gt;</pre>",
    ],
)
def test_what_only_looks_like_meta_says_nothing(markup: str) -> None:
    assert signals(f"<head>{markup}</head>{BODY}{markup}") == ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("noml", "noml"),
        ("noai, noml", "noai,noml"),
        ("nomlx", ""),
    ],
)
def test_noml_is_an_opt_out(value: str, expected: str) -> None:
    assert signals("", ("x-robots-tag", value)) == expected
    assert signals(f'<meta name=robots content="{value}">') == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ai-train=no", "ai-train=no"),
        ("search=yes, AI-Train = no", "ai-train=no"),
        ("search=yes,ai-train=no,ai-input=yes", "ai-train=no"),
        ("search=yes; ai-train=no", "ai-train=no"),
        ("search=yes ai-train=no", "ai-train=no"),
        ("ai-train=yes, search=no", ""),
        ("ai-train=none", ""),
        ("noai", ""),
    ],
)
def test_content_signal_is_read(value: str, expected: str) -> None:
    assert signals("", ("content-signal", value)) == expected
    assert signals(f'<meta name="Content-Signal" content="{value}">') == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [("0, 1", "tdm-reservation"), ("1, 0", "tdm-reservation"), ("0, 0", ""), ("01", "")],
)
def test_one_of_several_reservations_reserves(values: str, expected: str) -> None:
    assert signals("", ("tdm-reservation", values)) == expected


def test_header_and_meta_are_read_together() -> None:
    page = read("<meta name=robots content='noai, noindex'>", ("x-robots-tag", "noai, noml"))
    assert page.rights == "noai,noindex,noml"
    assert page.rights_source == "noai:header+meta,noindex:meta,noml:header"


@pytest.mark.parametrize(
    "tag", ["<meta ", "<meta name=robots content=noindex ", "<b ", "<a href=//creativecommons.org "]
)
def test_hundreds_of_thousands_of_unclosed_tags_cost_no_more_than_other_pages(tag: str) -> None:
    html = tag * 700_000
    started = time.process_time()
    signals(html[: 5 << 20])
    assert time.process_time() - started < 1


CC = "https://creativecommons.org/licenses"


@pytest.mark.parametrize(
    ("html", "found"),
    [
        (f'<a rel="license" href="{CC}/by/4.0/">x</a>', "cc-by:rel_license"),
        (f"<link rel=license href={CC}/by-sa/3.0>", "cc-by-sa:rel_license"),
        (f'<a rel="external License" href="{CC}/by-nc/4.0/">x</a>', "cc-by-nc:rel_license"),
        (
            '<A REL=LICENSE HREF="//CreativeCommons.org/licenses/BY-NC-ND/4.0/">x</A>',
            "cc-by-nc-nd:rel_license",
        ),
        (
            '<a rel=license href="https://creativecommons.org/publicdomain/zero/1.0/">x</a>',
            "cc-zero:rel_license",
        ),
        (
            '<a rel=license href="https://creativecommons.org/publicdomain/mark/1.0/">x</a>',
            "cc-pdm:rel_license",
        ),
        (f'<link rel="DCTERMS.license" href="{CC}/by/4.0/">', "cc-by:metadata"),
        (f'<a rel=license href="{CC}/by%2Dsa/4.0/">x</a>', "cc-by-sa:rel_license"),
        (f'<a rel=license href="{CC}/publicdomain/">x</a>', "cc-pdm:rel_license"),
        (
            f"<p>This article is distributed under the terms of the licence (<a href={CC}/by/4.0/>"
            "CC</a>), which permits use, provided you give appropriate credit to the authors.</p>",
            "cc-by:statement",
        ),
        (
            f"<p>Der Inhalt ist unter <a href={CC}/by/4.0/>CC BY</a> lizenziert.</p>",
            "cc-by:statement",
        ),
        (
            f"""<script type="application/ld+json">{{"@type": "Article",
            "license": {{"url": "{CC}/by/4.0/"}}}}</script>""",
            "cc-by:metadata",
        ),
        (f'<meta name="DC.rights" content="{CC}/by/4.0/">', "cc-by:metadata"),
        (f'<meta property="dcterms:license" content="{CC}/by-sa/4.0/">', "cc-by-sa:metadata"),
        (f'<a property="dct:license" href="{CC}/by/4.0/">x</a>', "cc-by:metadata"),
        (f'<link itemprop="license" href="{CC}/by/4.0/">', "cc-by:metadata"),
        (
            f"""<script type="application/ld+json">{{"@type": "NewsArticle",
            "license": "{CC}/by-nd/4.0/"}}</script>""",
            "cc-by-nd:metadata",
        ),
        (
            f"""<script type="application/ld+json">{{"@graph": [{{"@type": ["Thing", "WebPage"],
            "license": {{"@id": "{CC}/by/4.0/"}}}}]}}</script>""",
            "cc-by:metadata",
        ),
        (
            f"<p>The text is available under the <a href={CC}/by-sa/4.0/>CC BY-SA</a>; additional"
            " terms may apply for the media files.</p>",
            "cc-by-sa:statement",
        ),
        (
            f"<p>Except where otherwise noted, all photos and text on this site are licensed under"
            f" a <a href={CC}/by/4.0/>Creative Commons</a> licence.</p>",
            "cc-by:statement",
        ),
        (
            f"<div>Der Inhalt dieser Seite ist verfügbar unter <a href={CC}/by-sa/4.0/>Creative"
            " Commons</a>.</div>",
            "cc-by-sa:statement",
        ),
        (
            f"<p>Les textes sont disponibles sous <a href={CC}/by-sa/4.0/>licence</a>.</p>",
            "cc-by-sa:statement",
        ),
        (f"<footer><p>© 2024 The Mill. <a href={CC}/by/4.0/>CC BY</a></p></footer>",
         "cc-by:statement"),
        (f"<div id=copyright-notice><a href={CC}/by/4.0/>Some rights reserved</a></div>",
         "cc-by:statement"),
    ],
)  # fmt: skip
def test_licence_that_speaks_for_the_page_is_found_and_told_where(html: str, found: str) -> None:
    page = read(f"<html><body>{BODY}{html}{BODY}</body></html>")
    assert (page.rights, page.rights_source) == (found.partition(":")[0], found)


@pytest.mark.parametrize(
    "html",
    [
        f"<figure><figcaption>Photo: J. C., <a href={CC}/by/2.0/>CC BY</a></figcaption></figure>",
        f"<figure><a rel=license href={CC}/by/2.0/>CC BY</a></figure>",
        f"<p>Photo by J. Carter, licensed under <a href={CC}/by/2.0/>CC BY</a></p>",
        f"<p>Photo by J. Carter, licensed under <a rel=license href={CC}/by/2.0/>CC BY</a></p>",
        f"<p class=wp-caption-text>J. Carter <a rel=license href={CC}/by/2.0/>CC BY</a></p>",
        f"<p class='image-credit'>J. Carter / <a href={CC}/by/2.0/>CC BY</a></p>",
        f"<p>The image is available under <a href={CC}/by/2.0/>CC BY 2.0</a> via Flickr.</p>",
        f"<p>Foto: Yoav Keren, via Wikimedia Commons | Lizenz: <a href={CC}/by-sa/4.0>BY</a></p>",
        f"<div class='comment-body'>I use <a rel=license href={CC}/by/4.0/>this</a>.</div>",
        f"<ol id=comments><li>My site is licensed under <a href={CC}/by/4.0/>CC</a></ol>",
        f"<p>You can share your work under <a href={CC}/by/4.0/>CC BY</a> if you like.</p>",
        f"<blockquote>This page is licensed under <a href={CC}/by/4.0/>CC BY</a></blockquote>",
        f"<p>See <a href={CC}/by/4.0/>the licence</a> for what it says.</p>",
        f"<div class='photo-license'><a href={CC}/by/4.0/>CC BY</a></div>",
        f"""<script type="application/ld+json">{{"@type": "ImageObject",
        "license": "{CC}/by/4.0/"}}</script>""",
        f"""<script type="application/ld+json">{{"@type": "Article", "image":
        {{"@type": "ImageObject", "license": "{CC}/by/4.0/"}}}}</script>""",
        f"""<div itemscope itemtype="https://schema.org/ImageObject">
        <a itemprop=license href={CC}/by/4.0/>CC</a></div>""",
        f"<!-- <a rel=license href={CC}/by/4.0/> -->",
        f"""<div itemscope itemtype="https://schema.org/ImageObject">
        <link itemprop=license href={CC}/by/4.0/></div>""",
        "<a rel=license href=https://notcreativecommons.org/licenses/by/4.0/>x</a>",
        "<a rel=license href=https://x.org/?u=creativecommons.org/licenses/by/4.0/>x</a>",
        f"<p>This page is based on a text by Smith, licensed under <a href={CC}/by/4.0/>CC</a></p>",
        f"<script>var a = '<a rel=license href={CC}/by/4.0/>'</script>",
        f"<p>{CC}/by/4.0/</p>",
        '<a rel=license href="https://creativecommons.org/about/">x</a>',
        f"<a rel=license href={CC}/>x</a>",
    ],
)
def test_licence_of_something_else_is_not_the_pages(html: str) -> None:
    assert signals(f"<html><body>{BODY}{html}{BODY}</body></html>") == ""


def test_licence_in_a_link_header_is_read() -> None:
    page = read(BODY, ("link", f'<{CC}/by/4.0/>; rel="license", </next>; rel=next'))
    assert page.rights_source == "cc-by:header"
    assert signals(BODY, ("link", f"<{CC}/by/4.0/>; rel=describedby")) == ""
    assert signals(BODY, ("link", f'<{CC}/by/4.0/>; title="rel=license"; rel=next')) == ""


@pytest.mark.parametrize(
    "html",
    [
        f"<div class='{'xcopyright ' * 40_000}'>" + f"<a href={CC}/by/4.0/>y</a>" * 200,
        f"<p><b>{'x ' * 1_000_000}</b>" + f"<a href={CC}/by/4.0/>y</a>" * 220,
        "<div>" * 200 + f"<a href={CC}/by/4.0/>y</a>" * 10_000,
    ],
)
def test_many_links_cost_no_more_than_what_is_around_them(html: str) -> None:
    started = time.process_time()
    signals(html)
    assert time.process_time() - started < 1


def test_signals_are_sorted_and_named_once() -> None:
    html = f'<meta name=robots content="noai"><a rel=license href="{CC}/by/4.0">'
    found = signals(html, ("x-robots-tag", "noai"), ("tdm-reservation", "1"))
    assert found == "cc-by,noai,tdm-reservation"


SIGNALS = {
    '<meta name=robots content="noai, noindex">': {"noai", "noindex"},
    "<meta name=tdm-reservation content=1>": {"tdm-reservation"},
    f'<link rel=license href="{CC}/by/4.0/">': {"cc-by"},
}
PIECES = st.text('<>meta name=robotscontent"/ ai', max_size=50)


@given(st.lists(PIECES | st.sampled_from(sorted(SIGNALS)), max_size=8))
def test_any_markup_is_survived(pieces: list[str]) -> None:
    html = "".join(pieces)
    assert signals(html) == ",".join(sorted(set(signals(html).split(","))))


@given(st.lists(st.sampled_from(sorted(SIGNALS)), min_size=1), PIECES)
def test_signals_stay_what_they_are_before_any_markup(tags: list[str], after: str) -> None:
    found = signals("".join(tags) + after).split(",")
    assert set(found) >= set().union(*(SIGNALS[tag] for tag in tags))


@pytest.mark.parametrize(
    ("found", "rule", "expected"),
    [
        ("", "respect_opt_out", None),
        ("noindex", "respect_opt_out", None),
        ("cc-by-nc", "respect_opt_out", None),
        ("noai", "respect_opt_out", "opt_out"),
        ("tdm-reservation", "respect_opt_out", "opt_out"),
        ("cc-by,noai", "respect_opt_out", "opt_out"),
        ("noai", "ignore", None),
        ("", "open_licence_only", "no_open_licence"),
        ("noindex", "open_licence_only", "no_open_licence"),
        ("cc-by-nc", "open_licence_only", "no_open_licence"),
        ("cc-by-nd", "open_licence_only", "no_open_licence"),
        ("cc-by", "open_licence_only", None),
        ("cc-by-sa,noindex", "open_licence_only", None),
        ("cc-zero", "open_licence_only", None),
        ("cc-pdm", "open_licence_only", None),
        ("cc-by,cc-by-sa", "open_licence_only", None),
        ("cc-by,cc-by-nd", "open_licence_only", "no_open_licence"),
        ("noml", "respect_opt_out", "opt_out"),
        ("ai-train=no", "respect_opt_out", "opt_out"),
        ("cc-by,noai", "open_licence_only", "opt_out"),
    ],
)
def test_signals_are_judged_by_the_recipes_rule(
    found: str, rule: str, expected: str | None
) -> None:
    assert rights_reason(found, ScreenConfig.model_validate({"rights": rule})) == expected
