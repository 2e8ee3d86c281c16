"""Tokens and document boundaries of a dataset, from mapped shards.

A block's buffers are viewed where the block table says they lie, so nothing is parsed and nothing
copied but the tokens asked for. Its checksum is compared on first touch. Positions are numbers of
tokens in the dataset: groups one after the other, a group's shards and blocks in their order.

Local folders only: a dataset elsewhere is copied first.
"""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest

from pipeline import files
from pipeline.errors import CheckError
from pipeline.tokenize.manifest import Manifest, read_blocks, read_manifest

Check = Literal["first", "always", "off"]
OPEN_SHARDS = 256  # mapped at a time: each holds a file descriptor


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of one document that lies in a range of tokens."""

    group: str
    shard: str
    block: int
    document: str  # 32 hex digits
    start: int  # tokens of the document, from here
    stop: int  # to before here


class TokenReader:
    """Random access to the tokens of a dataset.

    `check`: "first" compares a block's checksum when it is first used, "always" whenever it is
    used, "off" never. Raises UsageError where there is no dataset, CheckError where bytes have
    changed.
    """

    def __init__(
        self, folder: str, check: Check = "first", manifest: Manifest | None = None
    ) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder) if manifest is None else manifest
        self._table = read_blocks(folder, self.manifest)
        self._check = check
        self._checked = np.zeros(len(self._table["tokens"]), bool)
        self._dtype = np.dtype(self.manifest.dtype).newbyteorder("<")
        self.ends = np.cumsum(self._table["tokens"])
        self.starts = self.ends - self._table["tokens"]
        self._document_ends = np.cumsum(self._table["documents"], dtype=np.int64)
        self._shards: dict[int, memoryview] = {}
        self._values: list[npt.NDArray[Any] | None] = [None] * len(self.ends)
        self._borders: list[npt.NDArray[np.int32] | None] = [None] * len(self.ends)

    def locate(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The block of each position."""
        return np.searchsorted(self.ends, positions, side="right")

    def values(self, block: int) -> npt.NDArray[Any]:
        """The tokens of a block: a view, in the dataset's dtype."""
        view = self._values[block]
        if view is None or self._check == "always":
            self._open(block)
            view = self._values[block]
        assert view is not None
        return view

    def borders(self, block: int) -> npt.NDArray[np.int32]:
        """Where the documents of a block start, and its length as the last number."""
        view = self._borders[block]
        if view is None:
            self._open(block)
            view = self._borders[block]
        assert view is not None
        return view

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """The tokens at positions [start, stop), across blocks and shards."""
        parts = []
        block = int(self.locate(np.array([start]))[0])
        while start < stop:
            at = start - int(self.starts[block])
            part = self.values(block)[at : at + stop - start]
            parts.append(part)
            start += len(part)
            block += 1
        return np.concatenate(parts) if parts else np.zeros(0, self._dtype)

    def document_starts(self, start: int, stop: int) -> npt.NDArray[np.int64]:
        """Positions in (start, stop) where a document starts."""
        parts = [np.zeros(0, np.int64)]
        block = int(self.locate(np.array([start]))[0])
        while block < len(self.ends) and self.starts[block] < stop:
            borders = self.borders(block)[:-1] + self.starts[block]
            parts.append(borders[(borders > start) & (borders < stop)])
            block += 1
        return np.concatenate(parts)

    def documents(self, start: int, stop: int) -> Iterator[Stretch]:
        """The documents at positions [start, stop), in order."""
        block = int(self.locate(np.array([start]))[0])
        while block < len(self.ends) and self.starts[block] < stop:
            base = int(self.starts[block])
            borders = self.borders(block)
            first = int(np.searchsorted(borders, np.int32(max(start - base, 0)), side="right")) - 1
            for number in range(first, len(borders) - 1):
                if base + borders[number] >= stop:
                    break
                yield self._stretch(block, number, start - base, stop - base)
            block += 1

    def _stretch(self, block: int, number: int, start: int, stop: int) -> Stretch:
        borders = self.borders(block)
        shard = self.manifest.shards[int(self._table["shard"][block])]
        at = int(self._table["ids_offset"][block]) + 16 * number
        begin, end = int(borders[number]), int(borders[number + 1])
        return Stretch(
            group=shard.group,
            shard=shard.path,
            block=block,
            document=bytes(self._map(block)[at : at + 16]).hex(),
            start=max(start - begin, 0),
            stop=min(stop, end) - begin,
        )

    def _map(self, block: int) -> memoryview:
        """The bytes of the shard that a block lies in."""
        shard = int(self._table["shard"][block])
        if shard not in self._shards:
            if len(self._shards) >= OPEN_SHARDS:
                self._close(next(iter(self._shards)))
            path = files.join(self.folder, self.manifest.shards[shard].path)
            try:
                with open(path, "rb") as file:
                    mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except (OSError, ValueError) as error:
                raise CheckError(f"shard {path} cannot be mapped: {error}") from error
            if len(mapped) != self.manifest.shards[shard].size:
                raise CheckError(f"shard {path} has {len(mapped)} bytes, not those of the manifest")
            self._shards[shard] = memoryview(mapped)
        return self._shards[shard]

    def _close(self, shard: int) -> None:
        for block in np.flatnonzero(self._table["shard"] == shard):
            self._values[block] = self._borders[block] = None
        del self._shards[shard]

    def _open(self, block: int) -> None:
        data = self._map(block)
        row = {name: int(column[block]) for name, column in self._table.items()}
        if self._check == "always" or (self._check == "first" and not self._checked[block]):
            if xxh3_64_intdigest(data[row["offset"] : row["offset"] + row["size"]]) != row["xxh3"]:
                path = self.manifest.shards[row["shard"]].path
                raise CheckError(f"block {block} in shard {path} of {self.folder} has changed")
            self._checked[block] = True
        self._values[block] = np.frombuffer(data, self._dtype, row["tokens"], row["values_offset"])
        self._borders[block] = np.frombuffer(
            data, "<i4", row["documents"] + 1, row["starts_offset"]
        )
