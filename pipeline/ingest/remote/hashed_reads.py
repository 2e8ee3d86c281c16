"""A file whose bytes are hashed as they are read: each is fetched once, in whatever order."""

from typing import Any

from blake3 import blake3

from pipeline.ingest.remote.block_reads import Parts, read_at
from pipeline.ingest.remote.opening import size_of

LEAF = 1 << 22  # bytes
HELD = 4  # leaves in memory


class HashedReads(Parts):
    """An open file of which the bytes [start, stop) are hashed as they are read.

    From `start` on the file is read in leaves of LEAF bytes, and the digest is that of the leaves'
    digests: a reader may begin at the end of the file, as those of tables and of zips do, and skip
    what it does not need.
    """

    def __init__(
        self, file: Any, start: int = 0, stop: int | None = None, path: str = "a file"
    ) -> None:
        super().__init__(size_of(file))
        self.block: int = getattr(file, "block", 1 << 18)
        self._file = file
        self._path = path
        self._start = start
        self._stop = self.size if stop is None else min(stop, self.size)
        self._held: dict[int, bytes] = {}
        self._digests: dict[int, bytes] = {}

    def digest(self) -> str:
        """32 hex digits of the bytes of the range. Reads those that nobody has read."""
        count = -(-(self._stop - self._start) // LEAF)
        for number in range(count):
            if number not in self._digests:
                self._load(number)
        return blake3(b"".join(self._digests[i] for i in range(count))).hexdigest(length=16)

    def part(self, at: int, size: int) -> bytes:
        if at < self._start:
            return read_at(self._file, at, min(size, self._start - at), self._path)
        number, inside = divmod(at - self._start, LEAF)
        if number not in self._held:
            self._held[number] = self._load(number)
            if len(self._held) > HELD:  # what lies ahead is needed again: a footer, the next range
                del self._held[min(n for n in self._held if n != number)]
        return self._held[number][inside : inside + size]

    def _load(self, number: int) -> bytes:
        at = self._start + number * LEAF
        data = read_at(self._file, at, LEAF, self._path)
        if number not in self._digests and at < self._stop:
            self._digests[number] = blake3(data[: self._stop - at]).digest()
        return data
