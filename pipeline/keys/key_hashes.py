"""Sorted arrays of hashed keys, and what they hold: eight bytes a key, mapped into memory."""

from io import BytesIO
from typing import cast

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from pipeline import files
from pipeline.errors import UsageError

Hashes = NDArray[np.uint64]


def key_hash(text: str) -> int:
    """64 bits of a key of a page or of a site."""
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def hashes_of(keys: list[str]) -> Hashes:
    """The hashes of keys, in their order."""
    return np.fromiter(map(key_hash, keys), np.uint64, len(keys))


def holds(sorted_hashes: Hashes, wanted: Hashes) -> NDArray[np.bool_]:
    """Which of the wanted hashes are among sorted ones."""
    if not len(sorted_hashes):
        return np.zeros(len(wanted), dtype=bool)
    at = np.minimum(np.searchsorted(sorted_hashes, wanted), len(sorted_hashes) - 1)
    return np.asarray(sorted_hashes[at] == wanted)


def load_hashes(path: str) -> Hashes:
    """A file of sorted hashes, mapped into memory where it is a local one. UsageError for another
    file.
    """
    try:
        found = load_rows(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} holds no URL hashes; build them from the dump again") from error
    if found.dtype != np.uint64 or found.ndim != 1:
        raise UsageError(f"{path} holds no URL hashes; build them from the dump again")
    return found


def hashes_mark(path: str) -> str:
    """Digest of a file of sorted hashes. UsageError for another file."""
    load_hashes(path)
    return files.checksum(path)


def load_rows(path: str) -> NDArray[np.uint64]:
    """An array that was saved, mapped into memory where its file is a local one."""
    if files.is_local(path):
        local = path.removeprefix("file://")
        return cast(NDArray[np.uint64], np.load(local, mmap_mode="r", allow_pickle=False))
    return cast(NDArray[np.uint64], np.load(BytesIO(files.read_bytes(path)), allow_pickle=False))
