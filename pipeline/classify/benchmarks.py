"""Benchmark questions in documents: word n-grams of every item, looked up in every document.

A document that shares one n-gram (13 words by default, as GPT-3, arXiv 2005.14165) with an item's
question and answer, read as one sequence, or with its passage is hit. An item of fewer words is hit
by its whole question and answer, word for word, and by less than that never; items of fewer than
five words cannot be told from chance and are counted as left out. Words are those of the normal
form, so case, punctuation and spacing change nothing.

Caveat: a paraphrased or translated item is not found.
"""

import gzip
import json
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import xxhash
from numpy.typing import NDArray

from pipeline import files
from pipeline.errors import UsageError
from pipeline.recipe import BenchmarkTable
from pipeline.text import normalise, words

SHORTEST = 5  # words
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
class BenchmarkIndex:
    """Sorted hashes of n-grams by their length, each with the place of its first item."""

    items: tuple[tuple[str, int], ...]  # benchmark, number
    grams: tuple[tuple[int, Hashes, NDArray[np.int64]], ...]
    too_short: int  # items that are not looked for

    def find(self, text: str) -> list[Hit]:
        """The items in `text`, those with the most n-grams first."""
        hashes = word_hashes(text)
        places = [self._places(hashes, grams) for grams in self.grams]
        if not places:
            return []
        found, counts = np.unique(np.concatenate(places), return_counts=True)
        hits = [Hit(*self.items[int(i)], grams=int(n)) for i, n in zip(found, counts, strict=True)]
        return sorted(hits, key=lambda hit: (-hit.grams, hit.benchmark, hit.number))

    def _places(
        self, hashes: Hashes, grams: tuple[int, Hashes, NDArray[np.int64]]
    ) -> NDArray[np.int64]:
        length, known, items = grams
        wanted = np.unique(gram_hashes(hashes, length))
        at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        return np.asarray(items[at[known[at] == wanted]], dtype=np.int64)


def word_hashes(text: str) -> Hashes:
    """A 64-bit hash of every word of the normal form."""
    encoded = (word.encode("utf-8", "surrogatepass") for word in words(normalise(text)))
    return np.fromiter(map(xxhash.xxh3_64_intdigest, encoded), dtype=np.uint64)


def gram_hashes(hashes: Hashes, length: int) -> Hashes:
    """A hash of every run of `length` words: a polynomial modulo 2**64, by vector steps."""
    count = max(0, len(hashes) - length + 1)
    found = np.full(count, length, dtype=np.uint64)
    for i in range(length):
        found = found * _BASE + hashes[i : i + count]
    return found ^ (found >> np.uint64(29))


def build_index(items: list[Item], ngram: int) -> BenchmarkIndex:
    """The index of items, for n-grams of `ngram` words; equal for equal items."""
    by_length: dict[int, list[tuple[Hashes, NDArray[np.int64]]]] = {}
    too_short = 0
    for place, item in enumerate(items):
        asked = word_hashes(f"{item.question}\n{item.answer}")
        passage = word_hashes(item.passage)
        sequences = [(asked, min(ngram, len(asked))), (passage, ngram)]
        too_short += len(asked) < SHORTEST and len(passage) < ngram
        for sequence, length in sequences:
            if SHORTEST <= length <= len(sequence):
                grams = np.unique(gram_hashes(sequence, length))
                row = (grams, np.full(len(grams), place, dtype=np.int64))
                by_length.setdefault(length, []).append(row)
    grams_by_length = []
    for length, rows in sorted(by_length.items()):
        hashes = np.concatenate([hashes for hashes, _ in rows])
        known, first = np.unique(hashes, return_index=True)
        grams_by_length.append((length, known, np.concatenate([p for _, p in rows])[first]))
    names = tuple((item.benchmark, item.number) for item in items)
    return BenchmarkIndex(names, tuple(grams_by_length), too_short)


def load_benchmarks(tables: tuple[str | BenchmarkTable, ...]) -> list[Item]:
    """The items of JSONL files, plain or gzip; UsageError for a file or field that is not there."""
    return [item for table in tables for item in _items(table)]


def _items(table: str | BenchmarkTable) -> Iterator[Item]:
    table = BenchmarkTable(path=table) if isinstance(table, str) else table
    name = posixpath.basename(table.path).partition(".")[0]
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
