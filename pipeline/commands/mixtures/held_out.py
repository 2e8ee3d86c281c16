"""Texts that a dataset does not hold, by which mixtures of it are judged."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import files
from pipeline.errors import UsageError
from pipeline.loader.dataset import Dataset
from pipeline.loader.reader import TokenReader
from pipeline.sample.texts import held_out
from pipeline.tokenize.encode import Encoder, Ids, load_tokenizer, utf8_size

WINDOW = 13  # tokens; of so many in a row few stand in two texts by chance (GPT-3's n, in words)
HELD_SHARE = 0.2  # of its windows that the dataset holds, from which on a text is left out
DEFAULT_GROUP = "domain"
OWN_TEXTS = 300
_READ_AT_ONCE = 1 << 22  # tokens

Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class HeldOut:
    """Texts as tokens, with their sizes in bytes and the groups that they are told apart by."""

    documents: tuple[Ids, ...]
    sizes: NDArray[np.float64]
    groups: tuple[str, ...]
    places: tuple[int, ...]  # of the texts in their file
    left_out: int = 0  # texts that the dataset holds

    def taken(self, places: Collection[int]) -> "HeldOut":
        """The texts that stand at some places of the file; the others are left out."""
        stay = [at for at, place in enumerate(self.places) if place in places]
        return HeldOut(
            tuple(self.documents[at] for at in stay),
            self.sizes[stay],
            tuple(self.groups[at] for at in stay),
            tuple(self.places[at] for at in stay),
            self.left_out + len(self.places) - len(stay),
        )


def held_out_of(
    path: str | None, group: str, datasets: Sequence[Dataset], encoder: Encoder
) -> HeldOut:
    """The texts of a file, or our own, that none of the datasets holds, as tokens of `encoder`.

    Each dataset is asked in its own tokens. Raises UsageError where no text is left.
    """
    held = read_held_out(path, group, encoder)
    for dataset in datasets:
        reader, own = TokenReader(dataset.folder, manifest=dataset.manifest), held
        if dataset.manifest.tokenizer != encoder.card.digest:
            own = read_held_out(path, group, load_tokenizer(dataset.folder))
        held = held.taken({*without_held(own, reader).places})
    if not held.documents:
        who = "datasets hold" if len(datasets) > 1 else "dataset holds"
        ours = "all of ours; give --held-out"
        what = ours if path is None else f"all texts of {path!r}; give others"
        raise UsageError(f"the {who} {what}")
    return held


def read_held_out(path: str | None, group: str, encoder: Encoder) -> HeldOut:
    """The texts of a JSONL file, and of each what stands under the key `group` ("" without it);
    for None texts of our own making.

    Raises UsageError for a file that is none, with the line.
    """
    rows = list(held_out(OWN_TEXTS) if path is None else _rows(path, group))
    if not rows:
        raise UsageError(f"{path!r} has no text; give JSON lines with a key `text`")
    if group != DEFAULT_GROUP and not any(name for _, name in rows):
        raise UsageError(f"no line of {path!r} has a key {group!r}; give --group another")
    return HeldOut(
        tuple(encoder.encode_document(text) for text, _ in rows),
        np.array([utf8_size(text) for text, _ in rows], dtype=np.float64),
        tuple(name for _, name in rows),
        tuple(range(len(rows))),
    )


def _rows(path: str, group: str) -> Iterator[tuple[str, str]]:
    if not files.exists(path) or files.is_folder(path):
        raise UsageError(f"{path!r} is no file; give one of JSON lines")
    for number, line in enumerate(files.read_bytes(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            row: Any = json.loads(line)
            text, name = row["text"], row.get(group, "")
            text.encode("utf-8", "surrogatepass")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise UsageError(
                f"{path} line {number} is no JSON object with a text under `text`; mend it"
            ) from None
        if text.strip():
            yield text, str(name)


def without_held(held: HeldOut, reader: TokenReader) -> HeldOut:
    """The texts that the dataset does not hold, nor large parts of them."""
    wanted = [_windows(document) for document in held.documents]
    known = np.unique(np.concatenate([np.zeros(0, np.uint64), *wanted]))
    found = np.zeros(len(known), dtype=np.bool_)
    for tokens in _stretches(reader):
        there = np.unique(_windows(tokens))
        found |= np.isin(known, there, assume_unique=True)
    shares = [found[np.searchsorted(known, one)].mean() if len(one) else 0.0 for one in wanted]
    stay = {place for place, share in zip(held.places, shares, strict=True) if share < HELD_SHARE}
    return held.taken(stay)


def _stretches(reader: TokenReader) -> Iterable[Ids]:
    total = int(reader.ends[-1]) if len(reader.ends) else 0
    for start in range(0, total, _READ_AT_ONCE):
        yield reader.read(start, min(start + _READ_AT_ONCE + WINDOW, total))


def _windows(tokens: Ids) -> Hashes:
    """A hash of every WINDOW tokens in a row: a polynomial in 64 bits, enough for texts in
    thousands.
    """
    base = np.uint64(0x9E3779B97F4A7C15)
    count = len(tokens) - WINDOW + 1
    if count < 1:
        return np.zeros(0, np.uint64)
    values = tokens.astype(np.uint64) + np.uint64(1)
    found = np.zeros(count, np.uint64)
    for at in range(WINDOW):
        found = found * base + values[at : at + count]
    return found ^ (found >> np.uint64(29))
