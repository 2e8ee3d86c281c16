"""How many lists become one file, in a few bytes for each entry."""

import json
from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError
from pipeline.screen.lists.compiled import (
    MAGIC,
    Listed,
    beginnings,
    digest_of,
    ending,
    key_hash,
    padding,
)

Hashes = NDArray[np.uint64]  # of keys
Marks = NDArray[np.uint32]  # where they stand


def compiled(entries: Iterable[tuple[str, Listed]]) -> bytes:
    """The file of `entries`, keys with where they stand; what is repeated counts once."""
    places: dict[Listed, int] = {}
    keys, endings, found = array("Q"), array("Q"), array("I")
    for key, listed in entries:
        keys.append(key_hash(key))
        endings.append(key_hash(ending(key)))
        found.append(places.setdefault(listed, len(places)))
    names = sorted(places)
    rank = np.empty(len(names), np.uint32)
    rank[[places[name] for name in names]] = np.arange(len(names))
    hashes, marks = _once(np.frombuffer(keys, np.uint64), rank[np.frombuffer(found, np.uint32)])
    starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1]))[: len(hashes)]
    labels, tables = _tables(marks, starts, names)
    counts = _counts(starts, marks, names)
    return _file(hashes[starts], np.frombuffer(endings, np.uint64), labels, tables, counts)


def _once(hashes: Hashes, marks: Marks) -> tuple[Hashes, Marks]:
    """Hashes in order, and those of a hash; pairs that are alike as one."""
    order = np.lexsort((marks, hashes))
    hashes, marks = hashes[order], marks[order]
    is_new = np.append(True, (hashes[1:] != hashes[:-1]) | (marks[1:] != marks[:-1]))
    return hashes[is_new[: len(hashes)]], marks[is_new[: len(marks)]]


def _tables(
    marks: Marks, starts: NDArray[np.int64], names: list[Listed]
) -> tuple[NDArray[np.uint16], list[tuple[Listed, ...]]]:
    """For the group of marks from each start its place among all that occur, and these."""
    sizes = np.diff(np.append(starts, len(marks)))
    several = np.flatnonzero(sizes > 1)
    ends = starts + sizes
    groups = [tuple(marks[starts[at] : ends[at]]) for at in several]
    single = np.unique(marks[starts[sizes == 1]])
    tables = sorted({*groups, *((mark,) for mark in single)})
    if len(tables) > np.iinfo(np.uint16).max:
        raise UsageError(f"{len(tables)} combinations of lists and categories; give fewer lists")
    places = {table: at for at, table in enumerate(tables)}
    of_single = np.zeros(len(names), np.uint16)
    of_single[single] = [places[mark,] for mark in single]
    labels = of_single[marks[starts]]
    labels[several] = [places[group] for group in groups]
    return labels, [tuple(names[mark] for mark in table) for table in tables]


def _counts(starts: NDArray[np.int64], marks: Marks, names: list[Listed]) -> dict[str, int]:
    """Entries by list."""
    lists = sorted({name.list for name in names})
    of_mark = np.array([lists.index(name.list) for name in names], np.int64)
    entry = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(marks))))
    told = np.unique(entry * len(lists) + of_mark[marks]) % max(1, len(lists))
    return dict(zip(lists, np.bincount(told, minlength=len(lists)).tolist(), strict=True))


def _file(
    hashes: Hashes,
    endings: Hashes,
    labels: NDArray[np.uint16],
    tables: list[tuple[Listed, ...]],
    counts: dict[str, int],
) -> bytes:
    bits, index = beginnings(len(hashes))
    set_bits = np.zeros(1 << bits, np.bool_)
    for known in (hashes, endings):
        set_bits[known >> np.uint64(64 - bits)] = True
    starts = np.searchsorted(hashes >> np.uint64(64 - index), np.arange(2**index + 1))
    body = b""
    for block in (np.packbits(set_bits, bitorder="little"), starts.astype("<u4"), hashes, labels):
        body += padding(len(body)) if block is not labels else b""
        body += block.tobytes()
    header = {
        "counts": counts,
        "digest": digest_of(body, json.dumps(tables).encode()),
        "entries": len(hashes),
        "labels": tables,
    }
    told = json.dumps(header, sort_keys=True).encode()
    head = MAGIC + len(told).to_bytes(8, "little") + told
    return head + padding(len(head)) + body
