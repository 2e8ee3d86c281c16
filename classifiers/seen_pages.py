"""The pages that taught a model, each with the score of one that had not seen its site.

A model flatters what it has learnt by heart, so its own pages are scored by others.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import files
from pipeline.errors import UsageError

SEEN = "seen.npy"
_ROWS = np.dtype([("hi", "<u8"), ("lo", "<u8"), ("score", "<f8")])


class SeenPages:
    """Scores by id."""

    def __init__(self, rows: NDArray[np.void] | None = None) -> None:
        found = np.zeros(0, _ROWS) if rows is None else rows
        pairs = zip(found["hi"].tolist(), found["lo"].tolist(), strict=True)
        self._scores = dict(zip(pairs, found["score"].tolist(), strict=True))

    def scores(self, ids: Sequence[str]) -> NDArray[np.float64]:
        """For each id the score of a page that taught, NaN for any other."""
        nothing = float("nan")
        return np.array([self._scores.get(_pair(one), nothing) for one in ids], dtype=np.float64)


def _pair(name: str) -> tuple[int, int]:
    return int(name[:16], 16), int(name[16:], 16)


def write_seen(folder: str, ids: Sequence[str], scores: NDArray[np.float64]) -> None:
    """Writes the pages that taught a model into its folder."""
    rows = np.zeros(len(ids), _ROWS)
    rows["hi"], rows["lo"] = np.array([_pair(one) for one in ids], dtype=np.uint64).T
    rows["score"] = scores.round(9)
    with files.atomic(files.join(folder, SEEN)) as file:
        np.save(file, np.sort(rows), allow_pickle=False)


def read_seen(folder: str, card: dict[str, Any]) -> SeenPages:
    """What `write_seen` wrote; of a model without such a file nothing. UsageError where the file is
    not the one of its card.
    """
    if "seen" not in card:
        return SeenPages()
    path = files.join(folder, SEEN)
    if not files.exists(path) or files.checksum(path) != card["seen"]:
        raise UsageError(f"{path} is not the file its card describes; train the model again")
    return SeenPages(np.load(BytesIO(files.read_bytes(path)), allow_pickle=False))
