"""Open files wherever they lie, forwards and by range; remote ones with retries and back-off.

http and https are read block by block with Range requests, each checked for the bytes that it
should hold; a server that ignores Range has the file copied to a temporary file first. s3 and gs
go through fsspec. A fault that outlives its retries raises CheckError: a later run goes on from
there.
"""

import io
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self, TypeVar

import requests
from fsspec.core import url_to_fs
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential

from pipeline import files
from pipeline.errors import CheckError, UsageError

BLOCK = 1 << 22  # bytes of one request
ATTEMPTS = 9
WAIT = wait_exponential(multiplier=0.05, max=20)  # 0.05 s doubling to 6.4 s: half a minute in all
TIMEOUT = (20, 120)  # seconds to connect, and between bytes
_PASSING = (408, 425, 429, 500, 502, 503, 504)

T = TypeVar("T")


class _Passing(Exception):
    """A fault that may pass: the request is made again."""


def open_file(path: str) -> Any:
    """An open binary file with `read` and `seek`; the caller closes it.

    Raises UsageError where there is no such file, CheckError where it cannot be reached.
    """
    try:
        if path.startswith(("http://", "https://")):
            return _open_http(path)
        return files.open_read(path) if files.is_local(path) else _open_store(path)
    except (ValueError, ImportError) as error:  # a store that fsspec or this machine does not know
        raise UsageError(f"{path} cannot be opened ({error}); check how it begins") from None
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist; check the path") from None
    except PermissionError as error:
        raise UsageError(f"{path} may not be read ({error}); check its permissions") from None
    except IsADirectoryError:
        raise UsageError(
            f"{path} is a folder; name the files in it, as in {path}/*.warc.gz"
        ) from None


def listed(pattern: str) -> list[str]:
    """The objects of a store that a glob matches. Raises as `open_file` does."""

    def found() -> list[str]:
        with _store_faults():
            fs, inner = url_to_fs(pattern)
            return [fs.unstrip_protocol(name) for name in sorted(fs.glob(inner))]

    try:
        return _again(pattern, found)
    except (ValueError, ImportError) as error:
        raise UsageError(f"{pattern} cannot be listed ({error}); check how it begins") from None
    except PermissionError as error:
        raise UsageError(f"{pattern} may not be listed ({error}); check its permissions") from None


def size_of(file: Any) -> int:
    """The size of an open file."""
    size = int(file.seek(0, io.SEEK_END))
    file.seek(0)
    return size


class Copy(tempfile.SpooledTemporaryFile[bytes]):
    """A temporary copy of a file that cannot be read by range."""


class _Blocks(io.RawIOBase):
    """A remote file, read a block at a time."""

    def __init__(
        self, size: int, fetch: Callable[[int, int], bytes], close: Callable[[], None]
    ) -> None:
        super().__init__()
        self.block = BLOCK
        self._size = size
        self._fetch = fetch
        self._close = close
        self._at = 0

    def close(self) -> None:
        self._close()
        super().close()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._size - self._at)
        size = left if size is None or size < 0 else min(size, left)
        parts = []
        while size > 0:
            part = self._fetch(self._at, self._at + min(size, BLOCK))
            parts.append(part)
            self._at += len(part)
            size -= len(part)
        return b"".join(parts)


class Ranges:
    """Single byte ranges of many files under one base address, from any thread."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")
        self._session = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def fetch(self, name: str, offset: int, length: int) -> bytes | None:
        """`length` bytes of a file at `offset`, fewer at its end; None if there are none."""
        path, stop = f"{self._base}/{name}", offset + length
        try:
            if path.startswith(("http://", "https://")):
                return _again(path, lambda: _part(self._session, path, offset, stop))
            with open_file(path) as file:
                file.seek(offset)
                return bytes(file.read(length)) or None
        except (FileNotFoundError, UsageError):
            return None


def _again(path: str, request: Callable[[], T]) -> T:
    """`request`, made again after faults that may pass."""
    retrying = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=WAIT,
        retry=retry_if_exception_type((_Passing, requests.ConnectionError, requests.Timeout)),
    )
    try:
        return retrying(request)
    except RetryError as error:
        fault = error.last_attempt.exception()
        raise CheckError(f"{path} cannot be read ({fault}); run again to go on") from error


def _open_http(url: str) -> Any:
    session = requests.Session()

    def fetch(start: int, stop: int) -> bytes:
        return _again(url, lambda: _exactly(session, url, start, stop))

    try:
        first = _again(url, lambda: _get(session, url, 0, 1))
        total = first.headers.get("Content-Range", "").rpartition("/")[2]
        if first.status_code == 206 and total.isdigit():
            return _Blocks(int(total), fetch, session.close)
        copy = _again(url, lambda: _copied(session, url))
    except BaseException:
        session.close()
        raise
    session.close()
    return copy


def _exactly(session: requests.Session, url: str, start: int, stop: int) -> bytes:
    response = _get(session, url, start, stop)
    if response.status_code != 206 or len(response.content) != stop - start:
        raise _Passing(f"status {response.status_code} for bytes {start}-{stop}")
    return bytes(response.content)


def _part(session: requests.Session, url: str, start: int, stop: int) -> bytes | None:
    """A range of `url`, also from a server that sends the whole; None if it has no such range."""
    response = _get(session, url, start, stop)
    if response.status_code == 206:
        return bytes(response.content)
    if response.status_code == 416:
        return None
    with _copied(session, url) as copy:
        copy.seek(start)
        return bytes(copy.read(stop - start)) or None


def _get(session: requests.Session, url: str, start: int, stop: int) -> requests.Response:
    """The response to a Range request; its body is read only if it is the range."""
    headers = {"Range": f"bytes={start}-{stop - 1}", "Accept-Encoding": "identity"}
    with session.get(url, headers=headers, timeout=TIMEOUT, stream=True) as response:
        if response.status_code in _PASSING:
            raise _Passing(f"status {response.status_code}")
        if response.status_code in (404, 410):
            raise FileNotFoundError(url)
        if response.status_code in (401, 403):
            raise PermissionError(url)
        if response.status_code == 206:
            if not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
                raise _Passing("another range than asked for")
            try:
                _ = response.content
            except requests.exceptions.ChunkedEncodingError as error:
                raise _Passing(str(error)) from error
        return response


def _copied(session: requests.Session, url: str) -> Any:
    """A temporary file with the whole of `url`."""
    copy = Copy(1 << 26)
    try:
        with session.get(
            url, headers={"Accept-Encoding": "identity"}, timeout=TIMEOUT, stream=True
        ) as response:
            if response.status_code != 200:
                raise _Passing(f"status {response.status_code}")
            for data in response.iter_content(1 << 20):
                copy.write(data)
    except requests.exceptions.ChunkedEncodingError as error:
        copy.close()
        raise _Passing(str(error)) from error
    copy.seek(0)
    return copy


def _open_store(path: str) -> _Blocks:
    """An object in s3, gs or another store that fsspec knows."""
    fs, inner = _again(path, lambda: _store(path))

    def request(start: int, stop: int) -> bytes:
        with _store_faults():
            data = bytes(fs.cat_file(inner, start=start, end=stop))
        if len(data) != stop - start:
            raise _Passing(f"{len(data)} bytes for {stop - start}")
        return data

    def fetch(start: int, stop: int) -> bytes:
        return _again(path, lambda: request(start, stop))

    def size() -> int:
        with _store_faults():
            return int(fs.size(inner))

    return _Blocks(_again(path, size), fetch, lambda: None)


def _store(path: str) -> Any:
    with _store_faults():
        return url_to_fs(path)


@contextmanager
def _store_faults() -> Iterator[None]:
    """Faults of a store that may pass; those of its client that cannot, as PermissionError."""
    try:
        yield
    except (FileNotFoundError, PermissionError, IsADirectoryError):
        raise
    except OSError as error:
        raise _Passing(str(error)) from error
    except _refusals() as error:
        raise PermissionError(str(error)) from error


def _refusals() -> tuple[type[Exception], ...]:
    """What clients of stores raise without credentials; those clients are loaded by now."""
    names = (
        ("botocore.exceptions", "BotoCoreError"),
        ("google.auth.exceptions", "GoogleAuthError"),
    )
    modules = ((sys.modules.get(module), name) for module, name in names)
    return tuple(getattr(module, name) for module, name in modules if module is not None)
