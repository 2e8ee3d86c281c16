"""Which document goes into which shard, and the shards written.

Three steps, of which only the middle one sees more than one part, and that without text or tokens:

1. a part's documents become a token file (`token_files`), in the order they will have;
2. its columns (`token_rows`) meet those of all parts, every row has its shard (`assign_shards`);
3. a shard is gathered from the token files by its rows (`write_shard`).

The keyed hash that orders a group, scaled to its number of shards, is also a shard's number: shards
are even without any running sum, and a shard's documents lie side by side in every token file.
"""

import json
import mmap
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline import files
from pipeline.document import Unit
from pipeline.errors import UsageError
from pipeline.tokenize.blocks import (
    BLOCK,
    BLOCK_TOKENS,
    MAX_LIST_TOKENS,
    chunk_sums,
    describe,
    token_lengths,
    write_blocks,
)
from pipeline.tokenize.manifest import Described, ShardEntry, blake3_of
from pipeline.tokenize.token_files import TokenFiles, dictionary, read_token_file

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
_NAMED = ("source", "language")  # columns of names, a dictionary in every file

GROUP_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*")


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
    token_files: TokenFiles,
    group: str,
    block_tokens: int = BLOCK_TOKENS,
) -> Described:
    """Gathers the documents of `rows` (sorted as planned) into the shard `folder`/`name`.

    `token_files` are those that the rows' part numbers mean. Memory: at most twice the shard.
    """
    with files.atomic(files.join(folder, name)) as file:
        write_blocks(file, gathered(rows, token_files), block_tokens)
        file.flush()
        with open(file.name, "rb") as written:
            mapped = mmap.mmap(written.fileno(), 0, access=mmap.ACCESS_READ)
            return describe_shard(name, group, memoryview(mapped))


def gathered(rows: Rows, token_files: TokenFiles) -> pa.Table:
    """The documents of `rows`, in their order, as a table of one chunk.

    Tokens are copied to their places, so that no more than a part of them is here twice.
    """
    lengths = rows["tokens"].astype(np.int64)
    ends = np.cumsum(lengths)
    values, tables, places = None, [], []
    for part in np.unique(rows["part"]):
        at = np.flatnonzero(rows["part"] == part)
        taken = token_files.read(int(part)).take(pa.array(rows["row"][at])).combine_chunks()
        lists = taken.column("tokens").chunk(0)
        if values is None:
            values = np.empty(int(lengths.sum()), lists.values.to_numpy().dtype)
        _place(values, (ends - lengths)[at], lists)
        tables.append(_plain(taken.drop_columns(["group", "order", "tokens"])))
        places.append(at)
    order = pa.array(np.argsort(np.concatenate(places), kind="stable"))
    others = pa.concat_tables(tables).combine_chunks().take(order)
    for name in _NAMED:
        names = dictionary(others.column(name).to_pylist())
        place = others.schema.get_field_index(name)
        others = others.set_column(place, taken.schema.field(name), names)
    offsets = pa.array(np.append(0, ends).astype(np.int32))
    tokens = pa.ListArray.from_arrays(offsets, pa.array(values), type=lists.type)
    return others.add_column(0, taken.schema.field("tokens"), tokens)


def _plain(table: pa.Table) -> pa.Table:
    """The table without dictionaries, which would keep the file that they came from mapped."""
    for name in _NAMED:
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table.column(name).cast(pa.string()))
    return table


def _place(values: npt.NDArray[Any], starts: npt.NDArray[np.int64], lists: pa.ListArray) -> None:
    """Writes each list to where it starts among the values."""
    flat, offsets = lists.values.to_numpy(), lists.offsets.to_numpy()
    for start, first, last in zip(starts.tolist(), offsets, offsets[1:], strict=False):
        values[start : start + last - first] = flat[first:last]


def describe_shard(name: str, group: str, data: bytes | memoryview) -> Described:
    """What manifest, block table and sums of chunks say of a shard, from its bytes alone."""
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
    return entry, blocks, chunk_sums(data, blocks)


@dataclass(frozen=True)
class ShardPlan:
    """What every worker must know to gather shards; small."""

    folder: str
    entries: str  # folder of what the manifest will say of every finished shard
    token_files: str  # path of their list, in which a row's part is a place
    groups: tuple[str, ...]  # sorted
    phases: tuple[str, ...]  # of the groups
    counts: tuple[int, ...]  # shards of each group


def save_paths(path: str, paths: Sequence[str]) -> None:
    """Writes a list of paths that `write_shards` finds by their places."""
    buffer = BytesIO()
    np.save(buffer, np.array([name.encode() for name in paths], dtype=np.bytes_))
    files.write_bytes_atomic(path, buffer.getvalue())


def read_paths(path: str) -> npt.NDArray[np.bytes_]:
    """What `save_paths` wrote, as UTF-8."""
    found: npt.NDArray[np.bytes_] = np.load(BytesIO(files.read_bytes(path)), allow_pickle=False)
    return found


def write_shards(plan: ShardPlan, rows: Rows) -> list[str]:
    """Writes the shards of a range, and beside each what the manifest will say of it."""
    written, token_files = [], TokenFiles(read_paths(plan.token_files))
    for group, number in np.unique(rows[["group", "shard"]]).tolist():
        name = shard_path(plan.phases[group], plan.groups[group], number)
        written.append(files.join(plan.entries, f"{name}.json"))
        if not files.exists(written[-1]):
            mine = rows[(rows["group"] == group) & (rows["shard"] == number)]
            mine = np.sort(mine, order=list(ROW.names or ()))
            group_name = plan.groups[group]
            entry, blocks, sums = write_shard(plan.folder, name, mine, token_files, group_name)
            value = {"entry": asdict(entry), "blocks": blocks.tolist(), "sums": sums.tolist()}
            files.write_bytes_atomic(written[-1], json.dumps(value).encode())
    return written


def read_entry(path: str) -> Described:
    """What a worker has left of a finished shard."""
    value = files.read_json(path)
    blocks = np.array([*map(tuple, value["blocks"])], dtype=BLOCK)
    return ShardEntry(**value["entry"]), blocks, np.array(value["sums"], dtype=np.uint64)


def locate_part(unit: Unit, plan: ShardPlan) -> Iterator[Rows]:
    """The locators of the token file that a unit names, each with its shard."""
    rows = token_rows(read_token_file(unit.files[0]), unit.number, plan.groups)
    yield assign_shards(rows, np.array(plan.counts, dtype=np.int64))
