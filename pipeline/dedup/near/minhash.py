"""Signatures of texts: bands of min-wise hashes to find candidates, a wide sketch to judge them.

A text is the set of its shingles, five words each in lower case. `bands * rows` min-wise hashes
(Broder 1997) under affine permutations of 32-bit words make the band keys; one-permutation
hashing into 512 bins of 8 bits (Li, Owen and Zhang 2012) makes the sketch, whose estimate of the
Jaccard similarity has a standard error below 0.02 at 0.75, where 112 hashes have 0.04. How many
shingles there are, and the least of them, find texts that stand in longer ones (`containment`). A
text of fewer words than one shingle has no signature: such texts are compared as a whole, in
`exact`, because their sets say nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import xxhash
from numpy.typing import NDArray

from pipeline.dedup.rows import Words, starts
from pipeline.document import SIGNED, Measured
from pipeline.recipe import MinhashConfig

LEAST_ROW = np.dtype([("shingles", "<u8"), ("least", "<u8", (20,))])
"""How many different shingles a text has, and the least of them, 0 where it has fewer. A text of a
fifth of its length shares about four.
"""

SHINGLE = 5  # words; FineWeb's choice
BINS = 512
LEAST = LEAST_ROW["least"].shape[0]
FEW_BINS = 32  # filled by two texts of which it is asked more
_SEED = 0x6772697374  # changes every signature ever stored
_BLOCK = 4_096  # shingles permuted at a time: bounds memory on long texts, stays in cache

Hashes = NDArray[np.uint32]
Sketch = NDArray[np.uint8]


def signature_bytes(config: MinhashConfig) -> int:
    """The width of the stored signature: 8 bytes a band, then the sketch."""
    return 8 * config.bands + BINS


def signed(words: Sequence[str], config: MinhashConfig) -> dict[str, bytes | None]:
    """What is stored of a text, by column: its signature (band keys, little-endian, and a sketch)
    and its least shingles (LEAST_ROW); None when very short.
    """
    hashes = shingles(words)
    if not len(hashes):
        return dict.fromkeys(SIGNED)
    ordered = np.sort(hashes)
    signature = band_keys(minhashes(hashes, config), config) + _sketch(ordered).tobytes()
    return dict(zip(SIGNED, (signature, _least(ordered)), strict=True))


def _least(ordered: Words) -> bytes:
    distinct, told = ordered[starts(ordered)], np.zeros(1 + LEAST, dtype="<u8")
    told[0] = len(distinct)
    told[1 : 1 + len(distinct)] = distinct[:LEAST]
    return told.tobytes()


# RedPajama-v2's bands and rows for each Jaccard similarity (arXiv 2411.12372, appendix).
_PUBLISHED = {"0.7": (14, 9), "0.8": (9, 13), "0.9": (5, 25), "1.0": (1, 128)}


def published_signatures(words: Sequence[str]) -> dict[str, bytes | None]:
    """Band keys under RedPajama-v2's four settings, by the names of its columns; None when very
    short.
    """
    hashes = shingles(words)
    if not len(hashes):
        return {f"minhash_signature_{name}": None for name in _PUBLISHED}
    least = minhashes(hashes, MinhashConfig(bands=1, rows=128))
    settings = {n: MinhashConfig(bands=b, rows=r) for n, (b, r) in _PUBLISHED.items()}
    return {f"minhash_signature_{n}": band_keys(least, one) for n, one in settings.items()}


def shingles(words: Sequence[str]) -> Words:
    """One 64-bit hash per run of five words, in order; empty for fewer words."""
    count = len(words) - SHINGLE + 1
    if count < 1:
        return np.zeros(0, dtype=np.uint64)
    encoded = " ".join(words).encode("utf-8", "surrogatepass").split(b" ")  # no word holds a space
    each = np.fromiter(map(xxhash.xxh3_64_intdigest, encoded), np.uint64, len(words))
    mixed = each[:count].copy()
    for place in range(1, SHINGLE):
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed += each[place : place + count]
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    mixed ^= mixed >> np.uint64(32)
    return mixed


def jaccard(first: Words, second: Words) -> float:
    """The true Jaccard similarity of two sets of shingles."""
    a, b = np.unique(first), np.unique(second)
    common = len(np.intersect1d(a, b, assume_unique=True))
    return common / max(1, len(a) + len(b) - common)


def minhashes(hashes: Words, config: MinhashConfig) -> Hashes:
    """The least value of every permutation over all shingles: (bands * rows,)."""
    factors, offsets = _permutations(config.bands * config.rows)
    least = np.full(len(factors), 0xFFFFFFFF, dtype=np.uint32)
    values = (hashes >> np.uint64(32)).astype(np.uint32)
    for start in range(0, len(values), _BLOCK):
        permuted = factors[:, None] * values[None, start : start + _BLOCK]
        permuted += offsets[:, None]
        np.minimum(least, permuted.min(axis=1), out=least)
    return least


@lru_cache(maxsize=8)
def _permutations(count: int) -> tuple[Hashes, Hashes]:
    """Odd factors and offsets: each pair permutes the 32-bit words."""
    chance = np.random.Generator(np.random.PCG64(_SEED))
    factors = chance.integers(0, 1 << 32, count, dtype=np.uint32) | np.uint32(1)
    return factors, chance.integers(0, 1 << 32, count, dtype=np.uint32)


def band_keys(hashes: Hashes, config: MinhashConfig) -> bytes:
    """A 64-bit key for every band of `rows` hashes, little-endian; bands never share a key by
    place.
    """
    data, width = hashes.astype("<u4").tobytes(), 4 * config.rows
    keys = [
        xxhash.xxh3_64_intdigest(data[band * width : (band + 1) * width], band)
        for band in range(config.bands)
    ]
    return np.array(keys, dtype="<u8").tobytes()


def sketch(hashes: Words) -> Sketch:
    """512 bins by the high bits of a shingle; each holds 8 bits of its least shingle, 0 when
    empty.
    """
    return _sketch(np.sort(hashes))


def _sketch(ordered: Words) -> Sketch:
    """The sketch of sorted shingles, of which the first of a bin is its least."""
    bins = ordered >> np.uint64(55)
    first = starts(bins)
    values = np.zeros(BINS, dtype=np.uint8)
    values[bins[first]] = ordered[first] % np.uint64(255) + np.uint64(1)
    return values


def similarity(first: Sketch, second: Sketch) -> NDArray[np.float64]:
    """Estimated Jaccard of sketches (..., 512): agreeing bins of those that either one fills.

    Different shingles agree in one of 255 cases; the expected number of those is taken off. Of
    texts of few shingles, one more is counted that may share a bin unseen: among thousands of pages
    that say one sentence with another name, some names would be lost to that chance.
    """
    both = ((first != 0) & (second != 0)).sum(axis=-1)
    either = ((first != 0) | (second != 0)).sum(axis=-1)
    agree = ((first == second) & (first != 0)).sum(axis=-1)
    either = np.maximum(either + (either < FEW_BINS), 1)
    estimate: NDArray[np.float64] = (agree - both / 255) / (either * (254 / 255))
    return np.clip(estimate, 0.0, 1.0)


def stored(column: bytes, rows: int, config: MinhashConfig) -> tuple[Words, Sketch]:
    """The (rows, bands) keys and (rows, 512) sketches of stored signatures, one after the other."""
    whole = np.frombuffer(column, dtype=np.uint8).reshape(rows, signature_bytes(config))
    bands = np.ascontiguousarray(whole[:, : 8 * config.bands]).view("<u8")
    return bands, whole[:, 8 * config.bands :]


def sign(config: MinhashConfig, record: Measured) -> Measured:
    """The record with what is stored of its words beside it."""
    return replace(record, columns={**record.columns, **signed(record.words, config)})
