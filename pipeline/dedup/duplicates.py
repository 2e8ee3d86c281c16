"""Exact duplicates: the same capture, the same address, the same text.

Three comparisons, each among those that the one before leaves; rows in, DROP rows out. Each groups
rows by a 128-bit key and keeps the first of each group in a stated total order that ends with
the id. What an earlier run has kept comes first in every order and never leaves.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from pipeline.dedup.rows import (
    DROP,
    ID,
    ORDER,
    RECORD,
    TEXT,
    URL,
    Flags,
    Rows,
    column,
    groups,
    make,
    order_columns,
    salted,
    sorted_by,
    starts,
)
from pipeline.recipe import DedupConfig

STUB_SHARE = 0.5
"""A capture shorter than this share of the longest one of its address is a teaser, an error page
or a login wall, and stays only if all are: otherwise the newest capture would replace an
article by its stub.
"""

RECORD_ROW = np.dtype([*ID, ("part", "<u4"), ("copies", "<u4")])
KEY_ROW = np.dtype(
    [("key_hi", "<u8"), ("key_lo", "<u8"), *ORDER, *ID, ("part", "<u4"), ("characters", "<i8")]
)


def record_rows(keys: pa.Table, part: int) -> Rows:
    """Every id of a part once, with the number of its rows. Key: id_hi, id_lo."""
    high, low = column(keys, "id_hi"), column(keys, "id_lo")
    first, copies = groups(high, low)
    return make(
        RECORD_ROW, len(first), id_hi=high[first], id_lo=low[first], part=part, copies=copies
    )


def record_drops(rows: Rows, own: int) -> Rows:
    """The same capture met twice: one row stays, in an earlier run or in the first part that has
    it.
    """
    known = rows["part"] >= own
    order = np.lexsort([rows["part"], ~known, rows["id_lo"], rows["id_hi"]])
    rows, known = rows[order], known[order]
    leave = rows["copies"] - starts(rows["id_hi"], rows["id_lo"])
    out = rows[(leave > 0) & ~known]
    drops = make(
        DROP, len(out), part=out["part"], reason=RECORD, copies=leave[(leave > 0) & ~known]
    )
    for name in ("hi", "lo"):
        drops[f"id_{name}"] = drops[f"keep_{name}"] = out[f"id_{name}"]
    return drops


def url_rows(keys: pa.Table, part: int, config: DedupConfig) -> Rows:
    """One row per document, newest first, then longest. Key: key_hi, key_lo."""
    return _key_rows(keys, part, "url", ("newest", "longest"), config)


def text_rows(keys: pa.Table, part: int, config: DedupConfig) -> Rows:
    """One row per document in the recipe's order of survivors. Key: key_hi, key_lo."""
    criteria = [criterion for criterion in config.survivor if criterion != "quality"]
    return _key_rows(keys, part, "text", criteria, config)


def _key_rows(
    keys: pa.Table, part: int, key: str, criteria: Sequence[str], config: DedupConfig
) -> Rows:
    high = column(keys, f"{key}_hi")
    if config.scope == "per_source":
        high = salted(high, column(keys, "source"))
    characters = column(keys, "characters")
    columns = order_columns(criteria, np.zeros(len(high)), characters, column(keys, "date"))
    rows = make(KEY_ROW, len(high), part=part, key_hi=high, characters=characters, **columns)
    rows["key_lo"] = column(keys, f"{key}_lo")
    rows["id_hi"], rows["id_lo"] = column(keys, "id_hi"), column(keys, "id_lo")
    return rows


def url_drops(rows: Rows, own: int) -> Rows:
    """Captures of one address: the newest that is no stub stays."""
    rows = sorted_by(rows, "key_hi", "key_lo")
    first = starts(rows["key_hi"], rows["key_lo"])
    longest = np.zeros(int(first.sum()), dtype=np.int64)
    group = np.cumsum(first) - 1
    np.maximum.at(longest, group, rows["characters"])
    stub: Flags = rows["characters"] < STUB_SHARE * longest[group]
    return _drops(rows, stub, own, URL)


def text_drops(rows: Rows, own: int) -> Rows:
    """Documents of one normalised text: the first in the recipe's order stays."""
    return _drops(rows, np.zeros(len(rows), dtype=np.bool_), own, TEXT)


def _drops(rows: Rows, last: Flags, own: int, reason: int) -> Rows:
    """All but the first row of each group of own rows; rows flagged `last` come after the
    others.
    """
    columns = [rows[name] for name, _ in ORDER]
    order = np.lexsort(
        [
            *(rows["id_lo"], rows["id_hi"], *reversed(columns), last, rows["part"] < own),
            *(rows["key_lo"], rows["key_hi"]),
        ]
    )
    rows = rows[order]
    first = starts(rows["key_hi"], rows["key_lo"])
    keeper = rows[np.flatnonzero(first)[np.cumsum(first) - 1]]
    leaves = ~first & (rows["part"] < own)
    out, kept = rows[leaves], keeper[leaves]
    drops = make(DROP, len(out), part=out["part"], reason=reason, copies=1)
    for name in ("hi", "lo"):
        drops[f"id_{name}"], drops[f"keep_{name}"] = out[f"id_{name}"], kept[f"id_{name}"]
    return drops
