"""Wiring of the extract stage: pages leave early or become documents."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import apache_beam as beam

import classifiers
from pipeline.document import Document, Dropped, Page, drop
from pipeline.extract.extractor import Extracted, extract_text
from pipeline.extract.judge.model import load_model
from pipeline.extract.others import extract_with
from pipeline.extract.prefilter import prefilter_reason
from pipeline.frame.transforms import MapBatches, Step, pages
from pipeline.recipe import ExtractConfig, ScreenConfig
from pipeline.urls import site

STAGE = "extract"
MODEL = Path(classifiers.__file__).parent / "models" / "extractor"


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
    extract = text_extractor(config)
    return pages(lambda page: extracted(page, extract, config))


Extract = Callable[[str], Extracted | str]


def text_extractor(config: ExtractConfig) -> Extract:
    """The configured extractor: HTML to its main content, or the reason why there is none."""
    if config.extractor == "gristmill":
        return partial(extract_text, model=load_model(MODEL), limits=config)
    return partial(extract_with, config)


def extracted(page: Page, extract: Extract, config: ExtractConfig) -> Document | Dropped:
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
        rights=page.rights,
    )
