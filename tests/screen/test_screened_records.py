"""Single pages and documents screened: those that pass are the same, the others say why not."""

from dataclasses import replace

import pytest

from pipeline.document import Document, Dropped, Page
from pipeline.recipe import ExtractConfig, ScreenConfig
from pipeline.screen.blocklist import Sites, block_site
from pipeline.screen.languages import screen_language
from pipeline.screen.lists.compiled import Listed, in_memory
from pipeline.screen.lists.compiling import compiled
from pipeline.screen.lists.lookup import Lists
from pipeline.screen.rights import read_rights, respect_rights

PAGE = Page("1", "https://good.org/", "crawl", b"<meta name=robots content=noai><p>Words.</p>")
SITES = Sites(Lists((in_memory(compiled([("bad.org", Listed("list.txt", ""))])),)))
DOCUMENT = Document("1", "", "crawl", "Words.", language="en", language_score=0.9)


def told(row: Page | Document | Dropped) -> tuple[str, str, str]:
    assert isinstance(row, Dropped)
    return row.stage, row.reason, row.detail


def test_a_page_of_a_listed_site_leaves_with_its_list() -> None:
    page = replace(PAGE, url="https://www.bad.org/x")
    row = block_site(page, SITES)
    assert told(row) == ("screen", "blocked_site", "list.txt: bad.org")


def test_a_page_of_another_site_passes_as_it_is() -> None:
    assert block_site(PAGE, SITES) is PAGE


def test_reading_rights_records_them_and_changes_nothing_else() -> None:
    read = read_rights(PAGE, ExtractConfig())
    assert read == replace(PAGE, rights="noai", rights_source="noai:meta")


def test_rights_are_respected_as_they_were_read() -> None:
    read = read_rights(PAGE, ExtractConfig())
    assert told(respect_rights(read, ScreenConfig())) == ("screen", "opt_out", "noai:meta")
    assert respect_rights(PAGE, ScreenConfig()) is PAGE


def test_a_recipe_that_asks_for_licences_keeps_no_page_without() -> None:
    config = ScreenConfig(rights="open_licence_only")
    open_page = replace(PAGE, rights="cc-by")
    assert told(respect_rights(PAGE, config)) == ("screen", "no_open_licence", "")
    assert respect_rights(open_page, config) is open_page


@pytest.mark.parametrize(
    ("language", "score", "reason", "detail"),
    [("de", 0.9, "wrong_language", "de"), ("en", 0.2, "unsure_language", "en 0.20")],
)
def test_a_document_in_no_wanted_language_leaves(
    language: str, score: float, reason: str, detail: str
) -> None:
    row = screen_language(
        replace(DOCUMENT, language=language, language_score=score), ScreenConfig()
    )
    assert told(row) == ("screen", reason, detail)


def test_a_document_in_a_wanted_language_passes_as_it_is() -> None:
    assert screen_language(DOCUMENT, ScreenConfig()) is DOCUMENT
