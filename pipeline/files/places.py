"""Paths, and the file systems behind them."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fsspec.core import url_to_fs

TEMPORARY = ".tmp-"  # how files that are being written begin; listings leave them out

# What clients of stores raise that is no OSError, by module: faults that may pass, and refusals.
_PASSING = (
    ("botocore.exceptions", "HTTPClientError"),
    ("botocore.exceptions", "ConnectionError"),
    ("botocore.exceptions", "IncompleteReadError"),
    ("botocore.parsers", "ResponseParserError"),
    ("aiohttp", "ClientError"),
    ("gcsfs.retry", "HttpError"),
)
_REFUSALS = (
    ("botocore.exceptions", "BotoCoreError"),
    ("google.auth.exceptions", "GoogleAuthError"),
)


def is_local(path: str) -> bool:
    """Whether `path` lies on this machine's own file system."""
    return "://" not in path or path.startswith("file://")


def join(folder: str, *names: str) -> str:
    """A path inside `folder`, local or remote."""
    return "/".join([folder.rstrip("/") or "/", *names]).replace("//", "/", folder == "/")


def absolute(path: str) -> str:
    """A path that means the same from any folder, as what is to be named in a recipe must."""
    return os.path.abspath(path) if "://" not in path else path


def is_temporary(path: str) -> bool:
    return path.rsplit("/", 1)[-1].startswith(TEMPORARY)


@contextmanager
def reached(path: str) -> Iterator[tuple[Any, str]]:
    """The file system of a path and the path in it; all faults of a store are OSErrors inside.

    A client's refusal, such as that of missing credentials, is a PermissionError.
    """
    fs, inner = url_to_fs(path, use_listings_cache=False)
    if is_local(path):
        yield fs, inner
        return
    try:
        yield fs, inner
    except Exception as error:
        if isinstance(error, OSError):
            raise
        if isinstance(error, _loaded(_PASSING)):
            raise ConnectionError(str(error)) from error
        if isinstance(error, _loaded(_REFUSALS)):
            raise PermissionError(str(error)) from error
        raise


def _loaded(names: tuple[tuple[str, str], ...]) -> tuple[type[Exception], ...]:
    """The exceptions of those clients that are there; what raised one is loaded by now."""
    modules = ((sys.modules.get(module), name) for module, name in names)
    return tuple(getattr(module, name) for module, name in modules if module is not None)
