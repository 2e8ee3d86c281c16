"""Files written whole or not at all: renamed from a temporary name, or uploaded at the end."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any
from uuid import uuid4

from pipeline.files import buckets
from pipeline.files.places import TEMPORARY, is_local, reached


@contextmanager
def atomic(path: str) -> Iterator[IO[bytes]]:
    """An open binary file that becomes `path` when the block ends well, and nothing when it does
    not. A remote one is a temporary file until then.
    """
    if is_local(path):
        with reached(path) as (_, inner), _renamed(inner) as file:
            yield file
    else:
        with tempfile.NamedTemporaryFile(prefix="gristmill-") as copy:
            yield copy
            copy.flush()
            with reached(path) as (fs, inner):
                # By itself, s3fs would hold ten pieces of 50 MB of a large file.
                few = {"max_concurrency": 2} if buckets.is_s3(fs) else {}
                fs.put_file(copy.name, inner, **few)


@contextmanager
def _renamed(path: str) -> Iterator[IO[bytes]]:
    folder, name = os.path.split(path)
    temporary = f"{folder}/{TEMPORARY}{uuid4().hex[:12]}-{name}"
    os.makedirs(folder, exist_ok=True)
    try:
        with open(temporary, "wb") as file:
            yield file
        os.replace(temporary, path)
    except BaseException as error:
        if isinstance(error, OSError) and error.filename is None:
            error.filename = path  # a full disk does not say which
        with suppress(FileNotFoundError):
            os.remove(temporary)
        raise


def write_bytes_atomic(path: str, data: bytes) -> None:
    with reached(path) as (fs, inner):
        if is_local(path):
            with _renamed(inner) as file:
                file.write(data)
        else:
            fs.pipe_file(inner, data)


def write_json(path: str, value: Any) -> None:
    """Canonical JSON: sorted keys, two spaces, one newline at the end."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    write_bytes_atomic(path, text.encode() + b"\n")
