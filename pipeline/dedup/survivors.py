"""Who stays: candidates judged by their sketches, and one survivor for every cluster.

All candidates of a component come to one place, each with its sketch. Pairs whose estimated Jaccard
similarity reaches the threshold hold together; what holds together is taken apart by leaders: the
first document in the stated total order stays and removes those that are similar to itself, then
the first of the rest, and so on. So every removed document was compared with the one that stays
for it, and a chain of documents, each like the next, is not erased but thinned.

A component of more than BLOCK documents is split by id, so that none outgrows a worker: each block
keeps survivors of its own, and the number of such components is counted.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.dedup.clusters import EDGE, components
from pipeline.dedup.minhash import BINS, Sketch, similarity
from pipeline.dedup.pairs import Signatures
from pipeline.dedup.rows import (
    DROP,
    ID,
    KEEPER,
    NEAR,
    ORDER,
    Flags,
    Places,
    Rows,
    make,
    order_columns,
    starts,
)

BLOCK = 500_000  # documents judged in one place: 300 MB of sketches
LEADERS = 64  # rounds in which a leader meets all that is left; then only candidate pairs count

ROOT = [("root_hi", "<u8"), ("root_lo", "<u8")]
ROOT_ROW = np.dtype([("part", "<u4"), *ID, *ROOT])
MEMBER = np.dtype([*ROOT, *ORDER, *ID, ("part", "<u4"), ("sketch", "u1", (BINS,))])
PAIR = np.dtype([*ROOT, *EDGE.descr])
CLUSTER = np.dtype(
    [("part", "<u4"), *ID, ("cluster_hi", "<u8"), ("cluster_lo", "<u8"), ("size", "<u4"), *KEEPER]
)
"""A document of a cluster: the least id of its members names the cluster; `keep` is the survivor."""
