"""Wiring of the ingest stage: units become batches of pages, and of documents from text sources."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam

from pipeline.document import Batch, Unit
from pipeline.frame.transforms import MapUnits
from pipeline.ingest.sources import read_unit
from pipeline.recipe import ExtractConfig, Source


@dataclass
class ReadPages(beam.PTransform):
    """Units of all sources to batches; each unit is read by the source it names."""

    sources: tuple[Source, ...]
    config: ExtractConfig

    def expand(self, units: Any) -> Any:
        return units | MapUnits("ReadPages", partial(_reader, self.sources, self.config))


def _reader(
    sources: tuple[Source, ...], config: ExtractConfig
) -> Callable[[Unit], Iterable[Batch]]:
    by_name = {source.name: source for source in sources}
    return lambda unit: read_unit(unit, by_name[unit.source], config)
