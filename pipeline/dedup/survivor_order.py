"""Who stays of documents that are one: the recipe's order of survivors as numbers.

Of each number the smallest stays; the least id among equals. Before the recipe's criteria it is
asked whether an address names another language than its text is in: of copies of a page under
"/en/" and "/ja-JP/", where it was never translated, the first stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.dedup.rows import Words, column

ORDER = [("order_0", "<f8"), ("order_1", "<f8"), ("order_2", "<f8"), ("order_3", "<f8")]
Values = Mapping[str, NDArray[Any]]

_MEANING = {
    "quality": ("quality", -1),
    "longest": ("characters", -1),
    "newest": ("date", -1),
    "oldest": ("date", 1),
    "misplaced": ("misplaced", 1),
}
_OPPOSITE = {"newest": "oldest", "oldest": "newest"}


def order_columns(criteria: Sequence[str], values: Values) -> dict[str, NDArray[np.float64]]:
    """ORDER fields: whether documents are misplaced, then the stated criteria, as numbers of which
    the smallest stays; unused ones are 0. `values` are misplaced, quality, characters and date
    (`date_number`) of documents, as far as asked.
    """
    length = len(next(iter(values.values())))
    columns = {name: np.zeros(length) for name, _ in ORDER}
    for (name, _), criterion in zip(ORDER, ("misplaced", *_telling(criteria)), strict=False):
        told, sign = _MEANING[criterion]
        columns[name] = np.nan_to_num(sign * np.asarray(values[told], dtype=np.float64))
    return columns


def _telling(criteria: Iterable[str]) -> list[str]:
    """The criteria that can say something: not twice the same, nor what another one has said."""
    told = list[str]()
    for name in criteria:
        if name not in told and _OPPOSITE.get(name) not in told:
            told.append(name)
    return told


def key_columns(keys: pa.Table, criteria: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """ORDER fields of every row of keys, which do not tell quality."""
    values = {name: column(keys, name) for name in ("misplaced", "characters", "date")}
    return order_columns([name for name in criteria if name != "quality"], values)


def packed_order(keys: pa.Table, criteria: Sequence[str]) -> Words:
    """The criteria of every row of keys as one number: characters and date, in either order, are
    all that can tell. Never 0, so that what comes before all can have it.
    """
    most, zero = np.uint64(0xFFFFFFFF), np.zeros(len(keys), dtype=np.uint64)
    seconds = _seconds(column(keys, "date"))
    length = np.minimum(column(keys, "characters").astype(np.uint64), most)
    values = {"longest": most - length, "newest": most - seconds, "oldest": seconds}
    told = [values[name] for name in _telling(criteria) if name in values]
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
