"""Who stays: candidates judged by their sketches, and one survivor for every cluster.

All candidates of a component come to one place, each with its sketch. Pairs whose estimated
Jaccard similarity reaches the threshold hold together; what holds together is taken apart by
leaders: the first document in the stated total order stays and removes those that are similar to
itself, then the first of the rest, and so on. So every removed document was compared with the
one that stays for it, and a chain of documents, each like the next, is not erased but thinned.

What is judged in one place is a block of a component (`component_blocks`); most are whole ones.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.dedup.keyed_rows import Known
from pipeline.dedup.near.clusters import EDGE, components
from pipeline.dedup.near.component_blocks import BLOCK_KEY, NO_GIANTS, ROOT, blocks_of
from pipeline.dedup.near.minhash import BINS, Sketch, similarity
from pipeline.dedup.near.pairs import Signatures
from pipeline.dedup.rows import (
    DROP,
    ID,
    KEEPER,
    NEAR,
    Flags,
    Places,
    Rows,
    Words,
    column,
    date_number,
    groups,
    make,
)
from pipeline.dedup.survivor_order import ORDER, order_columns
from pipeline.language.named_language import is_misplaced
from pipeline.recipe import DedupConfig

LEADERS = 64  # leaders that meet all that is left; after them only candidate pairs count
_CHUNK = 8_192  # pairs of sketches compared at a time

MEMBER = np.dtype([*ROOT, ("block", "<u4"), *ORDER, *ID, ("part", "<u4"), ("sketch", f"S{BINS}")])
CLUSTER = np.dtype(
    [("part", "<u4"), *ID, ("cluster_hi", "<u8"), ("cluster_lo", "<u8"), ("size", "<u4"), *KEEPER]
)
QUALITY = ("punctuated_line_share", "duplicate_line_character_share")  # statistics of `curate`
"""A document of a cluster: the least id of its members names the cluster; `keep` is the
survivor.
"""


@dataclass(frozen=True)
class Verdict:
    """DROP rows and CLUSTER rows of own documents."""

    drops: Rows
    clusters: Rows


def member_rows(
    signed: Signatures,
    table: pa.Table,
    part: int,
    roots: Rows,
    config: DedupConfig,
    split: Rows = NO_GIANTS,
) -> Rows:
    """The candidates of a part with what decides on them. Key: root, block.

    `table` has the columns url, language, characters, date and, where the recipe's order asks for
    it, quality.
    """
    ids = zip(roots["id_hi"].tolist(), roots["id_lo"].tolist(), strict=True)
    root_of = dict(zip(ids, zip(roots["root_hi"], roots["root_lo"], strict=True), strict=True))
    signed_ids = list(zip(*signed.ids.T.tolist(), strict=True)) if len(signed.ids) else []
    use = np.flatnonzero([pair in root_of for pair in signed_ids])
    found = np.array([root_of[signed_ids[at]] for at in use], dtype=np.uint64).reshape(-1, 2)
    rows = make(MEMBER, len(use), part=part, root_hi=found[:, 0], root_lo=found[:, 1])
    rows["id_hi"], rows["id_lo"] = signed.ids[use, 0], signed.ids[use, 1]
    rows["block"] = blocks_of(rows, rows["id_lo"], split)
    rows["sketch"] = np.ascontiguousarray(signed.sketches[use]).view(f"S{BINS}")[:, 0]
    for name, values in _order(table.take(pa.array(signed.places[use])), config).items():
        rows[name] = values
    return rows


def _order(table: pa.Table, config: DedupConfig) -> dict[str, NDArray[np.float64]]:
    dates = np.array([date_number(date) for date in table["date"].to_pylist()], dtype=np.int64)
    quality = column(table, "quality") if "quality" in config.survivor else np.zeros(table.num_rows)
    characters = column(table, "characters")
    rows = zip(table["url"].to_pylist(), table["language"].to_pylist(), strict=True)
    misplaced = np.array([is_misplaced(url, language) for url, language in rows], dtype=np.bool_)
    values = {"misplaced": misplaced, "quality": quality, "characters": characters, "date": dates}
    return order_columns(config.survivor, values)


def judge(members: Rows, pairs: Rows, own: int, threshold: float) -> Verdict:
    """The survivors of some blocks of components; both arrays hold all of their rows."""
    members = _in_order(members, own)
    sketches: Sketch = np.ascontiguousarray(members["sketch"]).view(np.uint8).reshape(-1, BINS)
    edges = _similar_pairs(members, pairs, sketches, threshold)
    keeper = keepers(sketches, edges, threshold)
    return Verdict(_drops(members, keeper, own), _clusters(members, keeper, own))


def pairs_of(members: Rows, pairs: Rows) -> Rows:
    """Those of `pairs` whose block is one of those of `members`."""
    return pairs[Known(np.unique(members[[*BLOCK_KEY]]), BLOCK_KEY).has(pairs)]


def _in_order(members: Rows, own: int) -> Rows:
    """Members in the order of survivors."""
    order = [members[name] for name, _ in ORDER]
    minor = (members["id_lo"], members["id_hi"], *reversed(order), members["part"] < own)
    return members[np.lexsort([*minor, members["root_lo"], members["root_hi"]])]


def _similar_pairs(
    members: Rows, pairs: Rows, sketches: Sketch, threshold: float
) -> NDArray[np.int64]:
    """Places (n, 2) in `members` of the candidate pairs that reach the threshold."""
    keys = _sortable(members["id_hi"], members["id_lo"])
    order = np.argsort(keys)
    ends = [
        order[np.searchsorted(keys[order], _sortable(pairs[f"{end}_hi"], pairs[f"{end}_lo"]))]
        for end in ("a", "b")
    ]
    places: NDArray[np.int64] = np.sort(np.stack(ends, axis=1), axis=1)
    similar: list[Flags] = [
        similarity(sketches[chunk[:, 0]], sketches[chunk[:, 1]]) >= threshold
        for chunk in np.split(places, range(_CHUNK, len(places), _CHUNK))
    ]
    return places[np.concatenate(similar)]


def _sortable(high: Words, low: Words) -> NDArray[np.bytes_]:
    """Ids as 16 bytes each, whose order is that of the ids."""
    whole = np.stack([high, low], axis=1).astype(">u8")
    keys: NDArray[np.bytes_] = np.ascontiguousarray(whole).view("S16")[:, 0]
    return keys


def keepers(sketches: Sketch, edges: NDArray[np.int64], threshold: float) -> Places:
    """For every place, in order of survivors, the place of the document that stays for it."""
    keeper = np.arange(len(sketches))
    pairs = make(EDGE, len(edges), a_hi=edges[:, 0], b_hi=edges[:, 1])
    stars, _ = components(pairs)
    stars = stars[np.lexsort([stars["a_hi"], stars["b_hi"]])]
    leaves, roots = stars["a_hi"].astype(np.int64), stars["b_hi"].astype(np.int64)
    first, size = groups(roots)
    alone = size == 1
    keeper[leaves[first[alone]]] = roots[first[alone]]
    for begin, count in zip(first[~alone], size[~alone], strict=True):
        group = np.append(roots[begin], leaves[begin : begin + count])
        rest = _lead(group, sketches, threshold, keeper)
        if len(rest):
            _thin(rest, edges, keeper)
    return keeper


def _lead(group: Places, sketches: Sketch, threshold: float, keeper: Places) -> Places:
    """Removes from `group` what is similar to its leaders; gives what LEADERS leaders have left."""
    for _ in range(LEADERS):
        if not len(group):
            break
        leader, group = group[0], group[1:]
        similar = similarity(sketches[leader], sketches[group]) >= threshold
        keeper[group[similar]] = leader
        group = group[~similar]
    return group


def _thin(rest: Places, edges: NDArray[np.int64], keeper: Places) -> None:
    """In order: a document leaves when a similar candidate before it stays, otherwise it stays."""
    inside = edges[np.isin(edges, rest).all(axis=1)]
    before: dict[int, list[int]] = {}
    for first, second in inside[np.lexsort([inside[:, 0], inside[:, 1]])].tolist():
        before.setdefault(second, []).append(first)
    for place in rest.tolist():
        stay = (first for first in before.get(place, ()) if keeper[first] == first)
        keeper[place] = next(stay, place)


def _drops(members: Rows, keeper: Places, own: int) -> Rows:
    leaves = (keeper != np.arange(len(members))) & (members["part"] < own)
    out, kept = members[leaves], members[keeper[leaves]]
    drops = make(DROP, len(out), part=out["part"], reason=NEAR, copies=1)
    for name in ("hi", "lo"):
        drops[f"id_{name}"], drops[f"keep_{name}"] = out[f"id_{name}"], kept[f"id_{name}"]
    return drops


def _clusters(members: Rows, keeper: Places, own: int) -> Rows:
    """CLUSTER rows of own documents in clusters of two and more, an earlier run's documents
    counted.
    """
    order = np.lexsort([members["id_lo"], members["id_hi"], keeper])
    members, keeper, kept = members[order], keeper[order], members[keeper[order]]
    first, size = groups(keeper)
    named = members[np.repeat(first, size)]
    use = (np.repeat(size, size) > 1) & (members["part"] < own)
    rows = make(CLUSTER, int(use.sum()), part=members["part"][use], size=np.repeat(size, size)[use])
    for name in ("hi", "lo"):
        rows[f"id_{name}"] = members[f"id_{name}"][use]
        rows[f"cluster_{name}"] = named[f"id_{name}"][use]
        rows[f"keep_{name}"] = kept[f"id_{name}"][use]
    return rows


def prose_share(table: pa.Table) -> NDArray[np.float64]:
    """What the order of survivors calls quality: the share of lines that end in punctuation, less
    the share of characters in lines that the text repeats. Prose comes before lists and menus.
    """
    punctuated, repeated = (column(table, name) for name in QUALITY)
    share: NDArray[np.float64] = punctuated - repeated
    return share
