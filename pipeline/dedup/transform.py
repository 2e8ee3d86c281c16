"""Wiring of deduplication: decisions obeyed, documents signed, rows brought together by key.

`exact` and `near` are a few small pipelines each. What one leaves for the next are files of rows in
the job's work folder, one per range of a hashed key; a part finds its rows in the range of its
number. Rounds of connected components are a loop here, one pipeline each.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

import apache_beam as beam
import numpy as np

from pipeline import files
from pipeline.dedup.decisions import apply_decisions
from pipeline.dedup.minhash import signature
from pipeline.dedup.rows import Rows
from pipeline.document import Batch, Measured, Unit, documents
from pipeline.recipe import DedupConfig, MinhashConfig
from pipeline.routing import MapBatches, MapUnits, range_of

RANGE_DOCUMENTS = 50_000  # documents whose rows fall into one range: 30 MB of band rows
SIGNED = ["id", "source", "characters", "date", "signature"]


@dataclass
class ReadDecided(beam.PTransform):
    """Units of (documents, decisions) to batches of what `exact` has left, cut.

    Documents that `exact` has dropped are in its own drops; here they were never met.
    """

    config: DedupConfig

    def expand(self, units: Any) -> Any:
        return units | MapUnits("ReadDecided", partial(partial, _read_decided, self.config))


def _read_decided(config: DedupConfig, unit: Unit) -> Iterator[Batch]:
    rows = documents(files.read_table(unit.paths[0]))
    decisions = files.read_table(unit.paths[1])
    done = apply_decisions(rows, decisions, "dedup", config.min_characters)
    short = tuple(row for row in done.dropped if row.reason == "too_short_after_cuts")
    seen = {
        "document": len(done.kept) + len(short),
        "apart:cut_lines": done.lines,
        "apart:cut_paragraphs": done.paragraphs,
        "apart:cut_characters": done.characters,
    }
    yield Batch(unit, 0, True, tuple(done.kept), short, tuple(seen.items()))


@dataclass
class SignDocuments(beam.PTransform):
    """Puts the signature of every measured document beside it, None for very short ones."""

    config: MinhashConfig

    def expand(self, batches: Any) -> Any:
        return batches | MapBatches("SignDocuments", partial(partial, _sign, self.config))


def _sign(config: MinhashConfig, record: Any) -> Measured:
    data = signature(record.words, config)
    signed: Measured = replace(record, columns={**record.columns, "signature": data})
    return signed


class Runs(Protocol):
    """What the driver needs of a job at work: pipelines run once, and a folder between them."""

    def once(self, name: str, units: list[Unit], build: Callable[[Any], Any]) -> None: ...

    def work_file(self, name: str) -> str: ...


@dataclass(frozen=True)
class Desk:
    """What the pipelines of one job share: where rows lie, in how many ranges, and part numbers."""

    folder: str
    ranges: int
    own: int
    numbers: Mapping[str, int]

    def path(self, name: str, number: int) -> str:
        return files.join(self.folder, f"{name}-{number:05}.rows")

    def load(self, name: str, number: int, dtype: np.dtype[Any]) -> Rows:
        """The rows of a range; none where none were written."""
        path = self.path(name, number)
        return np.frombuffer(files.read_bytes(path) if files.exists(path) else b"", dtype=dtype)

    def of_part(self, name: str, part: int, dtype: np.dtype[Any]) -> Rows:
        """The rows that a pass has left for a part."""
        place = range_of(np.array([(part,)], dtype=[("part", "<u4")]), ("part",), self.ranges)
        rows = self.load(name, int(place[0]), dtype)
        mine: Rows = rows[rows["part"] == part]
        return mine


def make_desk(job: Runs, units: Sequence[Unit], earlier: Sequence[Unit], rows: int) -> Desk:
    """Parts are numbered by their names, those of earlier runs after the own ones."""
    names = [*sorted(unit.name for unit in units), *sorted(unit.name for unit in earlier)]
    numbers = {name: number for number, name in enumerate(names)}
    ranges = max(1, -(-rows // RANGE_DOCUMENTS))
    return Desk(job.work_file("rows"), ranges, len(units), numbers)


@dataclass
class Together(beam.PTransform):
    """Named collections of row arrays to (range, {name: rows}): all rows whose keys fall into it.

    Most bytes of a grouped element: the rows that one part has in one range.
    """

    key: tuple[str, ...]
    ranges: int
    dtypes: Mapping[str, np.dtype[Any]]

    def expand(self, arrays: Mapping[str, Any]) -> Any:
        blobs = {
            name: rows
            | f"Split {name}"
            >> beam.FlatMap(_split, self.key, self.ranges).with_output_types(tuple[int, bytes])
            for name, rows in arrays.items()
        }
        return blobs | beam.CoGroupByKey() | beam.Map(_join, dict(self.dtypes))


def _split(rows: Rows, key: tuple[str, ...], ranges: int) -> Iterator[tuple[int, bytes]]:
    place = range_of(rows, key, ranges)
    order = np.argsort(place, kind="stable")
    edges = np.searchsorted(place[order], np.arange(ranges + 1))
    for number in np.flatnonzero(np.diff(edges)):
        yield int(number), rows[order[edges[number] : edges[number + 1]]].tobytes()


def _join(
    group: tuple[int, Mapping[str, Iterable[bytes]]], dtypes: dict[str, np.dtype[Any]]
) -> tuple[int, dict[str, Rows]]:
    number, blobs = group
    return number, {
        name: np.frombuffer(b"".join(blobs[name]), dtype=dtype) for name, dtype in dtypes.items()
    }
