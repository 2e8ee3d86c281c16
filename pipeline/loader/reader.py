"""Tokens and document boundaries of a dataset, in a local folder or in a store.

A block's buffers are viewed where the block table says they lie, so nothing is parsed and nothing
copied but the tokens asked for. Positions are numbers of tokens in the dataset: groups one after
the other, a group's shards and blocks in their order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline import files
from pipeline.loader.block_caches import CACHE_BYTES, Bytes, block_cache
from pipeline.loader.block_index import Check, Index
from pipeline.loader.shard_sources import MappedShards, RangedShards, ShardSource
from pipeline.tokenize.dataset_files import read_blocks, read_sums
from pipeline.tokenize.manifest import Manifest, read_manifest


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

    The blocks of a dataset in a store are kept on this machine, `cache_bytes` of them: in memory,
    or in files below `cache_folder`, which processes share. Local shards are mapped, and need none.
    """

    def __init__(
        self,
        folder: str,
        check: Check = "first",
        manifest: Manifest | None = None,
        *,
        cache_bytes: int = CACHE_BYTES,
        cache_folder: str | PathLike[str] = "",
    ) -> None:
        self.manifest = read_manifest(folder) if manifest is None else manifest
        self._table = read_blocks(folder, self.manifest)
        self._check = check
        self._dtype = np.dtype(self.manifest.dtype).newbyteorder("<")
        self.ends = np.cumsum(self._table["tokens"])
        self.starts = self.ends - self._table["tokens"]
        self._source = self._source_of(folder, cache_bytes, cache_folder)
        self._by_chunk = self._index.by_chunk
        self._compared: list[npt.NDArray[Any] | None] = [None] * len(self.ends)
        self._values_at = self._table["values_offset"] - self._table["offset"]
        self._values: list[npt.NDArray[Any] | None] = [None] * len(self.ends)
        self._borders: list[npt.NDArray[np.int32] | None] = [None] * len(self.ends)

    @property
    def groups(self) -> npt.NDArray[np.int32]:
        """The group of each block, as its place in the sorted list of groups."""
        places = {name: place for place, name in enumerate(self.manifest.groups)}
        of_shards = np.array([places[shard.group] for shard in self.manifest.shards], np.int32)
        return np.asarray(of_shards[self._table["shard"]])

    def locate(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The block of each position."""
        return np.searchsorted(self.ends, positions, side="right")

    def values(self, block: int) -> npt.NDArray[Any]:
        """The tokens of a block, all of them compared: a view, in the dataset's dtype."""
        view = self._compared[block]
        if view is None:
            view = self.unchecked(block)
            self.compare(np.array([block]), np.zeros(1, np.int64), len(view))
            if self._check != "always" and self._values[block] is not None:
                self._compared[block] = view
        return view

    def unchecked(self, block: int) -> npt.NDArray[Any]:
        """The tokens of a block, of which `compare` has to look at those that are used."""
        view = self._values[block]
        if view is None or (self._check == "always" and not self._by_chunk):
            view, _ = self._open(block)
        return view

    def compare(
        self,
        blocks: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.int64],
        width: int | npt.NDArray[Any],
    ) -> None:
        """Compares `width` tokens (of each, or of all) from an offset in a block on, as far as the
        block has them, with the sums of their chunks. Raises CheckError where they have changed.
        """
        if not self._by_chunk or not len(blocks):
            return
        size, base = self._dtype.itemsize, self._values_at[blocks]
        starts = base + offsets * size
        stops = base + np.minimum(offsets + width, self._table["tokens"][blocks]) * size
        for at in self._index.unseen(blocks, starts, stops).tolist():
            block = int(blocks[at])
            data = self._source.unchecked(block)
            self._index.compare_range(block, data, int(starts[at]), int(stops[at]))

    def borders(self, block: int) -> npt.NDArray[np.int32]:
        """Where the documents of a block start, and its length as the last number."""
        view = self._borders[block]
        if view is None:
            _, view = self._open(block)
        return view

    def portions(
        self, starts: npt.NDArray[np.int64], stops: npt.NDArray[np.int64]
    ) -> Iterator[slice]:
        """Cuts ranges of positions, to be read in this order, so that the cache holds the blocks
        of each portion together; it is given when they are here.
        """
        first = 0
        if isinstance(self._source, RangedShards):
            blocks = np.stack([self.locate(starts), self.locate(stops - 1)], axis=1)
            for last in self._source.portions(blocks.tolist()):
                yield slice(first, last)
                first = last
        elif len(starts):
            yield slice(0, len(starts))

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """The tokens at positions [start, stop), across blocks and shards."""
        parts = []
        block = int(self.locate(np.array([start]))[0])
        while start < stop:
            at = start - int(self.starts[block])
            self.compare(np.array([block]), np.array([at]), stop - start)
            part = self.unchecked(block)[at : at + stop - start]
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

    def find(self, document: str) -> tuple[int, int] | None:
        """Positions [start, stop) of the document of this id; None where there is none."""
        wanted = np.frombuffer(bytes.fromhex(document), np.uint64)
        for block, count in enumerate(self._table["documents"].tolist()):
            ids = np.frombuffer(self._ids(block, 0, count), np.uint64)
            found = np.flatnonzero((ids.reshape(-1, 2) == wanted).all(axis=1))
            if len(found):
                borders = self.borders(block).astype(np.int64) + self.starts[block]
                return int(borders[found[0]]), int(borders[found[0] + 1])
        return None

    def _stretch(self, block: int, number: int, start: int, stop: int) -> Stretch:
        borders = self.borders(block)
        shard = self.manifest.shards[int(self._table["shard"][block])]
        begin, end = int(borders[number]), int(borders[number + 1])
        return Stretch(
            group=shard.group,
            shard=shard.path,
            block=block,
            document=bytes(self._ids(block, number, number + 1)).hex(),
            start=max(start - begin, 0),
            stop=min(stop, end) - begin,
        )

    def ids(self, block: int) -> list[str]:
        """The ids of a block's documents, in their order."""
        data = bytes(self._ids(block, 0, int(self._table["documents"][block]))).hex()
        return [data[at : at + 32] for at in range(0, len(data), 32)]

    def _ids(self, block: int, first: int, last: int) -> Bytes:
        """The ids of documents [first, last) of a block, compared."""
        base = int(self._table["ids_offset"][block] - self._table["offset"][block])
        start, stop = base + 16 * first, base + 16 * last
        if self._by_chunk:
            data = self._source.unchecked(block)
            self._index.compare_range(block, data, start, stop)
        else:
            data = self._source.block(block)
        return data[start:stop]

    def _source_of(
        self, folder: str, cache_bytes: int, cache_folder: str | PathLike[str]
    ) -> ShardSource:
        local = files.is_local(folder)
        sums = read_sums(folder, self.manifest) if local else None
        self._index = index = Index(folder, self.manifest, self._table, self._check, sums)
        if local:
            return MappedShards(index, self._forget)
        sizes = self._table["size"]
        name = self.manifest.identity
        return RangedShards(
            index, block_cache(cache_folder, cache_bytes, name, sizes, index.is_intact)
        )

    def _forget(self, shard: int) -> None:
        for block in np.flatnonzero(self._table["shard"] == shard):
            self._values[block] = self._borders[block] = self._compared[block] = None

    def _open(self, block: int) -> tuple[npt.NDArray[Any], npt.NDArray[np.int32]]:
        """The tokens and borders of a block, kept where its source keeps what they view."""
        data = self._source.unchecked(block) if self._by_chunk else self._source.block(block)
        names = ("offset", "tokens", "documents", "values_offset", "starts_offset")
        start, tokens, documents, values_at, borders_at = (
            int(self._table[name][block]) for name in names
        )
        if self._by_chunk:
            begin = borders_at - start
            self._index.compare_range(block, data, begin, begin + 4 * (documents + 1))
        values = np.frombuffer(data, self._dtype, tokens, values_at - start)
        borders = np.frombuffer(data, "<i4", documents + 1, borders_at - start)
        if self._source.keeps:
            self._values[block], self._borders[block] = values, borders
        return values, borders
