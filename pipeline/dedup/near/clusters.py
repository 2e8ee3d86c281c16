"""Connected components by large and small stars, one round at a time.

An edge is a pair of documents (a, b), each with its part. A round makes every node point at the
least node it can see: `large_star` links a node's larger neighbours to the least of all, then
`small_star` links its smaller ones (Kiveris et al. 2014, "Connected Components in MapReduce and
Beyond": O(log^2 n) rounds). Each half is a map and a reduce over groups that share node `a`, so
the driver can run it as a small pipeline over any number of ranges; it stops when a round
changes nothing, which `fingerprint` tells without gathering the edges.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from pipeline.dedup.keyed_rows import Known, first_of_each
from pipeline.dedup.rows import Flags, Rows, starts

NODE_A = [("a_hi", "<u8"), ("a_lo", "<u8"), ("a_part", "<u4")]
NODE_B = [("b_hi", "<u8"), ("b_lo", "<u8"), ("b_part", "<u4")]
EDGE = np.dtype([*NODE_A, *NODE_B])
"""Two documents. After the last round of stars, `b` is the least document of the component of
`a`.
"""
BY_A = ("a_hi", "a_lo")


def large_star_rows(edges: Rows) -> Rows:
    """The map of a large star: every edge from both ends. Key: a_hi, a_lo."""
    return np.concatenate([edges, _turned(edges)])


def large_star(chunks: Iterable[Rows]) -> Iterator[Rows]:
    """The reduce of a large star: every larger neighbour of a node to the least node it sees.

    Chunks can be read again: of a node with many neighbours only the least is held.
    """
    least = Known(_least(chunks), BY_A)
    for rows in chunks:
        rows = rows[_before(rows, "a", rows, "b")]
        seen = least.of(rows)
        yield _linked(rows, seen, _before(seen, "a", seen, "b"))


def small_star_rows(edges: Rows) -> Rows:
    """The map of a small star: every edge from its larger end. Key: a_hi, a_lo."""
    down, up = _before(edges, "b", edges, "a"), _before(edges, "a", edges, "b")
    return np.concatenate([edges[down], _turned(edges[up])])


def small_star(chunks: Iterable[Rows]) -> Iterator[Rows]:
    """The reduce of a small star: a node and all its neighbours, none larger, to the least of
    them.
    """
    least = Known(_least(chunks), BY_A)
    yield least.rows
    for rows in chunks:
        seen = least.of(rows)
        others = (rows["b_hi"] != seen["b_hi"]) | (rows["b_lo"] != seen["b_lo"])
        yield _linked(rows[others], seen[others], np.zeros(int(others.sum()), dtype=np.bool_))


def _least(chunks: Iterable[Rows]) -> Rows:
    """The row of every node with the least neighbour, sorted by node."""
    return first_of_each(chunks, BY_A, lambda rows: (rows["b_hi"], rows["b_lo"]))


def components(edges: Rows) -> tuple[Rows, int]:
    """All rounds in memory: (a, least document of its component) sorted by a, and the rounds."""
    seen, rounds = None, 0
    while seen != fingerprint(edges):
        seen, rounds = fingerprint(edges), rounds + 1
        edges = distinct(np.concatenate([*large_star([large_star_rows(edges)])]))
        edges = distinct(np.concatenate([*small_star([small_star_rows(edges)])]))
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


def _linked(rows: Rows, seen: Rows, own: Flags) -> Rows:
    """b of every row linked to the least that its a has seen: b, or a itself where it is `own`."""
    out = np.empty(len(rows), dtype=EDGE)
    for name in ("hi", "lo", "part"):
        out[f"a_{name}"] = rows[f"b_{name}"]
        out[f"b_{name}"] = np.where(own, seen[f"a_{name}"], seen[f"b_{name}"])
    return out


def _before(rows: Rows, end: str, others: Rows, other: str) -> Flags:
    """Whether one end of each row comes before another."""
    high, low = (rows[f"{end}_{name}"] for name in ("hi", "lo"))
    than, also = (others[f"{other}_{name}"] for name in ("hi", "lo"))
    before: Flags = (high < than) | ((high == than) & (low < also))
    return before
