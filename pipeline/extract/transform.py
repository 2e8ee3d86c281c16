"""Wiring of the extract stage: pages leave early or become documents."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam

from pipeline.document import Document, Dropped, Page, drop
from pipeline.extract.others import extract_with, structure_of
from pipeline.extract.prefilter import prefilter_reason
from pipeline.recipe import ExtractConfig, ScreenConfig
from pipeline.routing import MapBatches, Step, pages
from pipeline.urls import site

STAGE = "extract"


@dataclass
class Prefilter(beam.PTransform):
    """Drops near-empty pages and those that are surely in another language."""

    config: ExtractConfig
    screen: ScreenConfig

    def expand(self, batches: Any) -> Any:
        return batches | MapBatches("Prefilter", partial(_prefilter, self.config, self.screen))


def _prefilter(config: ExtractConfig, screen: ScreenConfig) -> Step:
    def step(page: Page) -> Page | Dropped:
        reason = prefilter_reason(page, config, screen)
        return drop(page, STAGE, *reason) if reason else page

    return pages(step)


@dataclass
class ExtractText(beam.PTransform):
    """Pages become documents; a page without main text is dropped."""

    config: ExtractConfig

    def expand(self, batches: Any) -> Any:
        return batches | MapBatches("ExtractText", partial(_extract, self.config))


def _extract(config: ExtractConfig) -> Step:
    return pages(lambda page: extracted(page, config))


def extracted(page: Page, config: ExtractConfig) -> Document | Dropped:
    """The document of a page, or why it has none."""
    text = extract_with(config, page.html)
    if text is None:
        return drop(page, STAGE, "broken_page")
    if len(text) < config.min_characters:
        return drop(page, STAGE, "no_text", str(len(text)))
    return document_of(page, text)


def document_of(page: Page, text: str) -> Document:
    """The document that a page's main text becomes."""
    structure = structure_of(page.html)
    return Document(
        id=page.id,
        url=page.url,
        source=page.source,
        text=text,
        site=site(page.url),
        date=page.date,
        record_id=page.record_id,
        warc_file=page.warc_file,
        warc_offset=page.warc_offset,
        warc_length=page.warc_length,
        status=page.status,
        charset=page.charset,
        charset_source=page.charset_source,
        has_math=structure.has_math,
        has_code=structure.has_code,
        has_table=structure.has_table,
        rights=page.rights,
    )
