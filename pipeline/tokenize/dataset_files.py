"""The files of a dataset, each held against its manifest before it is used."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline import files
from pipeline.document import digest
from pipeline.errors import CheckError
from pipeline.tokenize.manifest import (
    BLOCKS,
    PLAN,
    REMEDY,
    SUMS,
    TOKENIZER,
    Manifest,
    blake3_of,
    read_manifest,
)


def read_blocks(folder: str, manifest: Manifest) -> dict[str, npt.NDArray[Any]]:
    """The block table as columns by name. Raises CheckError when it is not the manifest's."""
    data = _checked(folder, BLOCKS, manifest.blocks_blake3)
    table = pa.ipc.open_file(pa.py_buffer(data)).read_all().combine_chunks()
    columns = {}
    for name in table.schema.names:
        array = table.column(name).chunk(0)
        dtype = np.dtype(str(array.type))
        columns[name] = np.frombuffer(array.buffers()[1], dtype, len(array))
    return columns


def read_sums(folder: str, manifest: Manifest) -> npt.NDArray[np.uint64] | None:
    """The sums of all chunks; None for a dataset of before there were any."""
    if SUMS not in manifest.files:
        return None
    return np.frombuffer(read_beside(folder, SUMS, manifest), dtype="<u8")


def read_beside(folder: str, name: str, manifest: Manifest) -> bytes:
    """A file of a dataset that is no shard, such as plan.json. Raises CheckError when it is not the
    manifest's; the manifest of an older version does not know it.
    """
    return _checked(folder, name, manifest.files.get(name, ""))


def _checked(folder: str, name: str, wanted: str) -> bytes:
    path = files.join(folder, name)
    try:
        data = files.read_bytes(path)
    except FileNotFoundError:
        raise CheckError(f"{path} is missing; {REMEDY}") from None
    if wanted and blake3_of(data) != wanted:
        raise CheckError(f"{path} does not match the manifest; {REMEDY}")
    return data


def verify(folder: str) -> Manifest:
    """Reads every byte of a dataset, a shard at a time. Raises CheckError naming the first file
    that differs, is missing, or is of no shard.
    """
    manifest = read_manifest(folder)
    read_blocks(folder, manifest)
    for name in sorted(manifest.files if manifest.version > 1 else (PLAN, TOKENIZER)):
        data = read_beside(folder, name, manifest)
        if name == TOKENIZER and digest(data) != manifest.tokenizer:
            raise CheckError(f"{files.join(folder, name)} is not the one that encoded; {REMEDY}")
    for shard in manifest.shards:
        _checked(folder, shard.path, shard.blake3)
    known = {files.join(folder, shard.path) for shard in manifest.shards}
    for place in sorted({shard.path.partition("/")[0] for shard in manifest.shards}):
        for path in files.find(files.join(folder, place)):
            if path not in known:
                raise CheckError(f"{path} is of no shard of this dataset; take it away")
    return manifest
