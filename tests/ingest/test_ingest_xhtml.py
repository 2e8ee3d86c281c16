"""XML pages read as HTML: empty elements end where they begin."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_extract import whole_text

from pipeline.ingest.xhtml import as_html


@pytest.mark.parametrize(
    ("page", "html"),
    [
        ('<script src="a.js"/><p>x</p>', '<script src="a.js"></script><p>x</p>'),
        ("<title/>", "<title></title>"),
        ('<a id="x"/>text', '<a id="x"></a>text'),
        ("<iframe src='/a/b' />", "<iframe src='/a/b' ></iframe>"),
        ('<div title="a > b"/>', '<div title="a > b"></div>'),
        ("<br/><img src='x'/>", "<br/><img src='x'/>"),
        ("<p><![CDATA[a < b & c]]></p>", "<p>a &lt; b &amp; c</p>"),
        ("<!-- <a/> --><i/>", "<!-- <a/> --><i></i>"),
        ("<script>x = '<a/>'</script>", "<script>x = '<a/>'</script>"),
        ("<p>a / b</p>", "<p>a / b</p>"),
    ],
)
def test_empty_elements_are_closed(page: str, html: str) -> None:
    assert as_html(page) == html


@pytest.mark.parametrize("name", ["script", "title", "textarea", "iframe", "style", "xmp"])
def test_text_behind_an_empty_element_is_read(name: str) -> None:
    assert whole_text(as_html(f"<body><{name}/><p>The mill.</p></body>")) == "The mill."


@given(st.text(alphabet="<>/!-ab \"'=[]CDATA"))
def test_any_page_is_survived(page: str) -> None:
    assert isinstance(as_html(page), str)


@pytest.mark.parametrize("piece", ["<!--", "<![CDATA[", "<script>", "<style>", '<a "', "</script "])
def test_what_nobody_closes_costs_no_more_than_its_length(piece: str) -> None:
    started = time.process_time()
    as_html("<a/>" + piece * 100_000)
    assert time.process_time() - started < 1
