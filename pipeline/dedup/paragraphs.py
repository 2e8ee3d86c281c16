"""Paragraphs that stand in many documents: licences, disclaimers, passages quoted everywhere.

One document keeps the paragraph, the first in the recipe's order of survivors (what an earlier
run has kept comes before all); it is cut from the others: where it is one site's own, from the end
of a text alone (`lines/paragraph_cuts`). A part sends one row per paragraph, its count and its best
document, so the group of the most frequent paragraph has one row per part.
"""

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np
import pyarrow as pa

from pipeline.dedup.keyed_rows import Known, merged, places_of
from pipeline.dedup.packed_keys import lengths, marked
from pipeline.dedup.rows import (
    ID,
    KEEPER,
    Places,
    Rows,
    Words,
    column,
    exploded,
    groups,
    make,
    salted,
)
from pipeline.dedup.survivor_order import ORDER, key_columns
from pipeline.recipe import DedupConfig, ParagraphsConfig

PARAGRAPH_ROW = np.dtype(
    [
        *(("paragraph", "<u8"), ("group", "<u8"), *ORDER, *ID, ("part", "<u4")),
        *(("documents", "<u8"), ("site", "<u8"), ("sites", "u1")),
    ]
)
"""`sites` is 1 where documents of other sites than `site` have the paragraph."""
_KEY = ("paragraph", "group")
PART_PARAGRAPH = np.dtype(
    [("part", "<u4"), ("paragraph", "<u8"), ("group", "<u8"), *KEEPER, ("sites", "u1")]
)


def paragraph_rows(
    keys: pa.Table, part: int, config: DedupConfig, limits: ParagraphsConfig
) -> Rows:
    """One row per paragraph of a part: its documents and the best of them. Key: paragraph."""
    at, paragraphs = exploded(keys, "paragraphs")
    use = lengths(paragraphs) >= limits.min_characters
    at, paragraphs = at[use], paragraphs[use]
    rows = make(
        PARAGRAPH_ROW,
        len(at),
        paragraph=paragraphs,
        group=_groups(keys, config)[at],
        part=part,
        documents=1,
        site=column(keys, "whole_site")[at],
        id_hi=column(keys, "id_hi")[at],
        id_lo=column(keys, "id_lo")[at],
        **{name: values[at] for name, values in key_columns(keys, config.survivor).items()},
    )
    return _best(rows, own=part + 1)


def _groups(keys: pa.Table, config: DedupConfig) -> Words:
    """What paragraphs must share to be one: nothing, or the source."""
    source: Words = column(keys, "source")
    return salted(np.zeros_like(source), source) if config.scope == "per_source" else source * 0


def _best(rows: Rows, own: int) -> Rows:
    """The first row of each paragraph in order, with the documents of all of them."""
    rows = rows[_order(rows, own)]
    first, _ = groups(rows["paragraph"], rows["group"])
    best = rows[first].copy()
    if len(rows):
        best["documents"] = np.add.reduceat(rows["documents"], first)
        least, most = (f.reduceat(rows["site"], first) for f in (np.minimum, np.maximum))
        best["sites"] = np.maximum.reduceat(rows["sites"], first) | (least != most)
    return best


def _order(rows: Rows, own: int) -> Places:
    order = [rows[name] for name, _ in ORDER]
    minor = (rows["id_lo"], rows["id_hi"], *reversed(order), rows["part"] < own)
    places: Places = np.lexsort([*minor, rows["group"], rows["paragraph"]])
    return places


def shared_paragraphs(chunks: Iterable[Rows], own: int, limits: ParagraphsConfig) -> Iterator[Rows]:
    """PART_PARAGRAPH rows: every frequent paragraph and its keeper, for every own part that has
    it. Chunks can be read again.
    """
    best = merged(chunks, partial(_best, own=own))
    shared = Known(best[best["documents"] >= limits.min_documents], _KEY)
    for rows in chunks:
        rows = rows[(rows["part"] < own) & shared.has(rows)]
        keeper = shared.of(rows)
        out = make(PART_PARAGRAPH, len(rows), part=rows["part"])
        out["paragraph"], out["group"] = rows["paragraph"], rows["group"]
        out["keep_hi"], out["keep_lo"] = keeper["id_hi"], keeper["id_lo"]
        out["sites"] = keeper["sites"]
        yield out


def paragraphs_to_cut(keys: pa.Table, found: Rows, config: DedupConfig) -> tuple[Places, Words]:
    """(row of the document, paragraph) for all shared paragraphs that another document keeps,
    marked where they are one site's own.
    """
    at, paragraphs = exploded(keys, "paragraphs")
    shared = np.isin(paragraphs, found["paragraph"])
    at, paragraphs = at[shared], paragraphs[shared]
    asked = (paragraphs, _groups(keys, config)[at])
    rows = places_of(asked, (found["paragraph"], found["group"]))
    keeper = found[rows]
    ids = [column(keys, f"id_{name}")[at] == keeper[f"keep_{name}"] for name in ("hi", "lo")]
    cut = (rows >= 0) & ~(ids[0] & ids[1])
    return at[cut], marked(paragraphs[cut], keeper["sites"][cut] == 0)
