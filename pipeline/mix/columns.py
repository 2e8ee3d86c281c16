"""The columns that are mixed, their keyed chances, and the histogram merged over all parts."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import files
from pipeline.arrow import joined
from pipeline.document import Unit, digest

BINS = 1_000  # of scores between 0 and 1
_PLACE = ["id", "url", "source", "record_id", "warc_file", "warc_offset", "characters", "language"]
_SCORED = ["referenced_score", "harm_score", "harm_evidence", "harmful", "domain", "hits", "hit"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mixable:
    """The columns of one part, each of shape (n,); `domain` indexes `names`."""

    hi: NDArray[np.uint64]  # the first and the last 16 hex digits of the id
    lo: NDArray[np.uint64]
    names: tuple[str, ...]
    domain: NDArray[np.int64]
    score: Floats  # NaN where no model has scored
    characters: NDArray[np.int64]
    hits: NDArray[np.int64]  # benchmark items found
    harmful: NDArray[np.bool_]  # by a model and by something else
    declared: NDArray[np.bool_]  # the source states the domain: no gate applies

    def __len__(self) -> int:
        return len(self.hi)


def mixable(
    ids: list[str],
    domains: list[str],
    scores: Floats,
    characters: NDArray[np.int64],
    hits: NDArray[np.int64],
    harmful: NDArray[np.bool_],
    declared: NDArray[np.bool_],
) -> Mixable:
    """The columns from what the tables hold: ids of 32 hex digits and names of domains."""
    names, codes = np.unique(np.array(domains, dtype=np.str_), return_inverse=True)
    return Mixable(
        hi=np.array([int(name[:16], 16) for name in ids], dtype=np.uint64),
        lo=np.array([int(name[16:], 16) for name in ids], dtype=np.uint64),
        names=tuple(names.tolist()),
        domain=codes.astype(np.int64),
        score=scores,
        characters=characters,
        hits=hits,
        harmful=harmful,
        declared=declared,
    )


def chances(columns: Mixable, seed: int, purpose: str) -> Floats:
    """A keyed hash of every id as a number in [0, 1): `unit_hash` for whole columns.

    Ids are BLAKE2b digests already, so a keyed finaliser (splitmix64, Steele et al. 2014) makes
    draws of different purposes independent.
    """
    key = np.uint64(int(digest(str(seed), purpose)[:16], 16))
    mixed = _finalised(_finalised(columns.hi ^ key) ^ columns.lo)
    return np.asarray((mixed >> np.uint64(11)) * 2.0**-53, dtype=np.float64)


def _finalised(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def score_bins(scores: Floats) -> NDArray[np.int64]:
    """The bin of every score; a missing score is 0."""
    return np.clip(np.nan_to_num(scores) * BINS, 0, BINS - 1).astype(np.int64)


@dataclass(frozen=True)
class Summary:
    """What `decide` knows: characters and documents by domain, declared or not, and bin of score.

    Shapes (len(names), 2, BINS); names are sorted. Benchmark hits and harm are left out.
    """

    names: tuple[str, ...]
    characters: NDArray[np.int64]
    documents: NDArray[np.int64]
    scored: int  # documents that a model has scored


def summarise(columns: Mixable) -> Summary:
    """The histogram of one part, a few kilobytes."""
    shape = (len(columns.names), 2, BINS)
    clean = (columns.hits == 0) & ~columns.harmful
    cells = np.ravel_multi_index(
        (
            columns.domain[clean],
            columns.declared[clean].astype(np.int64),
            score_bins(columns.score[clean]),
        ),
        shape,
    )
    characters = np.zeros(shape, dtype=np.int64)
    np.add.at(characters.reshape(-1), cells, columns.characters[clean])
    documents = np.bincount(cells, minlength=characters.size).reshape(shape).astype(np.int64)
    scored = int(np.count_nonzero(~np.isnan(columns.score)))
    return _sorted(Summary(columns.names, characters, documents, scored))


def _sorted(summary: Summary) -> Summary:
    order = sorted(range(len(summary.names)), key=lambda i: summary.names[i])
    names = tuple(summary.names[i] for i in order)
    return Summary(names, summary.characters[order], summary.documents[order], summary.scored)


def merge(summaries: list[Summary]) -> Summary:
    """The sum of all summaries, in any order and grouping; of none an empty one."""
    empty = np.zeros((0, 2, BINS), dtype=np.int64)
    return reduce(_merged, summaries, Summary((), empty, empty, 0))


def _merged(a: Summary, b: Summary) -> Summary:
    names = tuple(sorted({*a.names, *b.names}))
    totals = []
    for field in ("characters", "documents"):
        total = np.zeros((len(names), 2, BINS), dtype=np.int64)
        for part in (a, b):
            total[[names.index(name) for name in part.names]] += getattr(part, field)
        totals.append(total)
    return Summary(names, totals[0], totals[1], a.scored + b.scored)


def summary_bytes(summary: Summary) -> bytes:
    """A summary as JSON."""
    value = {
        "names": summary.names,
        "characters": summary.characters.tolist(),
        "documents": summary.documents.tolist(),
        "scored": summary.scored,
    }
    return json.dumps(value).encode()


def read_summary(path: str) -> Summary:
    """What `SummariseParts` wrote; an empty one where there was no part."""
    if not files.exists(path):
        return merge([])
    value = files.read_json(path)
    return Summary(
        tuple(value["names"]),
        np.array(value["characters"], dtype=np.int64),
        np.array(value["documents"], dtype=np.int64),
        value["scored"],
    )


def part_rows(unit: Unit) -> pa.Table:
    """Scores with the place and length of their documents, by id; the unit reads curated, scores.

    The documents' own domain, which the source declares, is called `declared`.
    """
    curated, scores = unit.files
    places = files.read_table(curated, [*_PLACE, "domain"]).rename_columns([*_PLACE, "declared"])
    return joined(places, files.read_table(scores, ["id", *_SCORED]))


def part_columns(rows: pa.Table) -> Mixable:
    """What is mixed of the rows of one part."""
    scores = rows["referenced_score"].fill_null(float("nan"))
    return mixable(
        rows["id"].to_pylist(),
        rows["domain"].to_pylist(),
        np.asarray(scores, dtype=np.float64),
        np.asarray(rows["characters"], dtype=np.int64),
        np.asarray(rows["hits"], dtype=np.int64),
        np.asarray(rows["harmful"], dtype=np.bool_),
        np.array([name != "" for name in rows["declared"].to_pylist()], dtype=np.bool_),
    )


def summarise_part(unit: Unit) -> Iterator[Summary]:
    """The histogram of the part that a unit of (curated, scores) reads."""
    yield summarise(part_columns(part_rows(unit)))
