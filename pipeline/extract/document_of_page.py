"""A page becomes a document: the configured extractor, and what is known of the page beside it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline.document import Document, Dropped, Page, drop
from pipeline.extract import STAGE
from pipeline.extract.extractor import Extracted, extract_text
from pipeline.extract.judge.model import load_model
from pipeline.extract.others import extract_with
from pipeline.recipe import ExtractConfig
from pipeline.urls import site

Extract = Callable[[bytes], Extracted | str]


def text_extractor(config: ExtractConfig, model: Path, bounded: bool = False) -> Extract:
    """The configured extractor: HTML to its main content, or the reason why there is none.

    `model` is the folder of our own extractor's model. `bounded` pages have been asked for their
    `excess` before.
    """
    if config.extractor == "gristmill":
        return partial(extract_text, model=load_model(model), limits=config, bounded=bounded)
    return partial(extract_with, config)


def extract_page(page: Page, extract: Extract, config: ExtractConfig) -> Document | Dropped:
    """The document of a page, or why it has none."""
    found = extract(page.html)
    if isinstance(found, str):
        return drop(page, STAGE, found)
    if len(found.text) < config.min_characters:
        return drop(page, STAGE, "no_text", str(len(found.text)))
    return document_of(page, found)


def document_of(page: Page, found: Extracted) -> Document:
    """The document that a page's main content becomes."""
    return Document(
        id=page.id,
        url=page.url,
        source=page.source,
        text=found.text,
        site=site(page.url),
        date=page.date,
        record_id=page.record_id,
        warc_file=page.warc_file,
        warc_offset=page.warc_offset,
        warc_length=page.warc_length,
        status=page.status,
        charset=page.charset,
        charset_source=page.charset_source,
        title=found.title,
        page_type=found.page_type,
        has_math=found.has_math,
        has_code=found.has_code,
        has_table=found.has_table,
        page_share=found.page_share,
        link_share=found.link_share,
        rights=page.rights,
        rights_source=page.rights_source,
    )
