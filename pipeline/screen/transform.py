"""Wiring of the screen stage: pages by site and rights, documents by language and personal data."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import apache_beam as beam

from pipeline.document import Document, Dropped, Page, drop
from pipeline.frame.transforms import MapBatches, Step, documents, pages
from pipeline.recipe import ScreenConfig
from pipeline.screen.blocklist import blocked_reason, load_blocklist
from pipeline.screen.languages import language_reason, tag_language
from pipeline.screen.personal_data import redact
from pipeline.screen.rights import rights_reason, rights_signals

STAGE = "screen"


@dataclass
class BlockSites(beam.PTransform):
    """Drops pages of listed sites."""

    config: ScreenConfig

    def expand(self, batches: Any) -> Any:
        return batches | MapBatches("BlockSites", partial(_block_sites, self.config))


def _block_sites(config: ScreenConfig) -> Step:
    blocklist = load_blocklist(config.blocklists)

    def step(page: Page) -> Page | Dropped:
        reason = blocked_reason(page, blocklist)
        return drop(page, STAGE, *reason) if reason else page

    return pages(step)


@dataclass
class RespectRights(beam.PTransform):
    """Records what pages say of their use, and drops those that opt out."""

    config: ScreenConfig

    def expand(self, batches: Any) -> Any:
        return batches | MapBatches("RespectRights", partial(_respect_rights, self.config))


def _respect_rights(config: ScreenConfig) -> Step:
    def step(page: Page) -> Page | Dropped:
        signals = rights_signals(page)
        reason = rights_reason(signals, config)
        return drop(page, STAGE, *reason) if reason else replace(page, rights=signals)

    return pages(step)


@dataclass
class ScreenLanguages(beam.PTransform):
    """Tags every document's language and drops those nobody asked for."""

    config: ScreenConfig

    def expand(self, batches: Any) -> Any:
        return batches | MapBatches("ScreenLanguages", partial(_screen_languages, self.config))


def _screen_languages(config: ScreenConfig) -> Step:
    def step(document: Document) -> Document | Dropped:
        tagged = tag_language(document)
        reason = language_reason(tagged, config)
        return drop(tagged, STAGE, *reason) if reason else tagged

    return documents(step)


@dataclass
class RedactPersonalData(beam.PTransform):
    """Takes e-mail and IP addresses out of the text."""

    config: ScreenConfig

    def expand(self, batches: Any) -> Any:
        return batches | MapBatches("RedactPersonalData", partial(_redact, self.config))


def _redact(config: ScreenConfig) -> Step:
    return documents(lambda document: redact(document, config))
