"""Datasets as arms of an experiment: their documents by keyed hashes, in parts of one size.

A document of the same page has the same id in every run over one crawl, and so the same key: it is
in the same part of each arm, where the arm has it. What the pages of a part have of their own then
falls out of the difference, and the parts tell how it varies with the data.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.document import unit_hash
from pipeline.errors import UsageError
from pipeline.loader.dataset import Dataset
from pipeline.loader.reader import TokenReader
from pipeline.tokenize.encode import Encoder, Ids, load_tokenizer

Same = Literal["tokens", "bytes"]
Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Arm:
    """A dataset's documents in the order of their keys (0 to 1), with their sizes."""

    name: str
    keys: NDArray[np.float64]
    documents: tuple[Ids, ...]
    sizes: Longs  # in what all arms have the same of


def read_arm(name: str, dataset: Dataset, encoder: Encoder, same: Same, seed: int) -> Arm:
    """The documents of a dataset as tokens of `encoder`, whichever they were encoded with."""
    own = load_tokenizer(dataset.folder)
    again = own.card.digest != encoder.card.digest
    rows = []
    for document, ids in documents_of(dataset):
        text = own.decode(ids) if again or same == "bytes" else ""
        tokens = encoder.encode_document(text) if again else ids
        rows.append((document, tokens, len(text.encode()) if same == "bytes" else len(tokens)))
    return arm_of(name, rows, seed)


def arm_of(name: str, rows: Iterable[tuple[str, Ids, int]], seed: int) -> Arm:
    """An arm of documents: id, tokens, size."""
    keyed = sorted(
        ((unit_hash(seed, "ablate", id), tokens, size) for id, tokens, size in rows),
        key=lambda row: row[0],
    )
    return Arm(
        name,
        np.array([key for key, *_ in keyed]),
        tuple(tokens for _, tokens, _ in keyed),
        np.array([size for *_, size in keyed], dtype=np.int64),
    )


def documents_of(dataset: Dataset) -> Iterator[tuple[str, Ids]]:
    """The documents of a dataset, by id, as tokens with the end of text."""
    reader = TokenReader(dataset.folder, manifest=dataset.manifest)
    for block in range(len(reader.ends)):
        parts = np.split(reader.values(block), reader.borders(block)[1:-1])
        yield from zip(reader.ids(block), parts, strict=True)


@dataclass(frozen=True)
class Part:
    """Some documents of an arm, with their keys, in the order of these."""

    keys: NDArray[np.float64]
    documents: list[Ids]

    @property
    def tokens(self) -> int:
        return sum(map(len, self.documents))


@dataclass(frozen=True)
class Division:
    """Documents of every arm: all, as much in each, and in `parts`, as much in each of these."""

    whole: list[Part]
    parts: list[list[Part]]
    size: int  # of a whole
    part_size: int


def divided(arms: Sequence[Arm], count: int, most: int = 0) -> Division:
    """The documents of arms, as much of each as the smallest has, or `most`, where that is less.

    Parts are stretches of keys that hold about as much of the first arm; all are cut to the size of
    the smallest, and the last document of each with it. Raises UsageError where an arm has too
    little for so many parts.
    """
    totals = {arm.name: int(arm.sizes.sum()) for arm in arms}
    smallest = min(totals, key=totals.__getitem__)
    size = min(totals[smallest], most) if most else totals[smallest]
    whole = [_cut(arm, np.arange(len(arm.keys)), size) for arm in arms]
    first = arms[0]
    shares = np.cumsum(first.sizes) * count // max(1, totals[first.name])
    edges = first.keys[np.searchsorted(shares, np.arange(1, count)).clip(max=len(first.keys) - 1)]
    places = [np.searchsorted(edges, arm.keys, side="right") for arm in arms]
    counts = [np.bincount(own, arm.sizes, count) for own, arm in zip(places, arms, strict=True)]
    part = min(int(np.min(counts)), size // count)
    if part < 1:
        least = arms[int(np.argmin([own.min() for own in counts]))].name
        raise UsageError(f"{least!r} has too few documents for {count} parts; take fewer")
    parts = [
        [_cut(arm, np.flatnonzero(own == number), part) for number in range(count)]
        for arm, own in zip(arms, places, strict=True)
    ]
    return Division(whole, parts, size, part)


def _cut(arm: Arm, places: Longs, size: int) -> Part:
    """The first of some documents, of so much in all."""
    ends = np.cumsum(arm.sizes[places])
    whole = int(np.searchsorted(ends, size, side="right"))
    found = [arm.documents[at] for at in places[:whole].tolist()]
    rest = size - (int(ends[whole - 1]) if whole else 0)
    if rest and whole < len(places):
        last = arm.documents[int(places[whole])]
        share = rest / int(arm.sizes[places[whole]])
        found.append(last[: max(1, round(share * len(last)))])
    return Part(arm.keys[places[: len(found)]], found)
