"""A file that is looked at: its two ends in memory, and the mark of what they hold."""

from typing import Any

import requests

from pipeline.document import digest
from pipeline.files.stamps import Stamp
from pipeline.ingest.remote.block_reads import Copy, Parts, read_at
from pipeline.ingest.remote.opening import open_file, size_of

END = 1 << 16  # bytes: the first records of an archive, the footer of most tables


class Ends(Parts):
    """An open file that is read again only between its ends. At most two requests, most often."""

    block = END

    def __init__(self, file: Any, stamp: Stamp, path: str = "a file") -> None:
        super().__init__(size_of(file))
        self.stamp = stamp
        self.is_copy = isinstance(file, Copy)
        self._path = path
        self._file = file
        self._head, self._tail = _ends(file, self.size, path)
        self._from = self.size - len(self._tail)

    @property
    def mark(self) -> str:
        """32 hex digits of size and ends: the same wherever the file lies and whenever it was
        written.
        """
        return _mark(self.size, self._head, self._tail)

    def close(self) -> None:
        self._file.close()
        super().close()

    def part(self, at: int, size: int) -> bytes:
        if at < len(self._head):
            return self._head[at : at + size]
        if at >= self._from:
            return self._tail[at - self._from :][:size]
        return self._between(at, min(at + size, self._from))

    def _between(self, start: int, stop: int) -> bytes:
        return read_at(self._file, start, stop - start, self._path) if start < stop else b""


def mark_of(file: Any, path: str) -> str:
    """The mark of an open file, which stays open."""
    size = size_of(file)
    return _mark(size, *_ends(file, size, path))


def _ends(file: Any, size: int, path: str) -> tuple[bytes, bytes]:
    """The first END bytes of a file, and as many of the others at its end."""
    head = read_at(file, 0, END, path)
    last = max(len(head), size - END)
    return head, read_at(file, last, size - last, path) if last < size else b""


def _mark(size: int, head: bytes, tail: bytes) -> str:
    return digest(str(size), head, tail)


def open_ends(path: str, stamp: Stamp | None, session: requests.Session) -> Ends:
    """A file to look at. Raises as `open_file` does."""
    file = open_file(path, stamp, END, session)
    try:
        return Ends(file, file.stamp if stamp is None else stamp, path)
    except BaseException:
        file.close()
        raise
