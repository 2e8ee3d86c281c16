"""Rights: signals in headers and markup in any spelling, and what each rule makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Page
from pipeline.recipe import ScreenConfig
from pipeline.screen.rights import HEAD_CHARACTERS, rights_reason, rights_signals


def signals(html: str = "", *headers: tuple[str, str]) -> str:
    return rights_signals(Page(id="1", url="", source="", html=html, headers=headers))


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
        '<meta property="robots" content="noai">',
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


def test_meta_far_below_the_head_is_not_read() -> None:
    assert signals(" " * HEAD_CHARACTERS + "<meta name=robots content=noai>") == ""


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">', "cc-by"),
        ("<link rel=license href=http://creativecommons.org/licenses/by-sa/3.0>", "cc-by-sa"),
        ('<A HREF="//CreativeCommons.org/licenses/BY-NC-ND/4.0/">', "cc-by-nc-nd"),
        ('<a href="https://creativecommons.org/publicdomain/zero/1.0/">', "cc-zero"),
        ("<p>creativecommons.org/licenses/by/4.0</p>", ""),
        ('<a href="https://creativecommons.org/about/">', ""),
    ],
)
def test_licence_links_are_read(html: str, expected: str) -> None:
    assert signals(html) == expected


def test_signals_are_sorted_and_named_once() -> None:
    html = '<meta name=robots content="noai"><a href="https://creativecommons.org/licenses/by/4.0">'
    found = signals(html, ("x-robots-tag", "noai"), ("tdm-reservation", "1"))
    assert found == "cc-by,noai,tdm-reservation"


SIGNALS = {
    '<meta name=robots content="noai, noindex">': {"noai", "noindex"},
    "<meta name=tdm-reservation content=1>": {"tdm-reservation"},
    '<a href="https://creativecommons.org/licenses/by/4.0/">': {"cc-by"},
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
        ("noai", "respect_opt_out", ("opt_out", "noai")),
        ("tdm-reservation", "respect_opt_out", ("opt_out", "tdm-reservation")),
        ("cc-by,noai", "respect_opt_out", ("opt_out", "cc-by,noai")),
        ("noai", "ignore", None),
        ("", "open_licence_only", ("no_open_licence", "")),
        ("noindex", "open_licence_only", ("no_open_licence", "noindex")),
        ("cc-by-nc", "open_licence_only", ("no_open_licence", "cc-by-nc")),
        ("cc-by-nd", "open_licence_only", ("no_open_licence", "cc-by-nd")),
        ("cc-by", "open_licence_only", None),
        ("cc-by-sa,noindex", "open_licence_only", None),
        ("cc-zero", "open_licence_only", None),
        ("cc-by,noai", "open_licence_only", ("opt_out", "cc-by,noai")),
    ],
)
def test_signals_are_judged_by_the_recipes_rule(
    found: str, rule: str, expected: tuple[str, str] | None
) -> None:
    assert rights_reason(found, ScreenConfig.model_validate({"rights": rule})) == expected
