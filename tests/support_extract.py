"""What tests of the extractor share."""

from pipeline.extract.structure import write_text
from pipeline.extract.tables import data_tables
from pipeline.extract.walk import read_blocks
from pipeline.recipe import ExtractConfig


def whole_text(html: str) -> str:
    """The text of a page with all its blocks kept, or the reason why it has none."""
    page = read_blocks(html, ExtractConfig())
    if isinstance(page, str):
        return page
    return write_text(page, list(range(len(page.texts))), data_tables(page))
