"""Open files wherever they lie, forwards and by range; remote ones with retries and back-off.

http and https are read in `web_server`, s3 and gs in `object_stores`. A fault that outlives its
retries raises CheckError: a later run goes on from there.
"""

import io
from contextlib import suppress
from typing import Any, Self

import requests

from pipeline import files
from pipeline.files.stamps import Stamp, local_stamp
from pipeline.ingest.remote.block_reads import again, read_at, sentences
from pipeline.ingest.remote.object_stores import listed, object_stamp, open_store
from pipeline.ingest.remote.web_server import open_http, part, url_stamp, web_session


def open_file(
    path: str,
    stamp: Stamp | None = None,
    first: int = 1,
    session: requests.Session | None = None,
    private: bool = False,
) -> Any:
    """An open binary file with `read` and `seek`; the caller closes it.

    `stamp` spares a store the question for its size; a web server is asked for `first` bytes at
    once, in `session` where there is one, else with `private` as `web_session` has it. Raises
    UsageError where there is no such file, CheckError where it cannot be reached.
    """
    with sentences(path):
        if is_web(path):
            return open_http(path, first, session, private)
        return _open_unless_web(path, stamp)


def _open_unless_web(path: str, stamp: Stamp | None = None) -> Any:
    if files.is_local(path):
        return open(path.removeprefix("file://"), "rb")
    return open_store(path, stamp)


def stamp_of(path: str, session: requests.Session) -> Stamp:
    """The stamp of a file that is not opened. Raises as `open_file` does."""
    with sentences(path):
        if is_web(path):
            return url_stamp(session, path)
        return local_stamp(path) if files.is_local(path) else object_stamp(path)


def store_matches(pattern: str) -> dict[str, Stamp]:
    """The objects of a store that a glob matches, with their stamps. Raises as `open_file` does."""
    with sentences(pattern, "listed"):
        return listed(pattern)


def is_web(path: str) -> bool:
    return path.startswith(("http://", "https://"))


def size_of(file: Any) -> int:
    """The size of an open file."""
    size = int(file.seek(0, io.SEEK_END))
    file.seek(0)
    return size


class Ranges:
    """Single byte ranges of many files under one base address, from any thread."""

    def __init__(self, base: str, connections: int, private: bool = False) -> None:
        self._base = base.rstrip("/")
        self._session = web_session(connections, private)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def fetch(self, name: str, offset: int, length: int) -> bytes | None:
        """`length` bytes of a file at `offset`, fewer at its end; None where there are none, or no
        such file. Raises as `open_file` does for one that may not be read.
        """
        path, stop = f"{self._base}/{name}", offset + length
        with sentences(path, "read"), suppress(FileNotFoundError):
            if is_web(path):
                return again(path, lambda: part(self._session, path, offset, stop))
            with _open_unless_web(path) as file:
                return read_at(file, offset, length, path) or None
        return None
