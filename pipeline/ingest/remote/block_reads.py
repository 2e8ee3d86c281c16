"""What all remote files share: reading in blocks, requests made again after passing faults."""

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import requests
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential

from pipeline.errors import CheckError, UsageError, reading
from pipeline.files.stamps import UNKNOWN, Stamp
from pipeline.secrets import has_secret

BLOCK = 1 << 22  # bytes of one request
ATTEMPTS = 9
WAIT = wait_exponential(multiplier=0.05, max=20)  # 0.05 s doubling to 6.4 s: half a minute in all

T = TypeVar("T")
_MEND = "check its address"  # the remedy for one that no web server can be asked


class Passing(Exception):
    """A fault that may pass: the request is made again."""


_PASSING = (
    Passing,
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,  # the connection ends within a body
    requests.exceptions.ContentDecodingError,  # the same, of one that is packed
)


class Copy(tempfile.SpooledTemporaryFile[bytes]):
    """A temporary copy of a file that cannot be read by range."""

    stamp = UNKNOWN


class Parts(io.RawIOBase):
    """A file of known size that is read a part at a time."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self._at = 0

    def part(self, at: int, size: int) -> bytes:
        """Some of the `size` bytes at `at`, from the first of them on; b"" where they are gone."""
        raise NotImplementedError

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self.size - self._at)
        size = left if size is None or size < 0 else min(size, left)
        parts = []
        while size > 0 and (part := self.part(self._at, size)):
            parts.append(part)
            self._at += len(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


class Blocks(Parts):
    """A remote file, read a block at a time; `head` is what is known of its beginning."""

    def __init__(
        self,
        stamp: Stamp,
        fetch: Callable[[int, int], bytes],
        close: Callable[[], None] = lambda: None,
        head: bytes = b"",
    ) -> None:
        super().__init__(stamp.size)
        self.block = BLOCK
        self.stamp = stamp
        self._fetch = fetch
        self._close = close
        self._head = head

    def close(self) -> None:
        self._close()
        super().close()

    def part(self, at: int, size: int) -> bytes:
        if at < len(self._head):
            return self._head[at : at + size]
        return self._fetch(at, at + min(size, BLOCK))


def read_at(file: Any, at: int, size: int, path: str) -> bytes:
    """Up to `size` bytes of an open file. Raises MachineError where its disk or server fails."""
    with reading(path):
        file.seek(at)
        return bytes(file.read(size))


def again(path: str, request: Callable[[], T]) -> T:
    """`request`, made again after faults that may pass. Raises CheckError for one that does not,
    UsageError for what no web server can be asked.
    """
    retrying = Retrying(
        stop=stop_after_attempt(ATTEMPTS), wait=WAIT, retry=retry_if_exception_type(_PASSING)
    )
    try:
        return retrying(request)
    except RetryError as error:  # without its cause, which may hold what the sentence masks
        fault = error.last_attempt.exception()
        raise CheckError(f"{path} cannot be read ({fault}); run again to go on") from None
    except requests.TooManyRedirects:
        raise UsageError(f"{path} redirects in a circle, or too often; {_MEND}") from None
    except requests.RequestException as error:
        raise UsageError(f"{path} cannot be read ({error}); {_MEND}") from None


def read_again(path: str, request: Callable[[], T]) -> T:
    """`again` for an open file: that it is gone, or closed to us, is a sentence too."""
    with sentences(path, "read"):
        return again(path, request)


@contextmanager
def sentences(path: str, done: str = "opened") -> Iterator[None]:
    """Turns what is wrong with a path into a sentence with its remedy."""
    try:
        yield
    except (ValueError, ImportError) as error:  # a store that fsspec or this machine does not know
        why = "it holds a secret" if has_secret(path) else error  # what follows may hold it, too
        raise UsageError(f"{path} cannot be {done} ({why}); check how it begins") from None
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{path} does not exist; check the path") from None
    except PermissionError as error:
        raise UsageError(f"{path} may not be {done} ({error}); check its permissions") from None
    except IsADirectoryError:
        raise UsageError(
            f"{path} is a folder; name the files in it, as in {path}/*.warc.gz"
        ) from None
