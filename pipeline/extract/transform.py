"""Wiring of the extract stage: pages leave early or become documents."""

from dataclasses import dataclass
from functools import partial
from typing import Self

from classifiers import EXTRACTOR
from classifiers.language_model import load_identifier
from pipeline.extract import STAGE
from pipeline.extract.document_of_page import extract_page, text_extractor
from pipeline.extract.prefilter import prefilter
from pipeline.frame.transforms import RecipeStage, Step, pages
from pipeline.recipe import ExtractConfig, Recipe, ScreenConfig


@dataclass
class Prefilter(RecipeStage):
    """Drops near-empty pages and those that are surely in another language."""

    config: ExtractConfig
    screen: ScreenConfig
    drops = (STAGE,)

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        return cls(recipe.extract, recipe.screen)

    def step(self) -> Step:
        identifier = load_identifier(self.screen.identifier)
        return pages(
            partial(prefilter, config=self.config, screen=self.screen, identifier=identifier)
        )


@dataclass
class ExtractText(RecipeStage):
    """Pages become documents; a page without main text is dropped.

    Stands behind `Prefilter`, which bounds pages where it is on.
    """

    config: ExtractConfig
    drops = (STAGE,)

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        return cls(recipe.extract)

    def step(self) -> Step:
        extract = text_extractor(self.config, EXTRACTOR, bounded=self.config.prefilter)
        return pages(partial(extract_page, extract=extract, config=self.config))
