"""Exact duplicates: the same capture, the same address, the same text.

Three comparisons, each among those that the one before leaves; rows in, DROP rows out. Each groups
rows by a 128-bit key and keeps the first of each group in a stated total order that ends with
the id. What an earlier run has kept comes first in every order and never leaves. All copies of one
text meet in one place, in chunks: what is held there is a row for each key.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from pipeline.dedup.keyed_rows import Known, first_of_each
from pipeline.dedup.rows import (
    DROP,
    ID,
    RECORD,
    TEXT,
    URL,
    Flags,
    Rows,
    column,
    groups,
    make,
    salted,
)
from pipeline.dedup.survivor_order import ORDER, key_columns
from pipeline.recipe import DedupConfig

Chunks = Iterable[Rows]  # which can be read again

STUB_SHARE = 0.5
"""A capture shorter than this share of the longest one of its address is a teaser, an error page
or a login wall, and stays only if all are: otherwise the newest capture would replace an
article by its stub.
"""

RECORD_ROW = np.dtype([*ID, ("part", "<u4"), ("copies", "<u4")])
KEY_ROW = np.dtype(
    [("key_hi", "<u8"), ("key_lo", "<u8"), *ORDER, *ID, ("part", "<u4"), ("characters", "<i8")]
)

_ID, _KEY = ("id_hi", "id_lo"), ("key_hi", "key_lo")


def record_rows(keys: pa.Table, part: int) -> Rows:
    """Every id of a part once, with the number of its rows. Key: id_hi, id_lo."""
    high, low = column(keys, "id_hi"), column(keys, "id_lo")
    first, copies = groups(high, low)
    return make(
        RECORD_ROW, len(first), id_hi=high[first], id_lo=low[first], part=part, copies=copies
    )


def record_drops(chunks: Chunks, own: int) -> Iterator[Rows]:
    """The same capture met twice: one row stays, in an earlier run or in the first part that has
    it.
    """
    first = first_of_each(chunks, _ID, lambda rows: (rows["part"] < own, rows["part"]))
    keepers = Known(first, _ID)
    for rows in chunks:
        keeper = keepers.of(rows)
        leave = rows["copies"] - (rows["part"] == keeper["part"])
        out = (leave > 0) & (rows["part"] < own)
        drops = make(DROP, int(out.sum()), part=rows["part"][out], reason=RECORD, copies=leave[out])
        for name in ("hi", "lo"):
            drops[f"id_{name}"] = drops[f"keep_{name}"] = rows[f"id_{name}"][out]
        yield drops


def url_rows(keys: pa.Table, part: int, config: DedupConfig) -> Rows:
    """One row per document, newest first, then longest. Key: key_hi, key_lo."""
    return _key_rows(keys, part, "url", config, ("newest", "longest"))


def text_rows(keys: pa.Table, part: int, config: DedupConfig) -> Rows:
    """One row per document in the recipe's order of survivors. Key: key_hi, key_lo."""
    return _key_rows(keys, part, "text", config, config.survivor)


def _key_rows(
    keys: pa.Table, part: int, key: str, config: DedupConfig, criteria: Sequence[str]
) -> Rows:
    high = column(keys, f"{key}_hi")
    if config.scope == "per_source":
        high = salted(high, column(keys, "source"))
    characters = column(keys, "characters")
    order = key_columns(keys, criteria)
    rows = make(KEY_ROW, len(high), part=part, key_hi=high, characters=characters, **order)
    rows["key_lo"] = column(keys, f"{key}_lo")
    rows["id_hi"], rows["id_lo"] = column(keys, "id_hi"), column(keys, "id_lo")
    return rows


def url_drops(chunks: Chunks, own: int) -> Iterator[Rows]:
    """Captures of one address: the newest that is no stub stays."""
    longest = Known(first_of_each(chunks, _KEY, lambda rows: (-rows["characters"],)), _KEY)

    def is_stub(rows: Rows) -> Flags:
        stub: Flags = rows["characters"] < STUB_SHARE * longest.of(rows)["characters"]
        return stub

    return _drops(chunks, is_stub, own, URL)


def text_drops(chunks: Chunks, own: int) -> Iterator[Rows]:
    """Documents of one normalised text: the first in the recipe's order stays."""
    return _drops(chunks, lambda rows: np.zeros(len(rows), dtype=np.bool_), own, TEXT)


def _drops(chunks: Chunks, last: Callable[[Rows], Flags], own: int, reason: int) -> Iterator[Rows]:
    """All but the first row of each group of own rows; rows that are `last` come after the
    others.
    """

    def rank(rows: Rows) -> list[Rows]:
        order = [rows[name] for name, _ in ORDER]
        return [rows["part"] < own, last(rows), *order, rows["id_hi"], rows["id_lo"]]

    keepers = Known(first_of_each(chunks, _KEY, rank), _KEY)
    for rows in chunks:
        keeper = keepers.of(rows)
        same = [rows[name] == keeper[name] for name in ("part", *_ID)]
        leaves = ~np.logical_and.reduce(same) & (rows["part"] < own)
        out, kept = rows[leaves], keeper[leaves]
        drops = make(DROP, len(out), part=out["part"], reason=reason, copies=1)
        for name in ("hi", "lo"):
            drops[f"id_{name}"], drops[f"keep_{name}"] = out[f"id_{name}"], kept[f"id_{name}"]
        yield drops
