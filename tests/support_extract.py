"""What tests of the extractor share."""

from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from pipeline.extract.judge.characters import character_classes
from pipeline.extract.judge.model import BlockModel
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


@dataclass
class _Fixed:
    """What `choose` asks of a model, with the chances given."""

    given: list[int]
    weights: dict[str, int] = field(default_factory=dict)
    classes: Any = field(default_factory=character_classes)
    threshold: int = 380

    def judge(self, page: PageBlocks, matrix: Any) -> Any:
        assert len(page.texts) == len(self.given)
        return np.array(self.given)


def fixed_model(chances: list[int]) -> BlockModel:
    """A model that gives these chances, in thousandths, whatever the page."""
    return cast(BlockModel, _Fixed(chances))
