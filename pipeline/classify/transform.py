"""Wiring of the classify job: examples sampled and read, then every part scored."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any

import apache_beam as beam
import numpy as np
import pyarrow as pa

from classifiers.domains import tag_domain
from classifiers.referenced import load_referenced
from classifiers.wikipedia_links import load_referenced_urls
from pipeline import files
from pipeline.classify.benchmarks import build_index, load_benchmarks
from pipeline.classify.sampling import is_sampled, merge_samples, sample_rows
from pipeline.classify.score import Scorers, score_documents
from pipeline.document import Document, Unit, documents
from pipeline.frame.parts import Made
from pipeline.frame.shuffle import Rows
from pipeline.frame.transforms import Gather, MapUnits
from pipeline.recipe import Recipe

CITED, UNKNOWN = 0, 3  # tiers of a URL, see classifiers.wikipedia_links
EXAMPLE_COLUMNS = ("id", "url", "site", "text")


def survivors(unit: Unit, columns: list[str] | None = None) -> pa.Table:
    """The rows of a curated part that its near-duplicate decisions leave."""
    curated, decisions = unit.paths
    gone = files.read_table(decisions, ["id"])["id"]
    table = files.read_table(curated, columns)
    keep = pa.compute.invert(pa.compute.is_in(table["id"], value_set=gone.combine_chunks()))
    return table.filter(keep)


@dataclass
class SampleExamples(beam.PTransform):
    """Chooses the documents that will teach, by URL tiers and keyed hashes; writes their rows."""

    urls: str
    path: str
    seed: int

    def expand(self, units: Any) -> Any:
        rows = units | MapUnits("SampleExamples", partial(_sampler, self.urls, self.seed))
        return rows | Gather(self.path, merge_samples, npy)


def _sampler(urls: str, seed: int) -> Callable[[Unit], Iterable[Rows]]:
    known = load_referenced_urls(urls)

    def sample(unit: Unit) -> Iterable[Rows]:
        table = survivors(unit, ["id", "url", "site"])
        tiers = known.tiers(table["url"].to_pylist())
        ids, sites = table["id"].to_pylist(), table["site"].to_pylist()
        yield sample_rows(ids, sites, tiers == CITED, tiers == UNKNOWN, seed)

    return sample


def npy(rows: Rows) -> bytes:
    """Rows as the bytes of a .npy file."""
    buffer = BytesIO()
    np.save(buffer, rows, allow_pickle=False)
    return buffer.getvalue()


@dataclass
class ReadExamples(beam.PTransform):
    """Writes the sampled documents of every part: the only texts the trainer reads."""

    sample: str
    folder: str

    def expand(self, units: Any) -> Any:
        examples = partial(_examples, self.sample, self.folder)
        return units | MapUnits("ReadExamples", examples)


def _examples(sample: str, folder: str) -> Callable[[Unit], Iterable[str]]:
    chosen = np.load(BytesIO(files.read_bytes(sample)), allow_pickle=False)

    def write(unit: Unit) -> Iterable[str]:
        table = survivors(unit, list(EXAMPLE_COLUMNS))
        table = table.filter(pa.array(is_sampled(table["id"].to_pylist(), chosen)))
        path = files.join(folder, f"{unit.name}.parquet")
        files.write_table(path, table)
        yield path

    return write


@dataclass
class ScoreParts(beam.PTransform):
    """Every part's scores; `model` is a folder, or "" where the gate is off."""

    recipe: Recipe
    model: str

    def expand(self, units: Any) -> Any:
        return units | MapUnits("ScoreParts", partial(_scorer, self.recipe, self.model))


def _scorer(recipe: Recipe, model: str) -> Callable[[Unit], Iterable[Made]]:
    items = load_benchmarks(recipe.mix.benchmarks)
    scorers = Scorers(
        referenced=load_referenced(model) if model else None,
        tag=tag_domain if recipe.classify.domains else None,
        benchmarks=build_index(items, recipe.mix.ngram) if items else None,
    )

    def score(unit: Unit) -> Iterable[Made]:
        found: list[Document] = documents(survivors(unit))
        table = score_documents(found, scorers)
        part = f"{unit.name}.000"
        yield Made(part, {"scores": table}, kept=table.num_rows, seen={"document": len(found)})

    return score
