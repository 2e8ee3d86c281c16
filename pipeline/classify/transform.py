"""Wiring of the classify job: examples sampled and read, then every part scored."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam

from classifiers.domains import tag_domain
from classifiers.referenced import load_referenced
from classifiers.wikipedia_links import load_referenced_urls
from pipeline.classify.benchmarks import build_index, load_benchmarks
from pipeline.classify.sampling import (
    merge_samples,
    read_sample,
    sample_bytes,
    sample_part,
    write_examples,
)
from pipeline.classify.score import Scorers, score_part
from pipeline.frame.shuffle import Gather
from pipeline.frame.transforms import MapUnits, OfUnit
from pipeline.recipe import Recipe


@dataclass
class SampleExamples(beam.PTransform):
    """Chooses the documents that will teach, by URL tiers and keyed hashes; writes their rows."""

    urls: str
    path: str
    seed: int

    def expand(self, units: Any) -> Any:
        rows = units | MapUnits("SampleExamples", make=self._sampler)
        return rows | Gather(self.path, merge_samples, sample_bytes)

    def _sampler(self) -> OfUnit:
        known = load_referenced_urls(self.urls)
        return partial(sample_part, tiers=known.tiers, seed=self.seed)


@dataclass
class ReadExamples(beam.PTransform):
    """Writes the sampled documents of every part: the only texts the trainer reads."""

    sample: str
    folder: str

    def expand(self, units: Any) -> Any:
        return units | MapUnits("ReadExamples", make=self._reader)

    def _reader(self) -> OfUnit:
        return partial(write_examples, sample=read_sample(self.sample), folder=self.folder)


@dataclass
class ScoreParts(beam.PTransform):
    """Every part's scores; `model` is a folder, or "" where the gate is off."""

    recipe: Recipe
    model: str

    def expand(self, units: Any) -> Any:
        return units | MapUnits("ScoreParts", make=self._scorer)

    def _scorer(self) -> OfUnit:
        items = load_benchmarks(self.recipe.mix.benchmarks)
        scorers = Scorers(
            referenced=load_referenced(self.model) if self.model else None,
            tag=tag_domain if self.recipe.classify.domains else None,
            benchmarks=build_index(items, self.recipe.mix.ngram) if items else None,
        )
        return partial(score_part, scorers=scorers)
