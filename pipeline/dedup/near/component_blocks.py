"""What the rounds of stars have found, brought to where it is judged: roots, giants, blocks.

A component of more than BLOCK documents, a giant, is split by id before its documents come
together, so that none outgrows a worker. Each block keeps survivors of its own, pairs across blocks
are left out, and giants are counted.
"""

import numpy as np

from pipeline.dedup.keyed_rows import Known
from pipeline.dedup.near.clusters import BY_A, EDGE
from pipeline.dedup.rows import ID, Places, Rows, Words, groups, make, sorted_by

BLOCK = 100_000  # documents judged in one place: 60 MB of sketches

ROOT = [("root_hi", "<u8"), ("root_lo", "<u8")]
ROOT_ROW = np.dtype([("part", "<u4"), *ID, *ROOT])
PAIR = np.dtype([*ROOT, ("block", "<u4"), *EDGE.descr])
GIANT = np.dtype([*ROOT, ("count", "<u8")])  # of its other documents, or of its blocks
NO_GIANTS: Rows = np.zeros(0, dtype=GIANT)

ROOT_KEY, BLOCK_KEY = ("root_hi", "root_lo"), ("root_hi", "root_lo", "block")


def root_rows(stars: Rows) -> Rows:
    """The component of every candidate, for its part; roots may come more than once. Key: part."""
    rows = make(ROOT_ROW, 2 * len(stars))
    for name in ("hi", "lo"):
        rows[f"id_{name}"] = np.concatenate([stars[f"a_{name}"], stars[f"b_{name}"]])
        rows[f"root_{name}"] = np.tile(stars[f"b_{name}"], 2)
    rows["part"] = np.concatenate([stars["a_part"], stars["b_part"]])
    return np.unique(rows)


def size_rows(stars: Rows) -> Rows:
    """How many documents each root has besides itself. Key: root."""
    rows = make(GIANT, len(stars), root_hi=stars["b_hi"], root_lo=stars["b_lo"], count=1)
    return summed_sizes(rows)


def summed_sizes(rows: Rows) -> Rows:
    """The counts of every root summed up, in any order and grouping."""
    rows = rows[np.lexsort([rows["root_lo"], rows["root_hi"]])]
    first, _ = groups(rows["root_hi"], rows["root_lo"])
    found = rows[first]
    found["count"] = np.add.reduceat(rows["count"], first) if len(rows) else rows["count"]
    return found


def giants(sizes: Rows) -> Rows:
    """The components that are split, with the number of their blocks."""
    found = sizes[sizes["count"] + 1 > BLOCK]
    found["count"] = (found["count"] + BLOCK) // BLOCK
    return found


def blocks_of(rows: Rows, ids: Words, split: Rows) -> Places:
    """The block of documents whose low words are `ids`; `rows` name their roots."""
    shares = np.ones(len(rows), dtype=np.uint64)
    giants = Known(split, ROOT_KEY)
    known = giants.has(rows)
    if known.any():
        shares[known] = giants.of(rows[known])["count"]
    return (ids % shares).astype(np.int64)


def by_a(stars: Rows) -> Known:
    """Stars by their a."""
    return Known(sorted_by(stars, *BY_A), BY_A)


def pair_rows(pairs: Rows, stars: Known, split: Rows) -> Rows:
    """Pairs of one block with the root of their component; `stars` are all rows of their a. Key:
    root, block.
    """
    rows = make(PAIR, len(pairs))
    for name in EDGE.names or ():
        rows[name] = pairs[name]
    known = stars.has(pairs)
    roots = stars.of(pairs[known])
    for name in ("hi", "lo"):  # a document without a star is a root itself
        rows[f"root_{name}"] = pairs[f"a_{name}"]
        rows[f"root_{name}"][known] = roots[f"b_{name}"]
    rows["block"] = blocks_of(rows, pairs["a_lo"], split)
    together: Rows = rows[rows["block"] == blocks_of(rows, pairs["b_lo"], split)]
    return together
