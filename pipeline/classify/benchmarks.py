"""Benchmark questions in documents: word n-grams of every item, looked up in every document.

A document that shares one n-gram (13 words by default, as GPT-3, arXiv 2005.14165) with an item's
question and answer, read as one sequence, is hit, and so is one that shares half of those of its
passage: passages are long and quote or use set phrases. An item of fewer words is hit by its whole
question and answer, word for word, and by less than that never; items of fewer than five words
cannot be told from chance and are counted as left out. Words are those of the normal form, so case,
punctuation and spacing change nothing.

Caveat: a paraphrased or translated item is not found.
"""

import gzip
import json
import math
import posixpath
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import xxhash
from numpy.typing import NDArray

from pipeline import files
from pipeline.errors import UsageError, machine_fault
from pipeline.recipe_types import BenchmarkTable
from pipeline.secrets import masked
from pipeline.text import normalise, words

SHORTEST = 5  # words
PASSAGE_SHARE = 0.5  # of a passage's n-grams
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no information is lost modulo 2**64

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a benchmark; `number` counts the lines of its file from 0."""

    benchmark: str
    number: int
    question: str
    answer: str = ""
    passage: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """An item found in a document, and how many of its n-grams."""

    benchmark: str
    number: int
    grams: int

    def __str__(self) -> str:
        return f"{self.benchmark}:{self.number}"


@dataclass(frozen=True)
class Grams:
    """The n-grams of one length: sorted hashes, each with the place of its first item."""

    length: int
    hashes: Hashes
    items: NDArray[np.int64]
    filter: NDArray[np.bool_]  # by the first bits of a hash: False, it is not among them

    def places(self, wanted: Hashes) -> NDArray[np.int64]:
        """The items that `wanted` hashes belong to, one for each different hash found."""
        shift = np.uint64(64 - (len(self.filter).bit_length() - 1))
        wanted = np.unique(wanted[self.filter[wanted >> shift]])
        at = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        return np.asarray(self.items[at[self.hashes[at] == wanted]], dtype=np.int64)


@dataclass(frozen=True)
class BenchmarkIndex:
    """What to look for in documents: made by `build_index`.

    An item has two places: its number in `items` for question and answer, and that number plus
    `len(items)` for its passage.
    """

    items: tuple[tuple[str, int], ...]  # benchmark, number
    grams: tuple[Grams, ...]
    needed: NDArray[np.int64]  # by place: how many n-grams make a hit
    left_out: int  # items that are not looked for

    def find(self, text: str) -> list[Hit]:
        """The items in `text`, those with the most n-grams first."""
        by_length = {grams.length: grams for grams in self.grams}
        hashes = rolling_hashes(word_hashes(words(normalise(text))), [*by_length])
        found = [by_length[length].places(runs) for length, runs in hashes]
        counts = np.bincount(np.concatenate([np.zeros(0, np.int64), *found]))
        grams: Counter[int] = Counter()
        for place in np.flatnonzero(counts >= np.maximum(self.needed[: len(counts)], 1)).tolist():
            grams[place % len(self.items)] += int(counts[place])
        hits = [Hit(*self.items[item], grams=count) for item, count in grams.items()]
        return sorted(hits, key=lambda hit: (-hit.grams, hit.benchmark, hit.number))


def word_hashes(of_words: list[str]) -> Hashes:
    """A 64-bit hash of every word."""
    encoded = (word.encode("utf-8", "surrogatepass") for word in of_words)
    return np.fromiter(map(xxhash.xxh3_64_intdigest, encoded), dtype=np.uint64)


def rolling_hashes(hashes: Hashes, lengths: list[int]) -> Iterator[tuple[int, Hashes]]:
    """(length, hash of every run of so many words): polynomials modulo 2**64, each of the last."""
    runs = np.zeros(len(hashes), dtype=np.uint64)
    for length in range(1, min(max(lengths, default=0), len(hashes)) + 1):
        runs = runs[: len(hashes) - length + 1] * _BASE + hashes[length - 1 :]
        if length in lengths:
            mixed = (runs ^ (runs >> np.uint64(32))) * _BASE  # all bits into the first ones
            yield length, mixed ^ (mixed >> np.uint64(29))


def build_index(items: list[Item], ngram: int) -> BenchmarkIndex:
    """The index of items, for n-grams of `ngram` words; equal for equal items."""
    rows: dict[int, list[tuple[Hashes, int]]] = {}
    needed = np.zeros(2 * len(items), dtype=np.int64)
    for number, item in enumerate(items):
        asked = words(normalise(f"{item.question}\n{item.answer}"))
        passage = words(normalise(item.passage))
        for place, sequence, length, share in (
            (number, asked, min(ngram, len(asked)), 0.0),
            (number + len(items), passage, ngram, PASSAGE_SHARE),
        ):
            if SHORTEST <= length <= len(sequence):
                hashes = _telling(sequence, length)
                needed[place] = min(len(hashes), max(1, math.ceil(share * len(hashes))))
                rows.setdefault(length, []).append((hashes, place))
    grams = [_grams(length, found) for length, found in sorted(rows.items())]
    return BenchmarkIndex(
        items=tuple((item.benchmark, item.number) for item in items),
        grams=tuple(found for found in grams if len(found.hashes)),
        needed=needed,
        left_out=int((needed.reshape(2, -1).sum(axis=0) == 0).sum()),
    )


def _telling(sequence: list[str], length: int) -> Hashes:
    """The hashes of n-grams of which a third of the words have two letters or more.

    The others are enumerations of numbers or variables, which stand in many a table by chance.
    """
    lettered = np.array([len(word) > 1 and word[0].isalpha() for word in sequence])
    sums = np.concatenate([[0], np.cumsum(lettered)])
    enough = 3 * (sums[length:] - sums[:-length]) >= length
    ((_, hashes),) = rolling_hashes(word_hashes(sequence), [length])
    return np.unique(hashes[enough])


def _grams(length: int, rows: list[tuple[Hashes, int]]) -> Grams:
    hashes = np.concatenate([hashes for hashes, _ in rows])
    places = np.repeat([place for _, place in rows], [len(hashes) for hashes, _ in rows])
    known, first = np.unique(hashes, return_index=True)
    bits = max(16, (16 * len(known)).bit_length())  # one in sixteen of other hashes passes, at most
    filter = np.zeros(1 << bits, dtype=np.bool_)
    filter[known >> np.uint64(64 - bits)] = True
    return Grams(length, known, places[first].astype(np.int64), filter)


def load_benchmarks(tables: tuple[str | BenchmarkTable, ...]) -> list[Item]:
    """The items of JSONL files, plain or gzip; UsageError for a file or field that is not there."""
    return [item for table in tables for item in _items(table)]


def _items(table: str | BenchmarkTable) -> Iterator[Item]:
    table = BenchmarkTable(path=table) if isinstance(table, str) else table
    name = posixpath.basename(masked(table.path)).partition(".")[0]
    for number, line in enumerate(_lines(table.path)):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UsageError(
                f"{table.path} line {number + 1} is no JSON; give a JSONL file"
            ) from error
        question, answer, passage = (
            _text(row.get(field, "")) if isinstance(row, dict) else ""
            for field in (table.question, table.answer, table.passage)
        )
        if not question and not passage:
            raise UsageError(
                f"{table.path} line {number + 1} has no field {table.question!r}; name the fields: "
                '{path = "...", question = "...", answer = "..."}'
            )
        yield Item(name, number, question, answer, passage)


def _lines(path: str) -> Iterator[bytes]:
    try:
        with files.open_read(path) as file:
            yield from cast(Any, gzip.GzipFile(fileobj=file) if path.endswith(".gz") else file)
    except (OSError, EOFError) as error:
        if machine_fault(error):
            raise
        raise UsageError(
            f"{path} cannot be read ({error}); give a JSONL file, plain or gzip"
        ) from error


def _text(value: Any) -> str:
    """A field as text: lists (answer options) and tables by their values, in order."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return "\n".join(_text(entry) for entry in value)
    return "" if value is None else str(value)
