"""A page becomes a document, or leaves with a reason."""

from dataclasses import fields

import pytest

from classifiers import EXTRACTOR
from pipeline.document import Document, Dropped, Page
from pipeline.extract.document_of_page import extract_page, text_extractor
from pipeline.extract.extractor import Extracted, extract_text
from pipeline.extract.judge.model import BlockModel
from pipeline.extract.others import extract_with
from pipeline.recipe import ExtractConfig

SENTENCE = "The mill stood by the river for two hundred years before anybody asked who owned it. "
TEXT = f"<title>Mill</title><body><nav>Home</nav><article><p>{SENTENCE * 4}</p></article></body>"
HTML = TEXT.encode()
PAGE = Page(
    "a" * 32,
    "https://blog.mill.co.uk/one",
    "crawl",
    HTML,
    date="2026-01-02T03:04:05Z",
    record_id="record",
    warc_file="one.warc.gz",
    warc_offset=7,
    warc_length=8,
    status=203,
    charset="koi8-r",
    charset_source="meta",
    rights="cc-by",
)
FOUND = Extracted(
    "The mill.",
    "A title",
    "article",
    has_math=True,
    has_code=True,
    has_table=True,
    page_share=0.5,
    link_share=0.25,
)


def extracted(found: Extracted | str, min_characters: int = 1) -> Document | Dropped:
    return extract_page(PAGE, lambda _: found, ExtractConfig(min_characters=min_characters))


@pytest.mark.parametrize("source", [PAGE, FOUND])
def test_a_document_keeps_all_that_is_known_of_page_and_content(source: Page | Extracted) -> None:
    document = extracted(FOUND)
    assert isinstance(document, Document)
    shared = {f.name for f in fields(source)} & {f.name for f in fields(Document)}
    assert len(shared) >= 6
    for name in shared:
        assert getattr(document, name) == getattr(source, name), name


def test_the_site_of_a_document_is_its_registered_domain() -> None:
    document = extracted(FOUND)
    assert isinstance(document, Document)
    assert document.site == "mill.co.uk"


def test_the_extractor_is_given_the_html() -> None:
    asked: list[bytes] = []

    def extract(html: bytes) -> Extracted:
        asked.append(html)
        return FOUND

    extract_page(PAGE, extract, ExtractConfig())
    assert asked == [HTML]


def test_a_page_without_content_leaves_for_the_reason_of_the_extractor() -> None:
    row = extracted("too_deep")
    assert isinstance(row, Dropped)
    assert (row.id, row.stage, row.reason, row.detail) == (PAGE.id, "extract", "too_deep", "")
    assert (row.url, row.record_id, row.warc_offset) == (PAGE.url, "record", 7)


def test_a_text_shorter_than_the_recipe_asks_is_none() -> None:
    assert isinstance(extracted(FOUND, len(FOUND.text)), Document)
    row = extracted(FOUND, len(FOUND.text) + 1)
    assert isinstance(row, Dropped)
    assert (row.stage, row.reason, row.detail) == ("extract", "no_text", "9")


def test_the_extractor_is_the_one_that_the_recipe_names(model: BlockModel) -> None:
    own, other = ExtractConfig(), ExtractConfig(extractor="resiliparse")
    expected = extract_text(HTML, model, own), extract_with(other, HTML)
    assert expected[0] != expected[1]
    assert tuple(text_extractor(one, EXTRACTOR)(HTML) for one in (own, other)) == expected


def test_our_own_extractor_obeys_the_limits_of_the_recipe() -> None:
    assert text_extractor(ExtractConfig(max_html_bytes=9), EXTRACTOR)(HTML) == "too_large"
