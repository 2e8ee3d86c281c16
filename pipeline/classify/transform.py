"""Wiring of the classify job: examples sampled and read, then every part scored."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Self

from classifiers.gate_models import GateModels
from classifiers.harm import load_evidence
from classifiers.labels.text_model import TextModel
from classifiers.tagging.domain_model import DomainModel
from classifiers.tagging.tag_notes import note, notes_bytes, read_notes
from classifiers.tagging.taught import read_taught, taught_bytes, teach
from classifiers.tagging.topics import tag_topics
from classifiers.wikipedia.dump_files import read_links
from classifiers.wikipedia.tiers import load_referenced_urls, save_links
from pipeline import files
from pipeline.arrow import documents
from pipeline.classify.benchmarks import build_index, load_benchmarks
from pipeline.classify.sampling import (
    merged,
    read_sample,
    sample_bytes,
    sample_part,
    survivors,
    write_examples,
)
from pipeline.classify.score import Scorers, Tags, by_id, score_part
from pipeline.document import Document, Unit
from pipeline.frame.graph import Chain, Each, Function, Gather
from pipeline.frame.parts import unkeyed
from pipeline.frame.transforms import MapUnits
from pipeline.recipe import ClassifyConfig, Recipe
from pipeline.recipe_types import BenchmarkTable

# What tells a document's tags; what has no other value must be there.
_TAGGED = (
    "id", "url", "source", "text", "site", "title", "page_type", "has_code", "domain",
)  # fmt: skip


def sample_examples(urls: str, path: str, seed: int) -> Chain:
    """Chooses the documents that will teach, by URL tiers and keyed hashes; writes their rows."""
    return SampleParts(urls, seed) | Gather(path, merged, sample_bytes)


def learn_tags(taught: str, noted: str) -> MapUnits:
    """Writes what the pages of each part that rules are sure of hold, by domain, into a folder, and
    what all of them say into another.
    """
    return MapUnits("TeachTags", partial(teach_part, taught, noted))


def teach_part(taught: str, noted: str, unit: Unit) -> Iterator[str]:
    """Writes both of a part, notes first; gives the path of the other."""
    found = by_id(documents(survivors(unit, list(_TAGGED))))
    notes, name = note(found), _npz(unit)
    files.write_bytes_atomic(files.join(noted, name), notes_bytes(notes))
    files.write_bytes_atomic(files.join(taught, name), taught_bytes(teach(found, notes)))
    yield files.join(taught, name)


def _npz(unit: Unit) -> str:
    """The name of what is known of a part, whatever its scores depend on beside it."""
    return f"{unkeyed(unit.name)}.npz"


@dataclass(frozen=True)
class ReadLinks(Each):
    """Writes what is kept of the links of every unit of a dump."""

    folder: str

    def start(self) -> Function:
        return lambda unit: (save_links(read_links(unit), self.folder, unit.name),)


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
        return partial(write_examples, sample=read_sample(self.sample).rows, folder=self.folder)


@dataclass(frozen=True)
class LearntTags:
    """The file of what domains are like, and the folder of notes on the parts that taught it."""

    taught: str = ""
    noted: str = ""

    def tagger(self) -> "Tagger":
        """What tags the documents of units."""
        return Tagger(DomainModel(read_taught([self.taught])), self.noted)


class Tagger:
    """Tags the documents of a unit, by the notes on them or by their texts."""

    def __init__(self, model: DomainModel, noted: str) -> None:
        self._model, self._noted = model, noted
        self._files = frozenset(path.rpartition("/")[2] for path in files.find(noted))

    def needs_texts(self, unit: Unit) -> bool:
        """Whether there are no notes on a unit's documents."""
        return _npz(unit) not in self._files

    def tag(self, unit: Unit, found: list[Document]) -> tuple[Tags, Tags]:
        """Domains and topics of a unit's documents, which are sorted by id."""
        is_noted = not self.needs_texts(unit)
        notes = read_notes(files.join(self._noted, _npz(unit))) if is_noted else note(found)
        return self._model.tag(notes), tag_topics(notes.topics)


@dataclass(frozen=True)
class ScoreParts(Each):
    """Every part's scores; `models` are the folders that the gate asks, none where it is off."""

    classify: ClassifyConfig
    benchmarks: tuple[str | BenchmarkTable, ...]
    ngram: int
    models: tuple[str, ...]
    learnt: LearntTags

    @classmethod
    def of(cls, recipe: Recipe, models: tuple[str, ...], learnt: LearntTags) -> Self:
        """The scorer that a recipe asks for."""
        return cls(recipe.classify, recipe.mix.benchmarks, recipe.mix.ngram, models, learnt)

    def start(self) -> Function:
        items = load_benchmarks(self.benchmarks)
        asked, harm = self.classify, self.classify.harm
        scorers = Scorers(
            referenced=GateModels(self.models, asked.combine) if self.models else None,
            harm=TextModel(harm.model) if harm.model else None,
            evidence=load_evidence(harm.lists, harm.words).of if harm.model else None,
            least_harm=harm.least,
            tagger=self.learnt.tagger() if asked.domains else None,
            topics=_topics(asked.topics) if asked.topics else None,
            benchmarks=build_index(items, self.ngram) if items else None,
        )
        return partial(score_part, scorers=scorers)


def _topics(folder: str) -> Callable[[list[str]], Tags]:
    model = TextModel(folder)

    def topics(texts: list[str]) -> Tags:
        labels, chances = model.best(texts)
        return list(zip(labels, chances.tolist(), strict=True))

    return topics
