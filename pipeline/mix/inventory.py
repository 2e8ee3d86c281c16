"""What is global of a mixture: characters and documents by component, kind and bin of scores.

A kind says of a document whether its source states its domain, whether it is long, and how often
it is to be seen (`kind_codes`). Few cells hold documents, so a summary names those alone.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import files
from pipeline.document import Unit
from pipeline.mix.columns import BINS, KINDS, Floats, Mixable, part_columns, part_rows, score_bins
from pipeline.mix.shares.rehydration import COPIES

Longs = NDArray[np.int64]
LENGTH = 64  # characters: so coarse are lengths that are squared, so that no sum is too large


@dataclass(frozen=True)
class Summary:
    """Cells that hold documents, shape (m,): ((component x KINDS) + kind) x BINS + bin, ascending.

    Names are sorted. Benchmark hits and harm are left out.
    """

    names: tuple[str, ...]
    cells: Longs
    characters: Longs
    documents: Longs
    squares: Longs  # of lengths in LENGTH characters, summed: how unlike they are
    scored: int  # documents that a model has scored

    def dense(self, of: Longs) -> Floats:
        """`of` (characters, documents or squares) as (components, KINDS, BINS)."""
        found = np.zeros(len(self.names) * KINDS * BINS)
        found[self.cells] = of
        return found.reshape(len(self.names), KINDS, BINS)


def kind_codes(declared: NDArray[Any], long: NDArray[Any], copies: Longs) -> Longs:
    """The kind of every document."""
    return declared.astype(np.int64) + 2 * long.astype(np.int64) + 4 * copies


def kind_traits() -> tuple[NDArray[np.bool_], NDArray[np.bool_], Floats]:
    """Of every kind whether it is declared, whether it is long, and its copies; shape (KINDS,)."""
    codes = np.arange(KINDS)
    return codes % 2 == 1, codes // 2 % 2 == 1, np.array(COPIES, dtype=np.float64)[codes // 4]


def is_long(columns: Mixable, long_from: Mapping[str, int]) -> NDArray[np.bool_]:
    """Which documents have so many characters as make a long one of their component."""
    never = np.iinfo(np.int64).max
    least = np.array([long_from.get(name, never) for name in columns.names], dtype=np.int64)
    return np.asarray(columns.characters >= least[columns.component] if len(columns) else [], bool)


def summarise(columns: Mixable, long_from: Mapping[str, int] | None = None) -> Summary:
    """The cells of one part."""
    clean = (columns.hits == 0) & ~columns.harmful
    kind = kind_codes(columns.declared, is_long(columns, long_from or {}), columns.copies)
    cells = (columns.component * KINDS + kind) * BINS + score_bins(columns.score)
    scored = int(np.count_nonzero(~np.isnan(columns.score)))
    characters = columns.characters[clean]
    ones, squares = np.ones_like(characters), (characters // LENGTH + 1) ** 2
    return _summed(columns.names, cells[clean], (characters, ones, squares), scored)


def _summed(
    names: tuple[str, ...], cells: Longs, columns: tuple[Longs, Longs, Longs], scored: int
) -> Summary:
    """The summary of cells that may come several times."""
    found, places = np.unique(cells, return_inverse=True)
    totals = np.zeros((3, len(found)), dtype=np.int64)
    for total, column in zip(totals, columns, strict=True):
        np.add.at(total, places, column)
    return Summary(names, found, totals[0], totals[1], totals[2], scored)


def merge(summaries: list[Summary]) -> Summary:
    """The sum of all summaries, in any order and grouping; of none an empty one."""
    names = tuple(sorted({name for one in summaries for name in one.names}))
    places = {name: place for place, name in enumerate(names)}
    none = np.zeros(0, dtype=np.int64)
    cells = [none]
    for one in summaries:
        moved = np.array([places[name] for name in one.names], dtype=np.int64)
        component, rest = np.divmod(one.cells, KINDS * BINS)
        cells.append(moved[component] * KINDS * BINS + rest if len(one.cells) else none)
    characters = np.concatenate([none, *(one.characters for one in summaries)])
    documents = np.concatenate([none, *(one.documents for one in summaries)])
    squares = np.concatenate([none, *(one.squares for one in summaries)])
    scored = sum(one.scored for one in summaries)
    return _summed(names, np.concatenate(cells), (characters, documents, squares), scored)


def summary_bytes(summary: Summary) -> bytes:
    """A summary as JSON."""
    value = {
        "names": summary.names,
        "cells": summary.cells.tolist(),
        "characters": summary.characters.tolist(),
        "documents": summary.documents.tolist(),
        "squares": summary.squares.tolist(),
        "scored": summary.scored,
    }
    return json.dumps(value).encode()


def read_summary(path: str) -> Summary:
    """What `summarise_parts` wrote; an empty one where there was no part."""
    if not files.exists(path):
        return merge([])
    value = files.read_json(path)
    names = ("cells", "characters", "documents", "squares")
    cells, characters, documents, squares = (
        np.array(value[name], dtype=np.int64) for name in names
    )
    return Summary(tuple(value["names"]), cells, characters, documents, squares, value["scored"])


def summarise_part(unit: Unit, by: str, long_from: Mapping[str, int]) -> Iterator[Summary]:
    """The cells of the part that a unit of (curated, scores) reads."""
    yield summarise(part_columns(part_rows(unit), by), long_from)
