"""Connected components by large and small stars, one round at a time.

An edge is a pair of documents (a, b), each with its part. A round makes every node point at the
least node it can see: `large_star` links a node's larger neighbours to the least of all, then
`small_star` links its smaller ones (Kiveris et al. 2014, "Connected Components in MapReduce and
Beyond": O(log^2 n) rounds). Each half is a map and a reduce over groups that share node `a`, so
the driver can run it as a small pipeline over any number of ranges; it stops when a round
changes nothing, which `fingerprint` tells without gathering the edges.
"""

from typing import Any

import numpy as np

from pipeline.dedup.rows import Places, Rows, groups, starts

NODE_A = [("a_hi", "<u8"), ("a_lo", "<u8"), ("a_part", "<u4")]
NODE_B = [("b_hi", "<u8"), ("b_lo", "<u8"), ("b_part", "<u4")]
EDGE = np.dtype([*NODE_A, *NODE_B])
"""Two documents. After the last round of stars, `b` is the least document of the component of
`a`.
"""


def large_star_rows(edges: Rows) -> Rows:
    """The map of a large star: every edge from both ends. Key: a_hi, a_lo."""
    return np.concatenate([edges, _turned(edges)])


def large_star(rows: Rows) -> Rows:
    """The reduce of a large star: every larger neighbour of a node to the least node it sees."""
    rows, a, b = _grouped(rows)
    least = _least(a, b)
    return _linked(rows, least, use=b > a)


def small_star_rows(edges: Rows) -> Rows:
    """The map of a small star: every edge from its larger end. Key: a_hi, a_lo."""
    a, b = _ranks(edges)
    return np.concatenate([edges[a > b], _turned(edges[a < b])])


def small_star(rows: Rows) -> Rows:
    """The reduce of a small star: a node and all its neighbours, none larger, to the least of
    them.
    """
    rows, a, b = _grouped(rows)
    least = _least(a, b)
    first, _ = groups(a)
    own = rows[first].copy()
    for name in ("hi", "lo", "part"):
        own[f"b_{name}"] = rows[f"b_{name}"][least[first]]
    others = _linked(rows, least, use=b != b[least])
    return np.concatenate([own, others])


def components(edges: Rows) -> tuple[Rows, int]:
    """All rounds in memory: (a, least document of its component) sorted by a, and the rounds."""
    seen, rounds = None, 0
    while seen != fingerprint(edges):
        seen, rounds = fingerprint(edges), rounds + 1
        edges = large_star(large_star_rows(edges))
        edges = small_star(small_star_rows(edges))
    return edges, rounds


def fingerprint(edges: Rows) -> tuple[int, int]:
    """How many edges there are and a sum over them that any change of an edge changes."""
    mixed = np.zeros(len(edges), dtype=np.uint64)
    for name in ("a_hi", "a_lo", "b_hi", "b_lo"):
        mixed ^= edges[name]
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return len(edges), int(mixed.sum(dtype=np.uint64))


def distinct(edges: Rows) -> Rows:
    """The edges sorted, each once."""
    order = np.lexsort([edges["b_lo"], edges["b_hi"], edges["a_lo"], edges["a_hi"]])
    edges = edges[order]
    return edges[starts(*(edges[name] for name in ("a_hi", "a_lo", "b_hi", "b_lo")))]


def _turned(edges: Rows) -> Rows:
    turned = np.empty_like(edges)
    for name in ("hi", "lo", "part"):
        turned[f"a_{name}"], turned[f"b_{name}"] = edges[f"b_{name}"], edges[f"a_{name}"]
    return turned


def _grouped(rows: Rows) -> tuple[Rows, Places, Places]:
    """Distinct rows sorted by (a, b), with both nodes as ranks in the order of ids."""
    rows = distinct(rows)
    a, b = _ranks(rows)
    return rows, a, b


def _ranks(rows: Rows) -> tuple[Places, Places]:
    """Both nodes of every row as places among all nodes, sorted by id."""
    high = np.concatenate([rows["a_hi"], rows["b_hi"]])
    low = np.concatenate([rows["a_lo"], rows["b_lo"]])
    order = np.lexsort([low, high])
    ranks: Any = np.empty(len(order), dtype=np.int64)
    if len(order):
        ranks[order] = np.cumsum(starts(high[order], low[order])) - 1
    return ranks[: len(rows)], ranks[len(rows) :]


def _least(a: Places, b: Places) -> Places:
    """For every row, the row of its group with the least b; a itself may be less, see `_linked`."""
    first, size = groups(a)
    return np.repeat(first, size)


def _linked(rows: Rows, least: Places, use: Any) -> Rows:
    """b of every used row linked to the least of its group: of all b and of a itself."""
    out = np.empty(int(use.sum()), dtype=EDGE)
    target = rows[least][use]
    own = _before(target)
    for name in ("hi", "lo", "part"):
        out[f"a_{name}"] = rows[f"b_{name}"][use]
        out[f"b_{name}"] = np.where(own, target[f"a_{name}"], target[f"b_{name}"])
    return out


def _before(rows: Rows) -> Any:
    """Whether a comes before b."""
    return (rows["a_hi"] < rows["b_hi"]) | (
        (rows["a_hi"] == rows["b_hi"]) & (rows["a_lo"] < rows["b_lo"])
    )
