"""What a dataset says of its blocks, and which bytes were found to be so."""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest

from pipeline import files
from pipeline.errors import CheckError
from pipeline.loader.block_caches import Bytes
from pipeline.tokenize.manifest import CHUNK, REMEDY, Manifest, chunk_counts

Check = Literal["first", "always", "off"]
Longs = npt.NDArray[np.int64]
Sums = npt.NDArray[np.uint64]
Table = dict[str, npt.NDArray[Any]]


class Index:
    """What a dataset says of its blocks, and which were found to be so."""

    def __init__(
        self, folder: str, manifest: Manifest, table: Table, check: Check, sums: Sums | None = None
    ) -> None:
        self.manifest, self.check = manifest, check
        self._folder, self._table = folder, table
        self._checked = np.zeros(len(table["xxh3"]), bool)
        counts = chunk_counts(table["size"])
        self._first_chunk = np.cumsum(counts) - counts
        self._sums = sums
        self._seen = np.zeros(int(counts.sum()), bool)  # chunks that were found to be so

    @property
    def by_chunk(self) -> bool:
        """Whether parts of a block can be compared by themselves."""
        return self._sums is not None

    def unseen(self, blocks: Longs, starts: Longs, stops: Longs) -> Longs:
        """Which ranges of bytes inside blocks are to be compared: their places."""
        if self.check == "always":
            return np.arange(len(blocks))
        if self.check == "off":
            return np.arange(0)
        base = self._first_chunk[blocks]
        first, last = base + starts // CHUNK, base + (stops - 1) // CHUNK
        return np.flatnonzero(~(self._seen[first] & self._seen[last]) | (last - first > 1))

    def compare_range(self, block: int, data: Bytes, start: int, stop: int) -> None:
        """Raises CheckError unless the chunks that bytes [start, stop) of a block lie in have
        their sums, compared as `check` says. `data` is the whole block.
        """
        assert self._sums is not None
        base = int(self._first_chunk[block])
        for chunk in range(start // CHUNK, -(-stop // CHUNK)):
            if self.check == "off" or (self.check == "first" and self._seen[base + chunk]):
                continue
            part = data[chunk * CHUNK : (chunk + 1) * CHUNK]
            if xxh3_64_intdigest(part) != int(self._sums[base + chunk]):
                raise self.changed(block)
            self._seen[base + chunk] = True

    def path(self, shard: int) -> str:
        return files.join(self._folder, self.manifest.shards[shard].path)

    def shard(self, block: int) -> int:
        return int(self._table["shard"][block])

    def bounds(self, block: int) -> tuple[int, int]:
        """Where a block starts in its shard, and where it stops."""
        start = int(self._table["offset"][block])
        return start, start + int(self._table["size"][block])

    def is_intact(self, block: int, data: Bytes, anew: bool = False) -> bool:
        """Whether a block has its checksum, compared as `check` says; "first" means new bytes."""
        if self.check == "off" or (self.check == "first" and self._checked[block] and not anew):
            return True
        same = xxh3_64_intdigest(data) == int(self._table["xxh3"][block])
        self._checked[block] |= same
        return same

    def changed(self, block: int) -> CheckError:
        path = self.manifest.shards[self.shard(block)].path
        return CheckError(f"block {block} in shard {path} of {self._folder} has changed; {REMEDY}")

    def compare_size(self, shard: int, size: int) -> None:
        if size != self.manifest.shards[shard].size:
            raise CheckError(
                f"shard {self.path(shard)} has {size} bytes, not those of the manifest; {REMEDY}"
            )
