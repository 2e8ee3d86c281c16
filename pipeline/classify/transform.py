"""Wiring of the classify job: examples sampled and read, then every part scored."""

from dataclasses import dataclass
from functools import partial
from typing import Self

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
from pipeline.frame.graph import Chain, Each, Function, Gather
from pipeline.recipe import BenchmarkTable, Recipe


def sample_examples(urls: str, path: str, seed: int) -> Chain:
    """Chooses the documents that will teach, by URL tiers and keyed hashes; writes their rows."""
    return SampleParts(urls, seed) | Gather(path, merge_samples, sample_bytes)


@dataclass(frozen=True)
class SampleParts(Each):
    """The candidates of every part."""

    urls: str
    seed: int

    def start(self) -> Function:
        known = load_referenced_urls(self.urls)
        return partial(sample_part, tiers=known.tiers, seed=self.seed)


@dataclass(frozen=True)
class ReadExamples(Each):
    """Writes the sampled documents of every part: the only texts the trainer reads."""

    sample: str
    folder: str

    def start(self) -> Function:
        return partial(write_examples, sample=read_sample(self.sample), folder=self.folder)


@dataclass(frozen=True)
class ScoreParts(Each):
    """Every part's scores; `model` is a folder, or "" where the gate is off."""

    domains: bool
    benchmarks: tuple[str | BenchmarkTable, ...]
    ngram: int
    model: str

    @classmethod
    def of(cls, recipe: Recipe, model: str) -> Self:
        """The scorer that a recipe asks for."""
        return cls(recipe.classify.domains, recipe.mix.benchmarks, recipe.mix.ngram, model)

    def start(self) -> Function:
        items = load_benchmarks(self.benchmarks)
        scorers = Scorers(
            referenced=load_referenced(self.model) if self.model else None,
            tag=tag_domain if self.domains else None,
            benchmarks=build_index(items, self.ngram) if items else None,
        )
        return partial(score_part, scorers=scorers)
