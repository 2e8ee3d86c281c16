"""Rows left in range files as the pipelines of a job leave them, without one."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.document import digest
from pipeline.frame.range_files import RangeFiles, range_of
from pipeline.frame.row_groups import Group, Rows


def group_of(rows: Rows, *key: str) -> Group:
    """Rows as they come together, in two blobs."""
    return Group([rows[:2].tobytes(), rows[2:].tobytes()], rows.dtype, key)


def all_rows(store: RangeFiles, name: str, dtype: np.dtype[Any]) -> Rows:
    """The rows of all ranges."""
    return np.concatenate([store.load(name, number, dtype) for number in range(store.ranges)])


def save(store: RangeFiles, name: str, key: Sequence[str], rows: Rows) -> list[str]:
    """Writes `rows`, each into the range of its key; gives the paths."""
    found = range_of(rows, key, store.ranges)
    return [
        store.save(name, number, [rows[found == number]], rows.dtype)
        for number in np.unique(found).tolist()
    ]


def told(rows: Rows, *names: str) -> set[str]:
    """Those of `names` whose documents have a row."""
    by_id = {digest(name): name for name in names}
    ids = (f"{high:016x}{low:016x}" for high, low in rows[["id_hi", "id_lo"]].tolist())
    return {by_id.get(one, one) for one in ids}


def words_of(name: str) -> dict[str, Any]:
    """The id of a document as the fields of a row."""
    return {"id_hi": int(digest(name)[:16], 16), "id_lo": int(digest(name)[16:], 16)}
