"""Token tables as uncompressed Arrow IPC files whose record batches are blocks.

A block is what is mapped, checked and fetched at once: whole documents, up to a number of tokens
(a longer document has a block of its own). Any Arrow tool opens the file; the loader needs no
Arrow, because the offsets of the buffers inside the file are known (`describe`).

Arrow IPC carries no checksum, so each block has an XXH3-64 over its message, header and body, and
each chunk of it one of its own, so that a sample is checked without reading all of its block.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from xxhash import xxh3_64_intdigest

from pipeline.errors import CheckError
from pipeline.tokenize.manifest import CHUNK

BLOCK_TOKENS = 4 << 20  # 8 MiB of uint16: a ranged GET's worth, and half a millisecond to check
MAX_LIST_TOKENS = 2**31 - 1  # Arrow's list offsets are int32

# One row per block. Offsets and sizes are bytes in the file; the three *_offset fields point at
# buffers: values (dtype of the tokens), starts (int32, documents + 1 of them, the first 0) and ids
# (16 bytes each).
BLOCK = np.dtype(
    [
        ("shard", "<i4"),
        ("documents", "<i4"),
        ("tokens", "<i8"),
        ("bytes", "<i8"),  # of text
        ("offset", "<i8"),
        ("size", "<i8"),
        ("values_offset", "<i8"),
        ("starts_offset", "<i8"),
        ("ids_offset", "<i8"),
        ("xxh3", "<u8"),
    ]
)
Blocks = npt.NDArray[np.void]


def block_bounds(lengths: npt.NDArray[Any], block_tokens: int) -> Iterator[tuple[int, int]]:
    """(first, behind last) document of each block, for documents of these lengths in tokens."""
    ends = np.cumsum(lengths, dtype=np.int64)
    first = 0
    while first < len(ends):
        before = int(ends[first - 1]) if first else 0
        stop = int(np.searchsorted(ends, before + block_tokens, side="right"))
        stop = max(stop, first + 1)
        yield first, stop
        first = stop


def to_bytes(table: pa.Table, block_tokens: int) -> bytes:
    """`table` (its lists in column "tokens") as an Arrow IPC file, a record batch per block."""
    sink = pa.BufferOutputStream()
    write_blocks(sink, table, block_tokens)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def write_blocks(sink: Any, table: pa.Table, block_tokens: int) -> None:
    """Writes `table` into an open file, as `to_bytes` has it; nothing of it is copied."""
    table = table.combine_chunks()
    lengths = token_lengths(table)
    with pa.ipc.new_file(sink, table.schema) as writer:
        for first, stop in block_bounds(lengths, block_tokens):
            for batch in table.slice(first, stop - first).to_batches():
                writer.write_batch(batch)


def token_lengths(table: pa.Table) -> npt.NDArray[np.int64]:
    """Tokens of each row."""
    lists = (chunk.offsets.to_numpy() for chunk in table.column("tokens").chunks)
    parts = [np.diff(offsets).astype(np.int64) for offsets in lists]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def describe(data: bytes | memoryview, shard: int) -> Blocks:
    """The block table of a file's bytes, its rows naming shard number `shard`."""
    buffer = pa.py_buffer(data)
    reader = pa.ipc.open_file(buffer)
    view = memoryview(data)
    blocks = np.zeros(reader.num_record_batches, BLOCK)
    for number, (offset, size) in enumerate(_message_ranges(view)):
        batch = reader.get_batch(number)
        tokens, ids = batch.column("tokens"), batch.column("doc_id")
        places = (tokens.values.buffers()[1], tokens.buffers()[1], ids.buffers()[1])
        blocks[number] = (
            shard,
            batch.num_rows,
            len(tokens.values),
            int(batch.column("n_bytes").to_numpy().sum(dtype=np.int64)),
            offset,
            size,
            *(place.address - buffer.address for place in places),
            xxh3_64_intdigest(view[offset : offset + size]),
        )
    return blocks


def chunk_sums(data: bytes | memoryview, blocks: Blocks) -> npt.NDArray[np.uint64]:
    """XXH3-64 of every chunk of the blocks of a file, one block behind the other."""
    view, sums = memoryview(data), []
    for start, size in zip(blocks["offset"].tolist(), blocks["size"].tolist(), strict=True):
        for at in range(start, start + size, CHUNK):
            sums.append(xxh3_64_intdigest(view[at : min(at + CHUNK, start + size)]))
    return np.array(sums, dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class _Table:
    """A flatbuffers table, read just so far as the footer needs."""

    data: memoryview
    at: int

    def field(self, number: int) -> int | None:
        """Position of a field's value, None where the table leaves it out."""
        vtable = self.at - _int32(self.data, self.at)
        place = vtable + 4 + 2 * number
        if place >= vtable + struct.unpack_from("<H", self.data, vtable)[0]:
            return None
        offset: int = struct.unpack_from("<H", self.data, place)[0]
        return self.at + offset if offset else None


def _message_ranges(data: memoryview) -> list[tuple[int, int]]:
    """(offset, size) of every record batch message, from the file's footer.

    The footer is the flatbuffers table of Arrow's File.fbs: version, schema, dictionaries,
    recordBatches; the last is a vector of structs (offset int64, metaDataLength int32, padding,
    bodyLength int64).
    """
    if bytes(data[-6:]) != b"ARROW1":
        raise CheckError("the file is no Arrow IPC file or was cut short")
    footer = len(data) - 10 - _int32(data, len(data) - 10)
    root = _Table(data, footer + _int32(data, footer))
    field = root.field(3)
    if field is None:
        return []
    vector = field + _int32(data, field)
    rows = struct.iter_unpack("<qi4xq", data[vector + 4 : vector + 4 + 24 * _int32(data, vector)])
    return [(offset, header + body) for offset, header, body in rows]


def _int32(data: memoryview, at: int) -> int:
    value: int = struct.unpack_from("<i", data, at)[0]
    return value
