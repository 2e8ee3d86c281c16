"""Objects in s3, gs and other stores that fsspec knows."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fsspec.core import url_to_fs

from pipeline.errors import UsageError
from pipeline.files.stamps import Stamp, store_stamp
from pipeline.ingest.remote.block_reads import Blocks, Passing, again, read_again

_KEY = re.compile(r"(?:s3a?|gs|gcs)://[^/?]*:[^@]*@")


def listed(pattern: str) -> dict[str, Stamp]:
    """The objects of a store that a glob matches, as its list has them.

    Raises OSError, or ValueError and ImportError for a store that is not known.
    """

    def found() -> dict[str, Stamp]:
        with _store_faults():
            fs, inner = _found(pattern)
            fs.invalidate_cache()  # it may hold what an earlier run in this process has seen
            told = fs.glob(inner, detail=True)
        return {
            fs.unstrip_protocol(name): store_stamp(info)
            for name, info in told.items()
            if info.get("type") != "directory"
        }

    return again(pattern, found)


def object_stamp(path: str) -> Stamp:
    """The stamp of one object. Raises as `listed` does."""

    def told() -> Stamp:
        with _store_faults():
            fs, inner = _found(path)
            fs.invalidate_cache()
            info = fs.info(inner)
        if info.get("type") == "directory":
            raise IsADirectoryError(path)
        return store_stamp(info)

    return again(path, told)


def open_store(path: str, stamp: Stamp | None = None) -> Blocks:
    """An object in s3, gs or another store that fsspec knows, which has this stamp."""
    stamp = object_stamp(path) if stamp is None else stamp
    fs, inner = again(path, lambda: _store(path))

    def request(start: int, stop: int) -> bytes:
        with _store_faults():
            data = bytes(fs.cat_file(inner, start=start, end=stop))
        if len(data) != stop - start:
            raise Passing(f"{len(data)} bytes for {stop - start}")
        return data

    return Blocks(stamp, lambda start, stop: read_again(path, lambda: request(start, stop)))


def _found(path: str) -> Any:
    """The file system of a path, and the path in it. Raises UsageError for one with a key in it."""
    if _KEY.match(path):
        raise UsageError(
            f"{path} holds a key, which its store does not take from there; take it out, and give "
            "it in the environment or the store's own configuration"
        )
    return url_to_fs(path)


def _store(path: str) -> Any:
    with _store_faults():
        return _found(path)


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
