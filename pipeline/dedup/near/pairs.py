"""Candidate pairs: documents that share a band.

A band row is a band key with an id and its part; documents with equal keys form a bucket, and
all pairs of a bucket are candidates. A hot bucket, one of more than HOT documents, links each
document to the HUBS least ids and to the next one only, so pairs grow with the documents and not
with their square; the components stay the same, and hot buckets are counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.dedup.near.clusters import EDGE, distinct
from pipeline.dedup.near.minhash import Sketch, signature_bytes, stored
from pipeline.dedup.rows import ID, Places, Rows, Words, concatenate, groups, id_words, make, salted
from pipeline.errors import UsageError
from pipeline.recipe import DedupConfig, MinhashConfig

HOT = 32  # documents of a bucket whose pairs are all made: at most 496
HUBS = 4
_AT_ONCE = 1 << 20  # pairs that are made

BAND_ROW = np.dtype([("band", "<u8"), *ID, ("part", "<u4")])


@dataclass(frozen=True)
class Signatures:
    """The signed documents of a part: ids (n, 2), band keys (n, bands), sketches (n, 512)."""

    ids: Words
    bands: Words
    sketches: Sketch
    places: Places  # rows of the part that are signed


def signatures(table: pa.Table, minhash: MinhashConfig) -> Signatures:
    """What a curated part (columns id, signature) says of its documents long enough to be
    signed.
    """
    column = table.column("signature").combine_chunks()
    places = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
    values = column.take(pa.array(places))
    data = b"".join(values.to_pylist())
    if len(data) != len(places) * signature_bytes(minhash):
        found = len(data) // max(1, len(places))
        raise UsageError(
            f"signatures of {found} bytes do not fit {minhash.bands} bands; run curate again, or "
            "give `against` an artefact of the same dedup.minhash"
        )
    bands, sketches = stored(data, len(places), minhash)
    ids = id_words(table.column("id").take(pa.array(places)).to_pylist())
    return Signatures(ids, bands, sketches, places)


def band_rows(signed: Signatures, part: int, sources: Words, config: DedupConfig) -> Rows:
    """One row per document and band. `sources` are hashes of the signed documents' sources. Key:
    band.
    """
    bands = signed.bands
    if config.scope == "per_source":
        bands = salted(bands, sources[:, None])
    count = bands.shape[1]
    return make(
        BAND_ROW,
        bands.size,
        band=bands.ravel(),
        id_hi=np.repeat(signed.ids[:, 0], count),
        id_lo=np.repeat(signed.ids[:, 1], count),
        part=part,
    )


@dataclass(frozen=True)
class Candidates:
    """Pairs of documents with a before b, and how many buckets were hot, with their documents."""

    pairs: Rows
    hot_buckets: int = 0
    hot_documents: int = 0


def candidates(rows: Rows) -> Iterator[Candidates]:
    """The candidate pairs of band rows; those of few links each once."""
    order = np.lexsort([rows["id_lo"], rows["id_hi"], rows["band"]])
    _, size = groups(rows["band"][order])
    shared, size = rows[order[np.repeat(size > 1, size)]], size[size > 1]
    del rows, order
    hot = size[size > HOT]
    yield Candidates(np.zeros(0, dtype=EDGE), len(hot), int(hot.sum()))
    held: list[Rows] = []
    for left, right in links(np.cumsum(size) - size, size):
        for at in range(0, len(left), _AT_ONCE):
            held.append(_linked(shared, left[at : at + _AT_ONCE], right[at : at + _AT_ONCE]))
            if sum(map(len, held)) >= _AT_ONCE:
                yield Candidates(distinct(np.concatenate(held)))
                held = []
    yield Candidates(distinct(concatenate(held, EDGE)))


def links(begin: Places, size: Places) -> Iterator[tuple[Places, Places]]:
    """Places of both ends of links, for one distance or hub at a time over all buckets, the first
    end before the second.
    """
    for apart in range(1, min(int(size.max(initial=0)), HOT)):
        use = (size > apart) & (size <= HOT)
        left = _spread(begin[use], size[use] - apart)
        yield left, left + apart
    hot = size > HOT
    for hub in range(HUBS):
        others = _spread(begin[hot] + hub + 1, size[hot] - hub - 1)
        yield np.repeat(begin[hot] + hub, size[hot] - hub - 1), others
    left = _spread(begin[hot], size[hot] - 1)
    yield left, left + 1


def _spread(begin: Places, count: Places) -> Places:
    """begin, begin + 1, ... for every bucket, `count` places each."""
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(begin, count) + within


def _linked(rows: Rows, left: Places, right: Places) -> Rows:
    pairs = np.empty(len(left), dtype=EDGE)
    for end, places in (("a", left), ("b", right)):
        for name in ("hi", "lo"):
            pairs[f"{end}_{name}"] = rows[f"id_{name}"][places]
        pairs[f"{end}_part"] = rows["part"][places]
    same = (pairs["a_hi"] == pairs["b_hi"]) & (pairs["a_lo"] == pairs["b_lo"])
    distinct_ends: Rows = pairs[~same]
    return distinct_ends
