"""What the loader trusts: the manifest of a dataset and its table of blocks.

`manifest.json` names the tokenizer, the groups with their totals, every shard with size and
BLAKE3, and the BLAKE3 of `blocks.arrow` and of all other files. The digest of what it says is the
identity of the dataset, which it states, checkpoints hold and trainers may pin: no byte of any file
changes without it. It is written last and never changed. Version 1 had no digest of plan and
tokenizer files, and did not state its own; it is read.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from blake3 import blake3

from pipeline import files
from pipeline.document import digest
from pipeline.errors import CheckError, UsageError

FORMAT = "gristmill dataset"
VERSION = 2
MANIFEST = "manifest.json"
BLOCKS = "blocks.arrow"
SUMS = "chunks.bin"  # XXH3-64 of every chunk of every block, little-endian
CHUNK = 1 << 16  # bytes of a block that are checked at once where a part of it is used
REMEDY = "run its recipe again, which makes it anew, or copy the dataset again"
_SHARDS = "\0"  # in no name
PLAN, TOKENIZER = "plan.json", "tokenizer.json"  # what a trainer needs beside the shards


@dataclass(frozen=True, slots=True)
class ShardEntry:
    """One shard: where it lies, what it holds, what its bytes are."""

    path: str  # inside the dataset
    group: str
    documents: int
    tokens: int
    bytes: int  # of text
    size: int  # of the file
    blake3: str


# A shard, its blocks, and the sums of their chunks.
Described: TypeAlias = tuple[ShardEntry, npt.NDArray[np.void], npt.NDArray[np.uint64]]


@dataclass(frozen=True)
class Manifest:
    """A dataset as its manifest.json has it. Shards are sorted by (group, path)."""

    tokenizer: str  # digest of tokenizer.json
    vocabulary: int  # all ids
    eos: int
    first_control: int  # ids from here on are control ids
    dtype: str  # of the tokens: uint16 or uint32
    phases: Mapping[str, str]  # group to the phase it was selected for
    shards: tuple[ShardEntry, ...]
    blocks_blake3: str
    fingerprint: str  # of the job that wrote it
    parents: tuple[str, ...] = ()  # identities of the datasets that this one was made from
    files: Mapping[str, str] = field(default_factory=dict)  # BLAKE3 of others, such as plan.json
    version: int = VERSION

    @cached_property
    def groups(self) -> dict[str, dict[str, int]]:
        """Documents, tokens and bytes of every group."""
        totals = {g: {"documents": 0, "tokens": 0, "bytes": 0} for g in sorted(self.phases)}
        for shard in self.shards:
            for key in totals[shard.group]:
                totals[shard.group][key] += getattr(shard, key)
        return totals

    @cached_property
    def bounds(self) -> dict[str, tuple[int, int]]:
        """Where the tokens of every group start and stop, laid end to end."""
        stops = accumulate(totals["tokens"] for totals in self.groups.values())
        return {
            group: (stop - totals["tokens"], stop)
            for (group, totals), stop in zip(self.groups.items(), stops, strict=True)
        }

    @cached_property
    def _told(self) -> dict[str, Any]:
        """What manifest.json says, but for its identity and its shards."""
        others = {} if self.version == 1 else {"files": dict(self.files)}
        return {
            "format": FORMAT,
            "version": self.version,
            "dtype": self.dtype,
            "tokenizer": {
                "digest": self.tokenizer,
                "vocabulary": self.vocabulary,
                "eos": self.eos,
                "first_control": self.first_control,
            },
            "groups": {g: {"phase": self.phases[g], **t} for g, t in self.groups.items()},
            "shards": [_SHARDS],
            "blocks": {"path": BLOCKS, "blake3": self.blocks_blake3},
            "fingerprint": self.fingerprint,
            "parents": list(self.parents),
            **others,
        }

    @cached_property
    def json(self) -> bytes:
        """The bytes of manifest.json."""
        if self.version == 1:
            return self._rest
        # Written in between, where sorted keys have it: many shards take long to write twice.
        before, mark, behind = self._rest.partition(b'\n "parents": ')
        return before + f'\n "identity": "{self.identity}",'.encode() + mark + behind

    @cached_property
    def _rest(self) -> bytes:
        """The bytes of manifest.json, but for its identity."""
        told = json.dumps(self._told, indent=1, sort_keys=True)
        before, _, behind = told.partition(f"  {json.dumps(_SHARDS)}")
        shards = ",\n".join(map(_entry_json, self.shards))
        return f"{before}{shards}{behind}\n".encode()

    @cached_property
    def identity(self) -> str:
        """32 hex digits that stand for the whole dataset."""
        return digest(self._rest)


def _entry_json(shard: ShardEntry) -> str:
    """A shard as `json.dumps` would write it among the others, which takes it ten times as long."""
    return (
        f'  {{\n   "blake3": {json.dumps(shard.blake3)},\n   "bytes": {shard.bytes},\n'
        f'   "documents": {shard.documents},\n   "group": {json.dumps(shard.group)},\n'
        f'   "path": {json.dumps(shard.path)},\n   "size": {shard.size},\n'
        f'   "tokens": {shard.tokens}\n  }}'
    )


def chunk_counts(sizes: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """How many chunks blocks of so many bytes have."""
    return -(-sizes.astype(np.int64) // CHUNK)


def blake3_of(data: bytes | memoryview) -> str:
    """BLAKE3 of bytes, 64 hex digits."""
    return str(blake3(data).hexdigest())


def blocks_bytes(blocks: npt.NDArray[np.void]) -> bytes:
    """The block table as an Arrow IPC file, one column per field."""
    names = blocks.dtype.names or ()
    table = pa.table({name: pa.array(np.ascontiguousarray(blocks[name])) for name in names})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def write_dataset(
    folder: str,
    shards: Sequence[Described],
    phases: Mapping[str, str],
    card: Any,
    fingerprint: str = "",
    beside: Collection[str] = (),
) -> Manifest:
    """Writes the block table and then the manifest over shards that are already there.

    `shards` are what `write_shard` returned, in any order; `card` is the TokenizerCard; `beside`
    names other files of the dataset, which are there too.
    """
    ordered = sorted(shards, key=lambda shard: (shard[0].group, shard[0].path))
    tables = []
    for number, (_, blocks, _) in enumerate(ordered):
        tables.append(blocks.copy())
        tables[-1]["shard"] = number
    if not tables:
        raise UsageError("the dataset would be empty; nothing was chosen for it")
    data = blocks_bytes(np.concatenate(tables))
    sums = np.concatenate([sums for *_, sums in ordered]).astype("<u8").tobytes()
    files.write_bytes_atomic(files.join(folder, SUMS), sums)
    manifest = Manifest(
        tokenizer=card.digest,
        vocabulary=card.vocabulary,
        eos=card.eos,
        first_control=card.first_control,
        dtype=card.dtype,
        phases={entry.group: phases[entry.group] for entry, *_ in ordered},
        shards=tuple(entry for entry, *_ in ordered),
        blocks_blake3=blake3_of(data),
        fingerprint=fingerprint,
        files={
            name: blake3_of(files.read_bytes(files.join(folder, name))) for name in (*beside, SUMS)
        },
    )
    files.write_bytes_atomic(files.join(folder, BLOCKS), data)
    files.write_bytes_atomic(files.join(folder, MANIFEST), manifest.json)
    return manifest


def read_manifest(folder: str) -> Manifest:
    """The manifest of a dataset. Raises UsageError for none, CheckError for a broken one."""
    path = files.join(folder, MANIFEST)
    try:
        data = files.read_bytes(path)
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"no dataset at {folder!r}; give a folder with {MANIFEST}") from None
    except PermissionError as error:
        raise UsageError(f"{path} may not be read ({error}); check its permissions") from None
    try:
        value = json.loads(data)
        if value["format"] != FORMAT or value["version"] not in (1, VERSION):
            raise CheckError(f"{path} is not a {FORMAT} of version {VERSION}")
        manifest = _manifest(value)
        is_own = manifest.json == data
    except (KeyError, TypeError, ValueError) as error:
        raise CheckError(f"{path} is broken: {error!r}; {REMEDY}") from error
    if not is_own:
        raise CheckError(f"{path} was changed: it is not what its own fields make; {REMEDY}")
    return manifest


def _manifest(value: dict[str, Any]) -> Manifest:
    tokenizer = value["tokenizer"]
    return Manifest(
        tokenizer=tokenizer["digest"],
        vocabulary=tokenizer["vocabulary"],
        eos=tokenizer["eos"],
        first_control=tokenizer["first_control"],
        dtype=value["dtype"],
        phases={group: row["phase"] for group, row in value["groups"].items()},
        shards=tuple(ShardEntry(**row) for row in value["shards"]),
        blocks_blake3=value["blocks"]["blake3"],
        fingerprint=value["fingerprint"],
        parents=tuple(value["parents"]),
        files=value.get("files", {}),
        version=value["version"],
    )
