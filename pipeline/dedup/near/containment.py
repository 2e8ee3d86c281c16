"""Texts that stand in longer ones: excerpts, a manual's chapter beside the manual in one page.

Bands do not find them: an excerpt of half the length has a Jaccard similarity of .5. Every document
that is left brings the least of its shingles, which a longer document that holds them brings too
(bottom-k sketches, Broder 1997; for containment Koslicki and Zabeti 2019). Those that share enough
are candidates: the longer one's text is then asked for SAMPLE shingles of the shorter one, chosen
by hash. A document leaves for one that stands in no other itself, so what it left for stays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.dedup.lines.recurring import sure_share
from pipeline.dedup.near.minhash import LEAST, LEAST_ROW
from pipeline.dedup.near.pairs import links
from pipeline.dedup.rows import (
    CONTAINED,
    DROP,
    ID,
    KEEPER,
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
CONTAINERS = 4  # candidates that are asked
SAMPLE = 256  # shingles of a document that they are asked for, none of them a key,
ERROR = 0.03  # of which so many less may be found: two standard errors at .95
MOST = 2**32 - 1  # shingles of a document that are told apart
_AT_ONCE = 1 << 20  # pairs that are counted

KEY_ROW = np.dtype([("key", "<u8"), ("part", "<u4"), ("place", "<u4"), ("shingles", "<u4")])
PAIR_ROW = np.dtype(
    [
        *(("a_part", "<u4"), ("a_place", "<u4"), ("a_shingles", "<u4")),
        *(("b_part", "<u4"), ("b_place", "<u4"), ("b_shingles", "<u4"), ("shared", "<u4")),
    ]
)
"""A document, a longer one, and how many of their least shingles they share."""

BY_A = ("a_part", "a_place")
ASKED = np.dtype([("part", "<u4"), ("place", "<u4"), ("b_part", "<u4"), ("b_place", "<u4")])
SAMPLE_ROW = np.dtype(
    [
        *(("part", "<u4"), ("place", "<u4"), ("a_part", "<u4"), *ID),
        *(("count", "<u4"), ("sample", f"S{8 * SAMPLE}")),
    ]
)
"""Shingles of a document `id`, for the part and the place of one that may contain it."""

CONTAINER = np.dtype(
    [
        *(("part", "<u4"), ("node_hi", "<u8"), ("node_lo", "<u8"), ("leaves", "u1")),
        *(*ID, *KEEPER, ("longer", "<u4")),
    ]
)
"""That document `id` stands in `keep`: once for each of both, as `node`; for the first it says that
the node leaves.
"""
BY_NODE = ("node_hi", "node_lo")


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
    shingles = np.minimum(signed.shingles, np.uint64(MOST))
    return make(
        KEY_ROW, len(at), key=keys[use], part=part, place=signed.places[at], shingles=shingles[at]
    )


def pairs_of_keys(rows: Rows, own: int) -> Iterator[Rows]:
    """Of every two documents that share a key, the shorter, which is of this run, and the longer
    one. Of a key that very many have each is paired with the longest and the next one alone.
    """
    rows = _shared(rows)
    rows = rows[np.lexsort([rows["place"], rows["part"], MOST - rows["shingles"], rows["key"]])]
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
    for name in ("part", "place", "shingles"):
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
    """ASKED rows: of every document the longer ones that share the most with it, if enough. All
    pairs of a document are there.
    """
    pairs = counted(rows)
    expected = LEAST * pairs["a_shingles"].astype(np.float64) / pairs["b_shingles"]
    enough = pairs["shared"] >= np.maximum(FEWEST, np.floor(SHARED * expected))
    pairs, expected = pairs[enough], expected[enough]
    share = sure_share(pairs["shared"], np.maximum(expected, pairs["shared"]))
    minor = (pairs["b_place"], pairs["b_part"], -share)
    pairs = pairs[np.lexsort([*minor, pairs["a_place"], pairs["a_part"]])]
    first, size = groups(pairs["a_part"], pairs["a_place"])
    pairs = pairs[np.arange(len(pairs)) - np.repeat(first, size) < CONTAINERS]
    return make(
        ASKED,
        len(pairs),
        part=pairs["a_part"],
        place=pairs["a_place"],
        b_part=pairs["b_part"],
        b_place=pairs["b_place"],
    )


def sample_rows(asked: Rows, ids: Mapping[int, tuple[int, int]], sets: Mapping[int, Words]) -> Rows:
    """The shingles of a part's documents that containers are asked for. `ids` and `sets`, the
    different shingles sorted, are by place. Key: part.
    """
    rows = make(SAMPLE_ROW, len(asked), part=asked["b_part"], place=asked["b_place"])
    rows["a_part"] = asked["part"]
    for at, place in enumerate(asked["place"].tolist()):
        last = sets[place][-SAMPLE:]
        rows["id_hi"][at], rows["id_lo"][at] = ids[place]
        rows["count"][at], rows["sample"][at] = len(last), last.astype("<u8").tobytes()
    return rows


def containers(
    samples: Rows, ids: Mapping[int, tuple[int, int]], sets: Mapping[int, Words], limit: float
) -> Rows:
    """CONTAINER rows of the documents that stand in those of a part. Key: node."""
    whole = np.ascontiguousarray(samples["sample"]).view("<u8").reshape(-1, SAMPLE)
    found = []
    for row, asked in zip(samples, whole, strict=True):
        count, held = int(row["count"]), sets[int(row["place"])]
        share = np.isin(asked[:count], held, assume_unique=True).mean()
        if share >= limit - ERROR * (count == SAMPLE):
            keeper, name = ids[int(row["place"])], (row["id_hi"], row["id_lo"])
            found.append((row["a_part"], *keeper, 0, *name, *keeper, min(len(held), MOST)))
    rows = np.array(found, dtype=CONTAINER)
    own = rows.copy()
    own["node_hi"], own["node_lo"], own["leaves"] = rows["id_hi"], rows["id_lo"], 1
    return np.concatenate([rows, own])


def settled(rows: Rows) -> Rows:
    """Of the rows of some nodes, all of which are there: documents that leave for one that itself
    stands in no other.
    """
    rows = rows[np.lexsort([rows["node_lo"], rows["node_hi"]])]
    first, size = groups(rows["node_hi"], rows["node_lo"])
    leaves = np.maximum.reduceat(rows["leaves"], first) if len(rows) else rows["leaves"]
    out: Rows = rows[np.repeat(leaves == 0, size)]
    return out


def drops(rows: Rows) -> Rows:
    """DROP rows of one part's documents: each leaves for the longest of its containers."""
    order = [rows["keep_lo"], rows["keep_hi"], MOST - rows["longer"], rows["id_lo"], rows["id_hi"]]
    rows = rows[np.lexsort(order)]
    first, _ = groups(rows["id_hi"], rows["id_lo"])
    found = make(DROP, len(first), reason=CONTAINED, copies=1)
    for name in ("part", "id_hi", "id_lo", "keep_hi", "keep_lo"):
        found[name] = rows[name][first]
    return found
