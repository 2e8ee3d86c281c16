"""What tests of the extractor share."""

from pipeline.extract.page.page_blocks import PageBlocks
from pipeline.extract.page.tables import data_tables
from pipeline.extract.page.walk import read_blocks
from pipeline.extract.structure import write_text
from pipeline.recipe import ExtractConfig


def whole_text(html: str) -> str:
    """The text of a page with all its blocks kept, or the reason why it has none."""
    page = read_blocks(html, ExtractConfig())
    if isinstance(page, str):
        return page
    return write_text(page, list(range(len(page.texts))), data_tables(page))


def page_of(html: str) -> PageBlocks:
    """The blocks of a page that has some."""
    page = read_blocks(html, ExtractConfig())
    assert not isinstance(page, str)
    return page
