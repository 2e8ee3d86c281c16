"""Rows of ids and hashes: what travels between workers instead of texts.

An id of 32 hex digits is two unsigned 64-bit fields, `id_hi` and `id_lo`, whose order is that of
the digits. A part is a number: its place among the sorted names of the run's parts; the parts of
earlier runs come after the own ones, so `part >= own` says that a row stands for a document that
an earlier run has kept.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import xxhash
from numpy.typing import NDArray

from pipeline import files

Rows = np.ndarray[Any, np.dtype[Any]]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

ID = [("id_hi", "<u8"), ("id_lo", "<u8")]
KEEPER = [("keep_hi", "<u8"), ("keep_lo", "<u8")]  # the document that stays in place of this one

REASONS = (
    *("", "duplicate_record", "duplicate_url", "duplicate_text", "near_duplicate"),
    *("robots_opt_out", "tdm_reserved", "contained_text"),
)
RECORD, URL, TEXT, NEAR, ROBOTS, TDM, CONTAINED = range(1, 8)
RIGHTS = (REASONS[ROBOTS], REASONS[TDM])  # no duplicates: their host forbids the use

DROP = np.dtype([("part", "<u4"), *ID, ("reason", "u1"), ("copies", "<u4"), *KEEPER])
"""One document that leaves: its part, its id, an index into REASONS, how many rows of the part
with this id leave, and the id of the document that stays (of an opt-out the number of the rule).
"""


def hash128(text: str) -> bytes:
    """16 bytes of BLAKE2b: a key for documents, free of chance collisions at any size of corpus."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def hash64(text: str) -> int:
    """xxh3 of UTF-8: a key for sites, lines, paragraphs and words, the same on every machine."""
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def pairs_of_words(digests: Iterable[bytes]) -> Words:
    """Digests of 16 bytes as an array (n, 2), most significant word first."""
    flat = np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)
    return flat.reshape(-1, 2)


def id_words(ids: Iterable[str]) -> Words:
    """Ids of 32 hex digits as an array (n, 2)."""
    return pairs_of_words([bytes.fromhex("".join(ids))])


def hash_names(names: Sequence[str]) -> Words:
    """The hashes of names of which few differ."""
    known = {name: hash64(name) for name in set(names)}
    return np.array([known[name] for name in names], dtype=np.uint64)


def id_strings(high: Words, low: Words) -> list[str]:
    """The ids that two columns of words stand for."""
    data = np.stack([high, low], axis=1).astype(">u8").tobytes().hex()
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def make(dtype: np.dtype[Any], count: int, /, **columns: Any) -> Rows:
    """An array of `count` rows with the named columns filled, zero elsewhere."""
    rows = np.zeros(count, dtype=dtype)
    for name, column in columns.items():
        rows[name] = column
    return rows


def column(table: pa.Table, name: str) -> NDArray[Any]:
    """A column without nulls as a NumPy array."""
    values: NDArray[Any] = table.column(name).combine_chunks().to_numpy(zero_copy_only=False)
    return values


def starts(*columns: NDArray[Any]) -> Flags:
    """True at the first row of every group, in columns that are sorted by group."""
    first = np.ones(len(columns[0]), dtype=np.bool_)
    if len(first) > 1:
        first[1:] = np.logical_or.reduce([values[1:] != values[:-1] for values in columns])
    return first


def groups(*columns: NDArray[Any]) -> tuple[Places, Places]:
    """(first row, number of rows) of every group, in columns that are sorted by group."""
    first = np.flatnonzero(starts(*columns))
    return first, np.diff(np.append(first, len(columns[0])))


def sorted_by(rows: Rows, *names: str) -> Rows:
    """Rows sorted by the named fields, the first the most important."""
    return rows[np.lexsort([rows[name] for name in reversed(names)])]


def concatenate(arrays: Sequence[Rows], dtype: np.dtype[Any]) -> Rows:
    """All rows of `arrays`; an empty array of the right kind where there are none."""
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=dtype)


def all_sorted(dtype: np.dtype[Any], found: Sequence[Rows]) -> Rows:
    """All rows that were found, sorted."""
    return np.sort(concatenate(found, dtype))


def read_rows(path: str, dtype: np.dtype[Any]) -> Rows:
    """The rows in a file; none where it is not there."""
    try:
        return np.frombuffer(files.read_bytes(path), dtype=dtype)
    except FileNotFoundError:
        return np.zeros(0, dtype=dtype)


def salted(words: Words, source: Words) -> Words:
    """Keys that meet only within one source."""
    return words ^ (source * np.uint64(0x9E3779B97F4A7C15))


def date_number(date: str) -> int:
    """An ISO 8601 date as a number that sorts like it: 2026-01-02T03:04:05Z is 20260102030405;
    "" is 0.
    """
    digits = "".join(character for character in date if character in "0123456789")[:14]
    return int(digits.ljust(14, "0")) if digits else 0


def exploded(keys: pa.Table, name: str) -> tuple[Rows, Words]:
    """A list column as (row of each item, items)."""
    lists = keys.column(name).combine_chunks()
    offsets = lists.offsets.to_numpy()
    items = lists.values.to_numpy()[offsets[0] : offsets[-1]]
    return np.repeat(np.arange(len(lists)), np.diff(offsets)), items
