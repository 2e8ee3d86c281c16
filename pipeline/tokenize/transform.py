"""Wiring of the tokenize job: a sample drawn, parts encoded, shards gathered by locators."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam

from pipeline.frame.shuffle import MapRanges, ShuffleRows
from pipeline.frame.transforms import MapUnits, OfUnit
from pipeline.tokenize.encode import load_tokenizer
from pipeline.tokenize.shards import ROW, ShardPlan, locate_part, write_shards
from pipeline.tokenize.token_files import encode_unit
from pipeline.tokenize.tokenizer_sample import write_texts


@dataclass
class SampleTexts(beam.PTransform):
    """Writes the texts that train the tokenizer, a file per part; `rates` are shares by group."""

    folder: str
    rates: dict[str, float]
    seed: int

    def expand(self, units: Any) -> Any:
        write = partial(write_texts, folder=self.folder, rates=self.rates, seed=self.seed)
        return units | MapUnits("SampleTexts", write)


@dataclass
class EncodeParts(beam.PTransform):
    """Token files, one per part."""

    tokenizer: str
    seed: int

    def expand(self, units: Any) -> Any:
        return units | MapUnits("EncodeParts", make=self._encoder)

    def _encoder(self) -> OfUnit:
        return partial(encode_unit, encoder=load_tokenizer(self.tokenizer), seed=self.seed)


@dataclass
class GatherShards(beam.PTransform):
    """Locators of all documents, grouped by shard; every shard is gathered from the token files.

    Most bytes of a grouped element: the locators, 44 bytes each, of one part in one range.
    """

    plan: ShardPlan
    ranges: int

    def expand(self, units: Any) -> Any:
        return (
            units
            | MapUnits("LocateTokens", make=self._locator)
            | ShuffleRows(("group", "shard"), self.ranges, ROW)
            | MapRanges(partial(write_shards, plan=self.plan))
        )

    def _locator(self) -> OfUnit:
        numbers = {path: number for number, path in enumerate(self.plan.token_files)}
        return partial(locate_part, numbers=numbers, plan=self.plan)
