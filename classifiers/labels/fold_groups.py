"""What belongs on one side of a split: rows of one site, and rows that are nearly the same.

A model that has seen a site recognises it, and one that has seen a text knows its label.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.fasttext_model import normal_form
from classifiers.labels.label_file import Labelled
from pipeline.dedup.near.minhash import band_keys, minhashes, shingles
from pipeline.document import digest, unit_hash
from pipeline.errors import CheckError
from pipeline.recipe import MinhashConfig
from pipeline.text import words

FOLDS = 5
_BANDS = MinhashConfig()
Numbers = NDArray[np.int64]


def groups(rows: Sequence[Labelled]) -> Numbers:
    """For each row the number of the first row that it must not be parted from."""
    first = np.arange(len(rows))
    known: dict[bytes, int] = {}
    for number, row in enumerate(rows):
        for key in _keys(row):
            _join(first, number, known.setdefault(key, number))
    return np.array([_root(first, number) for number in range(len(rows))], dtype=np.int64)


def _keys(row: Labelled) -> list[bytes]:
    """Rows with one of them in common belong together."""
    found = [b"site " + row.site.encode()] if row.site else []
    line = normal_form(row.text)
    hashes = shingles(words(line))
    if not len(hashes):
        return [*found, b"text " + line.encode()]
    packed = band_keys(minhashes(hashes, _BANDS), _BANDS)
    bands = [packed[at : at + 8] for at in range(0, len(packed), 8)]
    return [*found, *(b"band %d " % at + band for at, band in enumerate(bands))]


def _root(first: Numbers, number: int) -> int:
    while first[number] != number:
        first[number] = first[first[number]]
        number = int(first[number])
    return number


def _join(first: Numbers, one: int, other: int) -> None:
    low, high = sorted((_root(first, one), _root(first, other)))
    first[high] = low


def folds(rows: Sequence[Labelled], seed: int) -> Numbers:
    """For each row the fold that all of its group are in, 0 to 4: groups by keyed hash, each to the
    fold that has the fewest rows so far.
    """
    of_row = groups(rows)
    names, sizes = np.unique(of_row, return_counts=True)
    order = sorted(
        range(len(names)),
        key=lambda at: (-sizes[at], unit_hash(seed, "fold", _name(rows[int(names[at])]))),
    )
    fill, fold_of = [0] * FOLDS, {}
    for at in order:
        least = min(range(FOLDS), key=fill.__getitem__)
        fill[least] += int(sizes[at])
        fold_of[int(names[at])] = least
    found = np.array([fold_of[int(group)] for group in of_row], dtype=np.int64)
    check_apart(rows, found)
    return found


def _name(row: Labelled) -> str:
    return digest(row.site, row.text)


def check_apart(rows: Sequence[Labelled], sides: Sequence[object] | Numbers) -> None:
    """Raises CheckError where a site or what is nearly the same stands on two sides."""
    seen: dict[bytes, object] = {}
    for row, side in zip(rows, sides, strict=True):
        for key in _keys(row):
            if seen.setdefault(key, side) != side:
                raise CheckError(
                    f"{row.site or 'a text'} stands on two sides of a split; this is a defect of "
                    "the program, please report it"
                )
