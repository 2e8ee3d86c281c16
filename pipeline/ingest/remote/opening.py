"""Open files wherever they lie, forwards and by range; remote ones with retries and back-off.

http and https are read in `web_server`, s3 and gs in `object_stores`. A fault that outlives its
retries raises CheckError: a later run goes on from there.
"""

import io
from typing import Any, Self

import requests

from pipeline import files
from pipeline.errors import UsageError
from pipeline.ingest.remote.block_reads import again
from pipeline.ingest.remote.object_stores import open_store
from pipeline.ingest.remote.web_server import open_http, part


def open_file(path: str) -> Any:
    """An open binary file with `read` and `seek`; the caller closes it.

    Raises UsageError where there is no such file, CheckError where it cannot be reached.
    """
    try:
        if path.startswith(("http://", "https://")):
            return open_http(path)
        return files.open_read(path) if files.is_local(path) else open_store(path)
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


def size_of(file: Any) -> int:
    """The size of an open file."""
    size = int(file.seek(0, io.SEEK_END))
    file.seek(0)
    return size


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
                return again(path, lambda: part(self._session, path, offset, stop))
            with open_file(path) as file:
                file.seek(offset)
                return bytes(file.read(length)) or None
        except (FileNotFoundError, UsageError):
            return None
