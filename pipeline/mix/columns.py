"""The columns that are mixed, and their keyed chances.

A *component* is what weights speak of: a domain, a source or a language, as the recipe says.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import files
from pipeline.arrow import beside, joined
from pipeline.document import Unit, digest
from pipeline.mix.shares.rehydration import COPIES, copy_class

BINS = 1_000  # of scores between 0 and 1
KINDS = 4 * len(COPIES)  # declared or not, long or not, and how often it is to be seen
_OWN = ["id", "source", "characters", "language"]
_PLACE = ["url", "record_id", "warc_file", "warc_offset"]
_SCORED = ["referenced_score", "harmful", "domain", "hits"]
_EVIDENCE = ["harm_score", "harm_evidence", "hit"]  # of what leaves

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mixable:
    """The columns of one part, each of shape (n,); `component` indexes `names`."""

    hi: NDArray[np.uint64]  # the first and the last 16 hex digits of the id
    lo: NDArray[np.uint64]
    names: tuple[str, ...]
    component: NDArray[np.int64]
    score: Floats  # NaN where no model has scored
    characters: NDArray[np.int64]
    hits: NDArray[np.int64]  # benchmark items found
    harmful: NDArray[np.bool_]  # by a model and by something else
    declared: NDArray[np.bool_]  # the source states the domain: no gate applies
    copies: NDArray[np.int64]  # a place in COPIES

    def __len__(self) -> int:
        return len(self.hi)


def mixable(
    ids: list[str],
    components: list[str],
    scores: Floats,
    characters: NDArray[np.int64],
    hits: NDArray[np.int64],
    harmful: NDArray[np.bool_],
    declared: NDArray[np.bool_],
    copies: NDArray[np.int64] | None = None,
) -> Mixable:
    """The columns from what the tables hold: ids of 32 hex digits and names of components."""
    names, codes = np.unique(np.array(components, dtype=np.str_), return_inverse=True)
    return Mixable(
        hi=np.array([int(name[:16], 16) for name in ids], dtype=np.uint64),
        lo=np.array([int(name[16:], 16) for name in ids], dtype=np.uint64),
        names=tuple(names.tolist()),
        component=codes.astype(np.int64),
        score=scores,
        characters=characters,
        hits=hits,
        harmful=harmful,
        declared=declared,
        copies=np.zeros(len(ids), dtype=np.int64) if copies is None else copies,
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


def part_rows(unit: Unit, *, placed: bool = False) -> pa.Table:
    """Scores with the length of their documents, by id, and with their places where those are
    asked for.

    The unit reads curated, scores and, where copies depend on them, clusters. The documents' own
    domain, which the source declares, is called `declared`.
    """
    curated, scores, *clusters = unit.files
    own = [*_OWN, *(_PLACE if placed else ())]
    places = files.read_table(curated, [*own, "domain"]).rename_columns([*own, "declared"])
    told = [*_SCORED, *(_EVIDENCE if placed else ())]
    rows = joined(places, files.read_table(scores, ["id", *told]))
    return beside(rows, files.read_table(clusters[0], ["id", "size"])) if clusters else rows


def part_columns(rows: pa.Table, by: str = "domain") -> Mixable:
    """What is mixed of the rows of one part, by the column that names their components."""
    scores = rows["referenced_score"].fill_null(float("nan"))
    sizes = rows["size"].fill_null(1) if "size" in rows.column_names else None
    return mixable(
        rows["id"].to_pylist(),
        rows[by].to_pylist(),
        np.asarray(scores, dtype=np.float64),
        np.asarray(rows["characters"], dtype=np.int64),
        np.asarray(rows["hits"], dtype=np.int64),
        np.asarray(rows["harmful"], dtype=np.bool_),
        np.array([name != "" for name in rows["declared"].to_pylist()], dtype=np.bool_),
        None if sizes is None else copy_class(np.asarray(sizes, dtype=np.int64)),
    )
