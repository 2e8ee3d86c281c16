"""Blocks kept on this machine, in memory or in a folder, never more bytes than a bound.

In memory the block that was used longest ago goes first. In a folder, which all processes of a
machine share, a block has one place, and goes when another one of that place comes: so the bound
holds whoever writes, nothing is counted, and with samples drawn at random as many are found as by
any other rule. A bound of the size of the dataset gives every block a place of its own.
"""

import mmap
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline import files
from pipeline.errors import UsageError

CACHE_BYTES = 1 << 30
ABANDONED = 3_600  # seconds after which a temporary file belongs to nobody
MARK = 8  # bytes behind a block in its file: its number

Bytes: TypeAlias = bytes | memoryview
Compare: TypeAlias = Callable[
    [int, Bytes, bool], bool
]  # a block's bytes, whether they are new here


class BlockCache(Protocol):
    def get(self, block: int) -> Bytes | None:
        """The bytes of a block; None where it is not here, or is not what it should be."""

    def put(self, block: int, data: bytes) -> Bytes:
        """Keeps a block; gives its bytes."""

    def fitting(self, blocks: Sequence[int]) -> int:
        """How many of `blocks`, from the first on, can be here together."""


def block_cache(
    folder: str | os.PathLike[str],
    bound: int,
    dataset: str,
    sizes: npt.NDArray[Any],
    is_intact: Compare,
) -> BlockCache:
    """The cache of a dataset with this identity and blocks of these sizes; "" for one in memory."""
    least = int(sizes.max(initial=0)) + MARK
    if bound < least:
        raise UsageError(
            f"cache_bytes = {bound} cannot hold the largest block; set at least {least}"
        )
    path = os.fspath(folder)
    if not path:
        return MemoryCache(bound, sizes, is_intact)
    if not files.is_local(path):
        raise UsageError(f"cache_folder {path!r} is elsewhere; give a folder on local disk")
    return FolderCache(files.join(path, dataset), bound, sizes, is_intact)


class MemoryCache:
    """Blocks in memory, at most `bound` bytes."""

    def __init__(self, bound: int, sizes: npt.NDArray[Any], is_intact: Compare) -> None:
        self._bound, self._sizes, self._is_intact = bound, sizes, is_intact
        self._held: OrderedDict[int, bytes] = OrderedDict()
        self._bytes = 0

    def get(self, block: int) -> bytes | None:
        data = self._held.get(block)
        if data is None or not self._is_intact(block, data, False):
            return None
        self._held.move_to_end(block)
        return data

    def put(self, block: int, data: bytes) -> bytes:
        self._bytes += len(data) - len(self._held.pop(block, b""))
        while self._bytes > self._bound:
            self._bytes -= len(self._held.popitem(last=False)[1])
        self._held[block] = data
        return data

    def fitting(self, blocks: Sequence[int]) -> int:
        together: set[int] = set()
        total = 0
        for count, block in enumerate(blocks):
            total += 0 if block in together else int(self._sizes[block])
            if total > self._bound:
                return count
            together.add(block)
        return len(blocks)


class FolderCache:
    """Blocks in a local folder that processes share, one in each of a fixed number of places.

    At most `bound` bytes, and one block more that each process may be writing. A file is compared
    anew whenever it has changed.
    """

    def __init__(
        self, folder: str, bound: int, sizes: npt.NDArray[Any], is_intact: Compare
    ) -> None:
        self._folder, self._sizes, self._is_intact = folder, sizes, is_intact
        self._places = places(sizes + MARK, bound)
        self._met = np.zeros(len(sizes), np.int64)  # nanoseconds: when the file met was written
        try:
            files.make_folder(folder)
            self._tidy()
        except OSError as error:
            raise self._refused(error) from error

    def get(self, block: int) -> memoryview | None:
        size = int(self._sizes[block])
        try:
            with open(self._path(block), "rb") as file:
                found = os.fstat(file.fileno())
                if found.st_size != size + MARK:
                    return None
                data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except FileNotFoundError:
            return None
        anew = found.st_mtime_ns != self._met[block]
        if data[size:] != self._mark(block) or not self._is_intact(block, data[:size], anew):
            return None
        self._met[block] = found.st_mtime_ns
        return data[:size]

    def put(self, block: int, data: bytes) -> bytes:
        try:
            with files.atomic(self._path(block)) as file:
                file.write(data)
                file.write(self._mark(block))
        except OSError as error:
            raise self._refused(error) from error
        return data

    def fitting(self, blocks: Sequence[int]) -> int:
        there: dict[int, int] = {}
        for count, block in enumerate(blocks):
            if there.setdefault(block % self._places, block) != block:
                return count
        return len(blocks)

    def _path(self, block: int) -> str:
        return f"{self._folder}/{block % self._places}"

    def _mark(self, block: int) -> bytes:
        return block.to_bytes(MARK, "little")

    def _tidy(self) -> None:
        """Removes what killed processes have left, and places that a larger bound had."""
        with os.scandir(self._folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # another process was first
                    if entry.name.isdigit():
                        gone = int(entry.name) >= self._places
                    else:
                        gone = time.time() - entry.stat().st_mtime > ABANDONED
                    if gone:
                        os.remove(entry.path)

    def _refused(self, error: OSError) -> UsageError:
        return UsageError(
            f"cache_folder {self._folder!r} cannot be written ({error.strerror}); give another "
            "folder or a smaller cache_bytes"
        )


def places(sizes: npt.NDArray[Any], bound: int) -> int:
    """How many places blocks of these sizes get, so that they hold at most `bound` bytes.

    Block b goes to place b % places, whose bytes are those of the largest block that does.
    """
    count = max(1, len(sizes))
    while count > 1 and _total(sizes, count) > bound:
        count = count * 15 // 16
    return count


def _total(sizes: npt.NDArray[Any], count: int) -> int:
    rows = np.zeros((-(-len(sizes) // count), count), np.int64)
    rows.reshape(-1)[: len(sizes)] = sizes
    return int(rows.max(axis=0, initial=0).sum())
