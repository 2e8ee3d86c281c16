"""Wiring of the ingest stage: units become batches of pages, and of documents from text sources."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from pipeline.frame.graph import Each, Function
from pipeline.ingest.sources import read_source
from pipeline.recipe import ExtractConfig, Recipe, Source


@dataclass(frozen=True)
class ReadPages(Each):
    """Units of all sources to batches; each unit is read by the source it names."""

    sources: tuple[Source, ...] = field(repr=False)  # what they start from may hold a secret
    config: ExtractConfig
    addresses: Mapping[str, str] = field(repr=False)  # of files that units name without secrets

    @classmethod
    def of(cls, recipe: Recipe, addresses: Mapping[str, str]) -> Self:
        """The reader of a recipe's sources, without their paths: units name their own."""
        sources = (source.model_copy(update={"paths": ()}) for source in recipe.sources)
        return cls(tuple(sources), recipe.extract, addresses)

    def start(self) -> Function:
        by_name = {source.name: source for source in self.sources}
        return partial(read_source, sources=by_name, config=self.config, addresses=self.addresses)
