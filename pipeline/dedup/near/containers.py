"""Which of the candidates contain a document: some of its shingles looked for in their texts.

The shingles travel to the part of the longer document, which has its text at hand. A document
leaves for one that stands in no other itself, the longest of those.
"""

from collections.abc import Mapping

import numpy as np

from pipeline.dedup.near.containment import MOST_SHINGLES
from pipeline.dedup.rows import CONTAINED, DROP, ID, KEEPER, Rows, Words, groups, make

SAMPLE = 256  # shingles of a document that are looked for, the greatest, as keys are the least
ERROR = 0.03  # of a sample so many less may be found: two standard errors at .95

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
        if _share(asked[:count], held) >= limit - ERROR * (count == SAMPLE):
            keeper, name = ids[int(row["place"])], (row["id_hi"], row["id_lo"])
            longer = min(len(held), MOST_SHINGLES)
            found.append((row["a_part"], *keeper, 0, *name, *keeper, longer))
    rows = np.array(found, dtype=CONTAINER)
    own = rows.copy()
    own["node_hi"], own["node_lo"], own["leaves"] = rows["id_hi"], rows["id_lo"], 1
    return np.concatenate([rows, own])


def _share(asked: Words, held: Words) -> float:
    """The share of some shingles that stand among others, which are sorted."""
    places = np.minimum(np.searchsorted(held, asked), len(held) - 1)
    return float((held[places] == asked).mean())


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
    order = [
        rows["keep_lo"],
        rows["keep_hi"],
        MOST_SHINGLES - rows["longer"],
        rows["id_lo"],
        rows["id_hi"],
    ]
    rows = rows[np.lexsort(order)]
    first, _ = groups(rows["id_hi"], rows["id_lo"])
    found = make(DROP, len(first), reason=CONTAINED, copies=1)
    for name in ("part", "id_hi", "id_lo", "keep_hi", "keep_lo"):
        found[name] = rows[name][first]
    return found
