"""Which document goes into which shard, and the shards written.

Three steps, of which only the middle one sees more than one part, and that without text or tokens:

1. a part's documents become a token file (`encode_part`, `write_token_file`), in the order they
   will have;
2. its columns (`token_rows`) meet those of all parts, every row gets its shard (`plan_shards`);
3. a shard is gathered from the token files by its rows (`write_shard`).

The order of a group is that of a keyed hash of its documents' ids, so neighbours in a shard are
unrelated and any change of workers or parts leaves it as it is. The hash, scaled to the number of
shards, is also the shard's number: shards are even without any running sum, and a shard's
documents lie side by side in every token file.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline import files
from pipeline.document import digest
from pipeline.errors import UsageError
from pipeline.tokenize.blocks import (
    BLOCK_TOKENS,
    MAX_LIST_TOKENS,
    Blocks,
    describe,
    to_bytes,
    token_lengths,
)
from pipeline.tokenize.encode import Encoder, Ids, utf8_size
from pipeline.tokenize.manifest import ShardEntry, blake3_of
from pipeline.tokenize.train import TokenizerCard

# One row per document: where its tokens lie and where they go. 44 bytes; the key of grouping is
# (group, shard), and rows sorted by all fields are in the order of the shard.
ROW = np.dtype(
    [
        ("group", "<i4"),  # place in the sorted list of groups
        ("shard", "<i4"),
        ("order", "<u8"),
        ("hi", "<u8"),  # the id, as two numbers
        ("lo", "<u8"),
        ("part", "<i4"),  # place in the sorted list of token files
        ("row", "<i4"),
        ("tokens", "<u4"),
    ]
)
Rows = npt.NDArray[np.void]

GROUP_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*")


@dataclass(frozen=True, slots=True)
class TokenDocument:
    """A document on its way into a token file."""

    id: str  # 32 hex digits
    group: str
    tokens: Ids  # the last one is the end of text
    n_bytes: int = 0  # of its text in UTF-8
    source: str = ""
    language: str = ""
    score: float = 0.0  # referenced score
    cluster_size: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A document whose text is still to be encoded; fields as in TokenDocument."""

    id: str
    text: str
    group: str
    source: str = ""
    language: str = ""
    score: float = 0.0
    cluster_size: int = 1


def order_key(seed: int, id: str) -> int:
    """The place of a document in its group's order, as 64 bits."""
    return int(digest(str(seed), "shards", id)[:16], 16)


def encode_part(entries: Iterable[Entry], encoder: Encoder, seed: int) -> pa.Table:
    """The token table of one part; texts are let go one by one."""
    return token_table((_encoded(entry, encoder) for entry in entries), encoder.card, seed)


def _encoded(entry: Entry, encoder: Encoder) -> TokenDocument:
    return TokenDocument(
        id=entry.id,
        group=entry.group,
        tokens=encoder.encode_document(entry.text),
        n_bytes=utf8_size(entry.text),
        source=entry.source,
        language=entry.language,
        score=entry.score,
        cluster_size=entry.cluster_size,
    )


def token_table(documents: Iterable[TokenDocument], card: TokenizerCard, seed: int) -> pa.Table:
    """The token table of one part: a row per document, sorted by (group, order, id).

    Columns: tokens, doc_id, n_bytes, source, language, score and cluster_size as in shards; group
    and order besides.
    """
    keyed = [((d.group, order_key(seed, d.id), d.id), d) for d in documents]
    keyed.sort(key=lambda pair: pair[0])
    rows = [row for _, row in keyed]
    columns = {
        "tokens": _lists([row.tokens for row in rows], np.dtype(card.dtype)),
        "doc_id": pa.array([bytes.fromhex(row.id) for row in rows], pa.binary(16)),
        "n_bytes": pa.array([row.n_bytes for row in rows], pa.uint32()),
        "source": _names([row.source for row in rows]),
        "language": _names([row.language for row in rows]),
        "score": pa.array([row.score for row in rows], pa.float32()),
        "cluster_size": pa.array([row.cluster_size for row in rows], pa.uint32()),
        "group": _names([row.group for row in rows]),
        "order": pa.array([order for (_, order, _), _ in keyed], pa.uint64()),
    }
    header = {"format": "gristmill tokens 1", "tokenizer": card.digest, "eos": str(card.eos)}
    fields = [pa.field(name, array.type, nullable=False) for name, array in columns.items()]
    return pa.table(list(columns.values()), schema=pa.schema(fields, header))


def _lists(arrays: Sequence[Any], dtype: np.dtype[Any]) -> pa.ListArray:
    ends = np.cumsum([0, *(len(array) for array in arrays)], dtype=np.int64)
    if ends[-1] > MAX_LIST_TOKENS:
        raise UsageError(f"{ends[-1]} tokens in one file; make shards and parts smaller")
    values = np.concatenate([np.zeros(0, dtype), *arrays], dtype=dtype, casting="same_kind")
    # Wrapping would be silent: 70,000 as uint16 is 4,464.
    if any(len(array) and int(array.max()) > np.iinfo(dtype).max for array in arrays):
        raise AssertionError(f"a token id does not fit {dtype}")
    item = pa.field("item", pa.from_numpy_dtype(dtype), nullable=False)
    return pa.ListArray.from_arrays(
        pa.array(ends.astype(np.int32)), pa.array(values), type=pa.list_(item)
    )


def _names(values: Sequence[str]) -> pa.DictionaryArray:
    """A dictionary column whose dictionary is sorted, so that equal columns are equal bytes."""
    known = sorted(set(values))
    places = {name: place for place, name in enumerate(known)}
    return pa.DictionaryArray.from_arrays(
        pa.array([places[value] for value in values], pa.int16()), pa.array(known, pa.string())
    )


def write_token_file(path: str, table: pa.Table, block_tokens: int = BLOCK_TOKENS) -> None:
    """Writes what `token_table` made."""
    files.write_bytes_atomic(path, to_bytes(table, block_tokens))


def read_token_file(path: str) -> pa.Table:
    """A token file or a shard as a table; a local one is mapped, not read."""
    if files.is_local(path):
        return pa.ipc.open_file(pa.memory_map(path)).read_all()
    with files.open_read(path) as file:
        return pa.ipc.open_file(file).read_all()


def token_rows(table: pa.Table, part: int, groups: Sequence[str]) -> Rows:
    """The locators of token table number `part`; `groups` are the sorted names of all groups."""
    rows = np.zeros(table.num_rows, ROW)
    numbers = {name: number for number, name in enumerate(groups)}
    rows["group"] = [numbers[name] for name in table.column("group").to_pylist()]
    rows["order"] = table.column("order").to_numpy()
    ids = np.frombuffer(b"".join(table.column("doc_id").to_pylist()), ">u8").reshape(-1, 2)
    rows["hi"], rows["lo"] = ids[:, 0], ids[:, 1]
    rows["part"] = part
    rows["row"] = np.arange(len(rows))
    rows["tokens"] = token_lengths(table)
    return rows


def group_tokens(rows: Rows, groups: int) -> npt.NDArray[np.int64]:
    """Tokens of each group; the sums of several parts add up."""
    totals = np.zeros(groups, np.int64)
    np.add.at(totals, rows["group"], rows["tokens"].astype(np.int64))
    return totals


def shard_counts(
    tokens: npt.NDArray[np.int64], megabytes: float, dtype: str
) -> npt.NDArray[np.int64]:
    """Number of shards of each group of so many tokens, for shards of at most about `megabytes`.

    Raises UsageError where a shard would pass what an Arrow list can hold.
    """
    target = int(megabytes * 1e6) // np.dtype(dtype).itemsize
    if target > MAX_LIST_TOKENS // 2:
        raise UsageError(
            f"shard_megabytes = {megabytes:g} is too large for a shard; set at most 2000"
        )
    return np.maximum(1, -(-tokens // max(1, target)))


def assign_shards(rows: Rows, counts: npt.NDArray[np.int64]) -> Rows:
    """`rows` with their shards: the order, scaled to the group's number of shards."""
    rows = rows.copy()
    scaled = (rows["order"] >> np.uint64(32)) * counts[rows["group"]].astype(np.uint64)
    rows["shard"] = (scaled >> np.uint64(32)).astype(np.int32)
    return rows


def plan_shards(rows: Rows, groups: int, megabytes: float, dtype: str) -> Rows:
    """All documents with their shards, in the order of the dataset: by group, shard, order, id."""
    counts = shard_counts(group_tokens(rows, groups), megabytes, dtype)
    return np.sort(assign_shards(rows, counts), order=list(ROW.names or ()))


def shard_path(phase: str, group: str, number: int) -> str:
    """A shard's name inside its dataset. Raises UsageError for a group that is no file name."""
    name = f"{phase}/{group.removeprefix(f'{phase}-')}"
    if not GROUP_NAME.fullmatch(name):
        raise UsageError(
            f"group {name!r} is no file name; use letters, digits, '_', '-', '.' and '/'"
        )
    return f"{name}/{number:05d}.arrow"


def write_shard(
    folder: str,
    name: str,
    rows: Rows,
    token_files: Sequence[str],
    group: str,
    block_tokens: int = BLOCK_TOKENS,
) -> tuple[ShardEntry, Blocks]:
    """Gathers the documents of `rows` (sorted as planned) into the shard `folder`/`name`.

    `token_files` are the paths that the rows' part numbers mean. Memory: about three times the
    shard.
    """
    data = to_bytes(gather(rows, token_files), block_tokens)
    files.write_bytes_atomic(files.join(folder, name), data)
    return describe_shard(name, group, data)


def gather(rows: Rows, token_files: Sequence[str]) -> pa.Table:
    """The shard's table: the documents of `rows`, in their order."""
    tables, places = [], []
    for part in np.unique(rows["part"]):
        at = np.flatnonzero(rows["part"] == part)
        table = read_token_file(token_files[part]).drop_columns(["group", "order"])
        tables.append(table.take(pa.array(rows["row"][at])))
        places.append(at)
    table = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    table = table.take(pa.array(np.argsort(np.concatenate(places), kind="stable")))
    for name in ("source", "language"):
        field = table.schema.field(name)
        values = table.column(name).to_pylist()
        table = table.set_column(table.schema.get_field_index(name), field, _names(values))
    return table


def describe_shard(name: str, group: str, data: bytes | memoryview) -> tuple[ShardEntry, Blocks]:
    """What manifest and block table say of a shard, from its bytes alone."""
    blocks = describe(data, 0)
    entry = ShardEntry(
        path=name,
        group=group,
        documents=int(blocks["documents"].sum()),
        tokens=int(blocks["tokens"].sum()),
        bytes=int(blocks["bytes"].sum()),
        size=len(data),
        blake3=blake3_of(data),
    )
    return entry, blocks
