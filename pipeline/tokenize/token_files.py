"""Token files: the documents of a part that the mixture has chosen, as ids, in the order of shards.

The order of a group is that of a keyed hash of its documents' ids, so neighbours in a shard are
unrelated and any change of workers or parts leaves it as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import files
from pipeline.arrow import Made, beside, joined
from pipeline.document import Checked, Unit, digest
from pipeline.errors import UsageError
from pipeline.tokenize.blocks import BLOCK_TOKENS, MAX_LIST_TOKENS, to_bytes
from pipeline.tokenize.encode import Encoder, Ids, utf8_size
from pipeline.tokenize.tokenizer_files import TokenizerCard

KEPT_BYTES = 256 << 20  # of remote token files, by one worker for the shards of one range
_WANTED = ["id", "source", "language", "text"]


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
        "source": dictionary([row.source for row in rows]),
        "language": dictionary([row.language for row in rows]),
        "score": pa.array([row.score for row in rows], pa.float32()),
        "cluster_size": pa.array([row.cluster_size for row in rows], pa.uint32()),
        "group": dictionary([row.group for row in rows]),
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


def dictionary(values: Sequence[str]) -> pa.DictionaryArray:
    """A dictionary column whose dictionary is sorted, so that equal columns are equal bytes."""
    known = sorted(set(values))
    places = {name: place for place, name in enumerate(known)}
    return pa.DictionaryArray.from_arrays(
        pa.array([places[value] for value in values], pa.int16()), pa.array(known, pa.string())
    )


def read_token_file(file: str | Checked) -> pa.Table:
    """A token file or a shard as a table; a local one is mapped, unless it is checked, another read
    with one request.
    """
    path, checksum = Checked(file) if isinstance(file, str) else file
    if files.is_local(path) and not checksum:
        return pa.ipc.open_file(pa.memory_map(path.removeprefix("file://"))).read_all()
    return pa.ipc.open_file(pa.py_buffer(files.read_checked(Checked(path, checksum)))).read_all()


class TokenFiles:
    """Token files by number. A remote one is read whole, and kept while all kept ones are few.

    Many paths are an array of UTF-8, not of objects.
    """

    def __init__(self, paths: Sequence[str] | NDArray[np.bytes_]) -> None:
        self._paths = paths
        self._kept: dict[int, pa.Table] = {}
        self._bytes = 0

    def read(self, number: int) -> pa.Table:
        if number in self._kept:
            return self._kept[number]
        found = self._paths[number]
        path = found.decode() if isinstance(found, bytes) else found
        table = read_token_file(path)
        if not files.is_local(path) and self._bytes + table.nbytes <= KEPT_BYTES:
            self._kept[number] = table
            self._bytes += table.nbytes
        return table


def chosen(unit: Unit, columns: list[str]) -> pa.Table:
    """The rows of a curated part that the mixture has chosen, with phase and group."""
    curated, mixture = unit.files[:2]
    return joined(files.read_table(curated, columns), files.read_table(mixture))


def encode_unit(unit: Unit, encoder: Encoder, seed: int) -> Iterator[Made]:
    """The token file of a unit that reads a part of curated, mixture, scores and clusters."""
    rows = _with_scores(chosen(unit, _WANTED), unit)
    table = encode_part(_entries(rows), encoder, seed)
    seen = {"document": len(rows), **_group_tokens(table)}
    blobs = {"tokens": to_bytes(table, BLOCK_TOKENS)}
    yield Made(unit.part, {}, kept=table.num_rows, seen=seen, blobs=blobs)


def _with_scores(rows: pa.Table, unit: Unit) -> pa.Table:
    """`rows` with score and cluster size, from the parts of classify and near."""
    rows = beside(rows, files.read_table(unit.files[2], ["id", "referenced_score"]))
    return beside(rows, files.read_table(unit.files[3], ["id", "size"]))


def _entries(rows: pa.Table) -> Iterator[Entry]:
    """A document that no model has scored has score 0; one in no cluster is a cluster of one."""
    names = ("id", "text", "group", "source", "language")
    columns = [rows[name].to_pylist() for name in names]
    scores = rows["referenced_score"].fill_null(0.0).to_pylist()
    for row in zip(*columns, scores, rows["size"].fill_null(1).to_pylist(), strict=True):
        yield Entry(*row)


def _group_tokens(table: pa.Table) -> dict[str, int]:
    lengths = pa.compute.list_value_length(table["tokens"]).to_numpy()
    groups = np.array(table["group"].to_pylist(), dtype=np.str_)
    return {
        f"apart:tokens:{group}": int(lengths[groups == group].sum()) for group in np.unique(groups)
    }
