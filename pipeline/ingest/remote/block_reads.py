"""What all remote files share: reading in blocks, requests made again after passing faults."""

import io
import tempfile
from collections.abc import Callable
from typing import Any, TypeVar

import requests
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential

from pipeline.errors import CheckError

BLOCK = 1 << 22  # bytes of one request
ATTEMPTS = 9
WAIT = wait_exponential(multiplier=0.05, max=20)  # 0.05 s doubling to 6.4 s: half a minute in all

T = TypeVar("T")


class Passing(Exception):
    """A fault that may pass: the request is made again."""


class Copy(tempfile.SpooledTemporaryFile[bytes]):
    """A temporary copy of a file that cannot be read by range."""


class Blocks(io.RawIOBase):
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


def again(path: str, request: Callable[[], T]) -> T:
    """`request`, made again after faults that may pass."""
    retrying = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=WAIT,
        retry=retry_if_exception_type((Passing, requests.ConnectionError, requests.Timeout)),
    )
    try:
        return retrying(request)
    except RetryError as error:
        fault = error.last_attempt.exception()
        raise CheckError(f"{path} cannot be read ({fault}); run again to go on") from error
