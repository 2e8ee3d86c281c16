"""Wiring of the screen stage: pages by site and rights, documents by language and personal data."""

from dataclasses import dataclass
from functools import partial
from typing import Self

from classifiers import PERSONAL_DATA
from classifiers.fasttext_model import FasttextModel
from classifiers.language_model import told_apart
from pipeline.document import Document, Page
from pipeline.frame.transforms import RecipeStage, Step, documents, pages
from pipeline.recipe import ExtractConfig, Recipe, ScreenConfig
from pipeline.screen import STAGE
from pipeline.screen.blocklist import block_site, load_sites
from pipeline.screen.languages import REASONS, screen_language, tag_language
from pipeline.screen.personal_data import TOO_MUCH, asks_model, redact
from pipeline.screen.rights import read_rights, respect_rights


@dataclass
class BlockSites(RecipeStage):
    """Drops pages of sites that are listed, opted out, or named by words that say enough."""

    config: ScreenConfig
    drops = (STAGE,)

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        return cls(recipe.screen)

    def step(self) -> Step:
        sites = load_sites(self.config)
        return lambda record: (
            block_site(record, sites) if isinstance(record, Page | Document) else record
        )


@dataclass
class ReadRights(RecipeStage):
    """Records what pages say of their use."""

    limits: ExtractConfig

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        return cls(recipe.extract)

    def step(self) -> Step:
        return pages(partial(read_rights, limits=self.limits))


@dataclass
class RespectRights(RecipeStage):
    """Drops pages that opt out, or state no open licence where the recipe asks for one."""

    config: ScreenConfig
    drops = (STAGE,)

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        return cls(recipe.screen)

    def step(self) -> Step:
        return pages(partial(respect_rights, config=self.config))


@dataclass
class TagLanguages(RecipeStage):
    """Records every document's language."""

    config: ScreenConfig

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        return cls(recipe.screen)

    def step(self) -> Step:
        return documents(partial(tag_language, identifier=told_apart(self.config)))


@dataclass
class ScreenLanguages(RecipeStage):
    """Drops documents in languages nobody asked for."""

    config: ScreenConfig
    drops = tuple(f"{STAGE}:{reason}" for reason in REASONS)

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        return cls(recipe.screen)

    def step(self) -> Step:
        return documents(partial(screen_language, config=self.config))


@dataclass
class RedactPersonalData(RecipeStage):
    """Takes personal data out of the text; drops documents that are little else."""

    config: ScreenConfig
    seed: int
    drops = (f"{STAGE}:{TOO_MUCH}",)

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        return cls(recipe.screen, recipe.seed)

    def step(self) -> Step:
        judge = FasttextModel(str(PERSONAL_DATA)).score if asks_model(self.config) else None
        return documents(partial(redact, config=self.config, judge=judge, seed=self.seed))
