"""Wiring of the ingest stage: units become batches of pages, and of documents from text sources."""

from dataclasses import dataclass
from functools import partial
from typing import Self

from pipeline.frame.graph import Each, Function
from pipeline.ingest.sources import read_source
from pipeline.recipe import ExtractConfig, Recipe, Source


@dataclass(frozen=True)
class ReadPages(Each):
    """Units of all sources to batches; each unit is read by the source it names."""

    sources: tuple[Source, ...]
    config: ExtractConfig

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        """The reader of a recipe's sources, without their paths: units name their own."""
        sources = (source.model_copy(update={"paths": ()}) for source in recipe.sources)
        return cls(tuple(sources), recipe.extract)

    def start(self) -> Function:
        by_name = {source.name: source for source in self.sources}
        return partial(read_source, sources=by_name, config=self.config)
