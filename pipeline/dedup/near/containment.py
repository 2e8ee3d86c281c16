"""Texts that stand in longer ones: excerpts, a manual's chapter beside the manual in one page.

Bands do not find them: an excerpt of half the length has a Jaccard similarity of .5. Every document
that is left brings the least of its shingles, which a longer document that holds them brings too
(bottom-k sketches, Broder 1997; for containment Koslicki and Zabeti 2019). Those that share enough
are candidates: the longer one's text is then asked for SAMPLE shingles of the shorter one, chosen
by hash. A document leaves for one that stands in no other itself, so what it left for stays. It may
be the one that stays for near-duplicates, which were taken for the same text.

Bounds: a key of more than `pairs.HOT` documents pairs each with the longest few; of a document
CONTAINERS are asked, and one is asked for ASKERS at most, the first by their ids.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.dedup.lines.recurring import sure_share
from pipeline.dedup.near.minhash import LEAST, LEAST_ROW
from pipeline.dedup.near.pairs import links
from pipeline.dedup.rows import (
    Flags,
    Places,
    Rows,
    Words,
    groups,
    id_words,
    make,
    salted,
)
from pipeline.recipe import DedupConfig

SHARED = 0.4  # of the least shingles that a container of its size is expected to share
FEWEST = 2  # shared ones
CONTAINERS = 4  # candidates that are asked, half of them the longest
ASKERS = 1_000  # documents that one is asked for
MOST_SHINGLES = 2**32 - 1  # of a document that are told apart
_AT_ONCE = 1 << 20  # pairs that are counted

SHINGLE_ROW = np.dtype(
    [("key", "<u8"), ("part", "<u4"), ("place", "<u4"), ("mark", "<u4"), ("shingles", "<u4")]
)
"""A shingle of a document, told by its part and its place there; `mark`, a piece of its id, decides
between equals, so that nothing depends on how documents lie in parts.
"""
PAIR_ROW = np.dtype(
    [
        *(("a_part", "<u4"), ("a_place", "<u4"), ("a_mark", "<u4"), ("a_shingles", "<u4")),
        *(("b_part", "<u4"), ("b_place", "<u4"), ("b_mark", "<u4"), ("b_shingles", "<u4")),
        ("shared", "<u4"),
    ]
)
"""A document, a longer one, and how many of their least shingles they share."""

BY_A = ("a_part", "a_place")
ASKED = np.dtype(
    [
        *(("part", "<u4"), ("place", "<u4"), ("mark", "<u4")),
        *(("b_part", "<u4"), ("b_place", "<u4")),
    ]
)
BY_B = ("b_part", "b_place")


@dataclass(frozen=True)
class Least:
    """The signed documents of a part: ids (n, 2), how many shingles each has, and the least of
    them (n, LEAST), 0 where it has fewer.
    """

    ids: Words
    shingles: Words
    least: Words
    places: Places  # rows of the part that are signed


def read_least(table: pa.Table) -> Least:
    """What a curated part (columns id, least_shingles) says of its signed documents."""
    column = table.column("least_shingles").combine_chunks()
    places = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
    data = b"".join(column.take(pa.array(places)).to_pylist())
    rows = np.frombuffer(data, dtype=LEAST_ROW)
    ids = id_words(table.column("id").take(pa.array(places)).to_pylist())
    return Least(ids, rows["shingles"], rows["least"], places)


def key_rows(signed: Least, part: int, sources: Words, stays: Flags, config: DedupConfig) -> Rows:
    """The least shingles of the documents of a part that are left. Key: key."""
    use = stays[:, None] & (signed.least != 0)
    keys = signed.least
    if config.scope == "per_source":
        keys = salted(keys, sources[:, None])
    at, _ = np.nonzero(use)
    shingles = np.minimum(signed.shingles, np.uint64(MOST_SHINGLES))
    rows = make(SHINGLE_ROW, len(at), key=keys[use], part=part, place=signed.places[at])
    rows["mark"], rows["shingles"] = signed.ids[at, 0] >> np.uint64(32), shingles[at]
    return rows


def pairs_of_keys(rows: Rows, own: int) -> Iterator[Rows]:
    """Of every two documents that share a key, the shorter, which is of this run, and the longer
    one. Of a key that very many have each is paired with the longest and the next one alone.
    """
    rows = _shared(rows)
    rows = rows[np.lexsort([rows["mark"], MOST_SHINGLES - rows["shingles"], rows["key"]])]
    first, size = groups(rows["key"])
    for longer, shorter in links(first[size > 1], size[size > 1]):
        for at in range(0, len(longer), _AT_ONCE):
            b, a = rows[longer[at : at + _AT_ONCE]], rows[shorter[at : at + _AT_ONCE]]
            use = (a["shingles"] < b["shingles"]) & (a["part"] < own)
            yield counted(_pairs(a[use], b[use]))


def _shared(rows: Rows) -> Rows:
    """The rows whose key another row has: few, as most shingles are of one document alone."""
    order = np.argsort(rows["key"])
    _, size = groups(rows["key"][order])
    return rows[order[np.repeat(size > 1, size)]]


def _pairs(a: Rows, b: Rows) -> Rows:
    found = make(PAIR_ROW, len(a), shared=1)
    for name in ("part", "place", "mark", "shingles"):
        found[f"a_{name}"], found[f"b_{name}"] = a[name], b[name]
    return found


def counted(rows: Rows) -> Rows:
    """Pairs with the sum of what they share, in any order and grouping."""
    names = ("b_place", "b_part", "a_place", "a_part")
    rows = rows[np.lexsort([rows[name] for name in names])]
    first, _ = groups(*(rows[name] for name in names))
    found = rows[first]
    if len(rows):
        found["shared"] = np.add.reduceat(rows["shared"], first)
    return found


def candidates(rows: Rows) -> Rows:
    """ASKED rows: of every document longer ones that share enough with it, half of them those that
    share the most of what is expected, half the longest. All pairs of a document are there.
    """
    pairs = counted(rows)
    expected = LEAST * pairs["a_shingles"].astype(np.float64) / pairs["b_shingles"]
    enough = pairs["shared"] >= np.maximum(FEWEST, np.floor(SHARED * expected))
    pairs, expected = pairs[enough], expected[enough]
    share = sure_share(pairs["shared"], np.maximum(expected, pairs["shared"]))
    length = -pairs["b_shingles"].astype(np.int64)
    chosen = _first(pairs, -share) | _first(pairs, length)
    found = make(ASKED, int(chosen.sum()))
    for name in ASKED.names or ():
        found[name] = pairs[chosen][name if name.startswith("b_") else f"a_{name}"]
    return found


def _first(pairs: Rows, order: NDArray[Any]) -> Flags:
    """Which pairs are the first half of CONTAINERS of their document."""
    places = np.lexsort([pairs["b_mark"], order, pairs["a_place"], pairs["a_part"]])
    ordered = pairs[places]
    first, size = groups(ordered["a_part"], ordered["a_place"])
    found = np.zeros(len(pairs), dtype=np.bool_)
    found[places] = np.arange(len(pairs)) - np.repeat(first, size) < CONTAINERS // 2
    return found


def bounded(asked: Rows) -> Rows:
    """At most ASKERS rows for each longer document, all of whose rows are there."""
    asked = asked[np.lexsort([asked["mark"], asked["b_place"], asked["b_part"]])]
    first, size = groups(asked["b_part"], asked["b_place"])
    few: Rows = asked[np.arange(len(asked)) - np.repeat(first, size) < ASKERS]
    return few
