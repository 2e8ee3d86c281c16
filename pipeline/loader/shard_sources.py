"""Where the bytes of blocks come from: shards mapped from a local folder, or ranges of objects.

Both give a block whole and compare its checksum as `check` says: "first" when it comes to this
process (mapped, fetched, or found in a cache), "always" whenever it is used, "off" never.
"""

import errno
import mmap
import resource
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from typing import Protocol, TypeVar

from tenacity import RetryError, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential

from pipeline import files
from pipeline.errors import CheckError, UsageError
from pipeline.loader.block_caches import BlockCache, Bytes
from pipeline.loader.block_index import Index
from pipeline.tokenize.manifest import REMEDY

OPEN_SHARDS = 256  # that can be mapped at a time anywhere: each holds a file descriptor
MOST_SHARDS = 30_000  # mapped at a time: Linux has 65,530 maps for a process (vm.max_map_count)
OTHER_FILES = 256  # descriptors that are left to others
FETCHES = 16  # blocks that are fetched at the same time
ATTEMPTS = 9
WAIT = wait_exponential(
    multiplier=0.05, max=20
)  # 0.05 s doubling to 6.4 s, beside the client's own

T = TypeVar("T")


class ShardSource(Protocol):
    """Gives blocks. `keeps`: whether views of one stay good until the source says otherwise."""

    keeps: bool

    def block(self, block: int) -> Bytes:
        """All bytes of a block. Raises CheckError where they are not those of the manifest."""

    def unchecked(self, block: int) -> Bytes:
        """All bytes of a block, of which those that are used have to be compared."""


class MappedShards:
    """The shards of a local folder. `forget` is called for a shard that is mapped no longer."""

    keeps = True

    def __init__(self, index: Index, forget: Callable[[int], None]) -> None:
        self._index, self._forget = index, forget
        self._mapped: dict[int, memoryview] = {}
        self._most = mappable(len(index.manifest.shards))

    def block(self, block: int) -> memoryview:
        data = self.unchecked(block)
        if not self._index.is_intact(block, data):
            raise self._index.changed(block)
        return data

    def unchecked(self, block: int) -> memoryview:
        """The bytes of a block, which nobody has compared."""
        start, stop = self._index.bounds(block)
        return self._map(self._index.shard(block))[start:stop]

    def _map(self, shard: int) -> memoryview:
        if shard in self._mapped:
            return self._mapped[shard]
        if len(self._mapped) >= self._most:
            oldest = next(iter(self._mapped))
            self._forget(oldest)
            del self._mapped[oldest]
        path = self._index.path(shard).removeprefix("file://")
        try:
            with open(path, "rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise CheckError(f"shard {path} cannot be mapped ({error}); {REMEDY}") from error
        self._index.compare_size(shard, len(mapped))
        self._mapped[shard] = memoryview(mapped)
        return self._mapped[shard]


def mappable(shards: int) -> int:
    """How many shards this process may have mapped at a time, of so many.

    Its limit of open files is raised for them, as far as it may be without privileges.
    """
    wanted = min(shards, MOST_SHARDS)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted + OTHER_FILES:
        raised = wanted + OTHER_FILES
        soft = raised if hard == resource.RLIM_INFINITY else min(raised, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return max(wanted, 1)
    return max(1, min(wanted, max(soft - OTHER_FILES, OPEN_SHARDS)))


class RangedShards:
    """The shards of a store: each block is fetched with one request and kept in a cache.

    Before its first block, a shard is asked for its size. Faults that may pass are tried again.
    """

    keeps = False

    def __init__(self, index: Index, cache: BlockCache) -> None:
        self._index, self._cache = index, cache
        self._met: set[int] = set()  # shards whose size was compared

    def block(self, block: int) -> Bytes:
        data = self._cache.get(block)
        if data is None:
            self._meet(self._index.shard(block))
            data = self._cache.put(block, self._fetched(block))
        return data

    unchecked = block  # what was fetched whole is compared whole

    def portions(self, rows: Sequence[Sequence[int]]) -> Iterator[int]:
        """Cuts rows of two blocks into runs whose blocks the cache holds together: the ends of
        these, each given when its blocks are here.
        """
        start = 0
        while start < len(rows):
            blocks = [block for row in rows[start:] for block in row]
            stop = start + max(1, self._cache.fitting(blocks) // 2)
            self._bring(blocks[: 2 * (stop - start)])
            yield stop
            start = stop

    def _bring(self, blocks: Sequence[int]) -> None:
        """Fetches at the same time what the cache lacks of `blocks`."""
        missing = [block for block in dict.fromkeys(blocks) if self._cache.get(block) is None]
        if len(missing) < 2:
            return  # nothing would be gained
        pool = ThreadPoolExecutor(FETCHES)
        try:
            list(pool.map(self._meet, {self._index.shard(block) for block in missing}))
            coming = {pool.submit(self._fetched, block): block for block in missing}
            for ready in as_completed(coming):
                self._cache.put(coming.pop(ready), ready.result())
        finally:
            pool.shutdown(cancel_futures=True)

    def _fetched(self, block: int) -> bytes:
        path = self._index.path(self._index.shard(block))
        start, stop = self._index.bounds(block)
        data = _again(path, lambda: _range(path, start, stop))
        if not self._index.is_intact(block, data, True):
            raise self._index.changed(block)
        return data

    def _meet(self, shard: int) -> None:
        if shard not in self._met:
            path = self._index.path(shard)
            self._index.compare_size(shard, _again(path, lambda: files.size(path)))
            self._met.add(shard)


def _range(path: str, start: int, stop: int) -> bytes:
    data = files.read_range(path, start, stop)
    if len(data) != stop - start:
        raise OSError(errno.EIO, f"{len(data)} bytes came for {stop - start}")
    return data


def _again(path: str, request: Callable[[], T]) -> T:
    """`request`, made again after faults that may pass."""
    retrying = Retrying(
        stop=stop_after_attempt(ATTEMPTS), wait=WAIT, retry=retry_if_exception(_may_pass)
    )
    try:
        return retrying(request)
    except FileNotFoundError as error:
        raise CheckError(f"shard {path} is gone: {error}") from error
    except PermissionError as error:
        raise UsageError(f"{path} may not be read ({error}); check its permissions") from error
    except RetryError as error:
        fault = error.last_attempt.exception()
        raise CheckError(f"shard {path} cannot be read ({fault}); resume to go on") from error


def _may_pass(fault: BaseException) -> bool:
    lasting = (FileNotFoundError, PermissionError, IsADirectoryError)
    return isinstance(fault, OSError) and not isinstance(fault, lasting)
