"""Objects in s3, gs and other stores that fsspec knows."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fsspec.core import url_to_fs

from pipeline.errors import UsageError
from pipeline.ingest.remote.block_reads import Blocks, Passing, again


def listed(pattern: str) -> list[str]:
    """The objects of a store that a glob matches. Raises as `open_file` does."""

    def found() -> list[str]:
        with _store_faults():
            fs, inner = url_to_fs(pattern)
            return [fs.unstrip_protocol(name) for name in sorted(fs.glob(inner))]

    try:
        return again(pattern, found)
    except (ValueError, ImportError) as error:
        raise UsageError(f"{pattern} cannot be listed ({error}); check how it begins") from None
    except PermissionError as error:
        raise UsageError(f"{pattern} may not be listed ({error}); check its permissions") from None


def open_store(path: str) -> Blocks:
    """An object in s3, gs or another store that fsspec knows."""
    fs, inner = again(path, lambda: _store(path))

    def request(start: int, stop: int) -> bytes:
        with _store_faults():
            data = bytes(fs.cat_file(inner, start=start, end=stop))
        if len(data) != stop - start:
            raise Passing(f"{len(data)} bytes for {stop - start}")
        return data

    def fetch(start: int, stop: int) -> bytes:
        return again(path, lambda: request(start, stop))

    def size() -> int:
        with _store_faults():
            return int(fs.size(inner))

    return Blocks(again(path, size), fetch, lambda: None)


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
        raise Passing(str(error)) from error
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
