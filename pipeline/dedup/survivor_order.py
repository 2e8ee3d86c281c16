"""Who stays of documents that are one: the recipe's order of survivors as numbers.

Of each number the smallest stays; the least id among equals. Before the recipe's criteria `exact`
asks whether a document is in a language that the recipe keeps: a copy in another one would leave
later, and its text with it. In `near` all that are left are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.dedup.rows import Words, column, hash64

ORDER = [("order_0", "<f8"), ("order_1", "<f8"), ("order_2", "<f8"), ("order_3", "<f8")]
Values = Mapping[str, NDArray[Any]]


def order_columns(criteria: Sequence[str], values: Values) -> dict[str, NDArray[np.float64]]:
    """ORDER fields: the stated criteria as numbers of which the smallest stays; unused ones are
    0. `values` are the quality, characters and date (`date_number`) of documents, as far as asked.
    """
    length = len(next(iter(values.values())))
    columns = {name: np.zeros(length) for name, _ in ORDER}
    for (name, _), criterion in zip(ORDER, dict.fromkeys(criteria), strict=False):
        told, sign = _MEANING[criterion]
        columns[name] = np.nan_to_num(sign * np.asarray(values[told], dtype=np.float64))
    return columns


_MEANING = {
    "quality": ("quality", -1),
    "longest": ("characters", -1),
    "newest": ("date", -1),
    "oldest": ("date", 1),
    "asked": ("asked", -1),
}


@dataclass(frozen=True)
class KeyOrder:
    """The order of survivors as far as keys tell it: all but quality."""

    survivor: tuple[str, ...]
    languages: tuple[str, ...] = ()  # that the recipe keeps; all where it names none

    def columns(
        self, keys: pa.Table, survivor: Sequence[str] = ()
    ) -> dict[str, NDArray[np.float64]]:
        """ORDER fields of every row of keys, by other criteria than the recipe's if given."""
        criteria = [name for name in survivor or self.survivor if name != "quality"]
        values = {name: column(keys, name) for name in ("characters", "date")}
        return order_columns(["asked", *criteria], values | {"asked": self._asked(keys)})

    def _asked(self, keys: pa.Table) -> NDArray[Any]:
        hashes = np.array([hash64(name) for name in self.languages], dtype=np.uint64)
        return np.isin(column(keys, "language"), hashes) | (not self.languages)

    def packed(self, keys: pa.Table) -> Words:
        """The criteria of every row of keys as one number, of documents in one language. Of the
        three but two can say something. Never 0, so that what comes before all can have it.
        """
        most, zero = np.uint64(0xFFFFFFFF), np.zeros(len(keys), dtype=np.uint64)
        seconds = _seconds(column(keys, "date"))
        length = np.minimum(column(keys, "characters").astype(np.uint64), most)
        values = {"longest": most - length, "newest": most - seconds, "oldest": seconds}
        told = [values[name] for name in dict.fromkeys(self.survivor) if name in values]
        high, low = [*told, zero, zero][:2]
        found: Words = np.maximum((high << np.uint64(32)) | low, np.uint64(1))
        return found


def _seconds(date: NDArray[Any]) -> Words:
    """`date_number`s from 1970 on as numbers below 2**32 that sort like them, months of 31 days."""
    left = np.asarray(date).astype(np.int64)
    parts = []
    for size in (100, 100, 100, 100, 100):
        left, part = np.divmod(left, size)
        parts.append(part)
    second, minute, hour, day, month = parts
    months = (left - 1970) * 12 + month - 1
    found = (((months * 31 + day - 1) * 24 + hour) * 60 + minute) * 60 + second
    return np.clip(found, 0, 0xFFFFFFFF).astype(np.uint64)
