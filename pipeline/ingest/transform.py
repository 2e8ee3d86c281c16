"""Wiring of the ingest stage: units become batches of pages, and of documents from text sources."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam

from pipeline.frame.transforms import MapUnits
from pipeline.ingest.sources import read_source
from pipeline.recipe import ExtractConfig, Source


@dataclass
class ReadPages(beam.PTransform):
    """Units of all sources to batches; each unit is read by the source it names."""

    sources: tuple[Source, ...]
    config: ExtractConfig

    def expand(self, units: Any) -> Any:
        by_name = {source.name: source for source in self.sources}
        read = partial(read_source, sources=by_name, config=self.config)
        return units | MapUnits("ReadPages", read)
