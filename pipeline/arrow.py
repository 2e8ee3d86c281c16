"""Records as Arrow tables: their schemas, what a unit has made of them, and joins by id.

Decisions and scores find their documents by id alone, never by the place of a row.
"""

from collections.abc import Iterable
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import files
from pipeline.document import REDACTION_KINDS, Checked, Document, Dropped

_ARROW_TYPES: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
}
# A column of integers for each kind: there are readers of Parquet that load no map.
_REDACTED = {kind: f"redacted_{kind}" for kind in REDACTION_KINDS}


def _columns(record: type) -> list[pa.Field]:
    plain = [f for f in fields(record) if f.name != "redactions"]
    return [pa.field(f.name, _ARROW_TYPES[f.type], nullable=False) for f in plain]


_COUNTS = [pa.field(name, pa.int32(), nullable=False) for name in _REDACTED.values()]
_CHARACTERS = pa.field("characters", pa.int64(), nullable=False)
DOCUMENT_SCHEMA = pa.schema([*_columns(Document), *_COUNTS, _CHARACTERS])
DROPPED_SCHEMA = pa.schema(_columns(Dropped))


def documents_table(documents: list[Document]) -> pa.Table:
    """One row per document, sorted by id. Raises KeyError for a redaction of no known kind."""
    rows = sorted(documents, key=lambda document: document.id)
    counts = _counts(rows)
    columns = [
        counts[name] if name in counts else [getattr(row, name) for row in rows]
        for name in DOCUMENT_SCHEMA.names
    ]
    return columns_table(columns, DOCUMENT_SCHEMA)


def _counts(rows: list[Document]) -> dict[str, list[int]]:
    """The columns of the kinds of redaction, 0 where a document has none of a kind."""
    columns = {name: [0] * len(rows) for name in _REDACTED.values()}
    for at, row in enumerate(rows):
        for kind, count in row.redactions:
            columns[_REDACTED[kind]][at] = count
    return columns


def dropped_table(rows: list[Dropped]) -> pa.Table:
    """One row per drop, sorted by every field."""
    rows = sorted(rows, key=lambda row: tuple(getattr(row, f.name) for f in fields(Dropped)))
    columns = [[getattr(row, name) for row in rows] for name in DROPPED_SCHEMA.names]
    return columns_table(columns, DROPPED_SCHEMA)


def columns_table(columns: Iterable[Any], schema: pa.Schema) -> pa.Table:
    """A table of columns of plain values, in the order and of the types of `schema`."""
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def documents(table: pa.Table) -> list[Document]:
    """The documents of a table with the document columns. Of redactions it may lack some kinds, and
    of other fields those that came after the table was written and can be left out. Raises KeyError
    where another is not there.
    """
    columns = [_values(table, each) for each in fields(Document)]
    return [Document(*row) for row in zip(*columns, strict=True)]


def _values(table: pa.Table, each: Field[Any]) -> list[Any]:
    """A field of all rows."""
    if each.name == "redactions":
        return _redactions(table)
    if each.name in table.column_names or each.default is MISSING:
        values: list[Any] = table.column(each.name).to_pylist()
        return values
    return [each.default] * table.num_rows


def _redactions(table: pa.Table) -> list[tuple[tuple[str, int], ...]]:
    """What was counted in every row; none of the kinds that came after the table was written."""
    known = [kind for kind, name in _REDACTED.items() if name in table.column_names]
    counts = [table.column(_REDACTED[kind]).to_pylist() for kind in known]
    found: list[tuple[tuple[str, int], ...]] = []
    for at in range(table.num_rows):
        pairs = ((kind, column[at]) for kind, column in zip(known, counts, strict=True))
        found.append(tuple(pair for pair in pairs if pair[1]))
    return found


@dataclass(frozen=True)
class Made:
    """What one unit, or one batch of it, has made: tables by dataset, and counts."""

    part: str
    tables: dict[str, pa.Table]
    kept: int  # records that stay: the rows of the job's main table where it has one
    seen: dict[str, int] = field(default_factory=dict)
    last: bool = True
    blobs: dict[str, bytes] = field(default_factory=dict)  # datasets that are no Parquet: Arrow IPC
    read: str = ""  # digest of the bytes that the unit read, where they are no other job's


def without(table: pa.Table, gone: pa.Table) -> pa.Table:
    """The rows of `table` whose id is none of those of `gone`, in their order."""
    return table.filter(pc.is_null(_places(table, gone)))


def read_without(file: Checked, gone: Checked, columns: list[str] | None = None) -> pa.Table:
    """The rows of a file whose id is none of those of the file `gone`."""
    return without(files.read_table(file, columns), files.read_table(gone, ["id"]))


def joined(left: pa.Table, right: pa.Table) -> pa.Table:
    """The rows of `left` whose id `right` knows, in their order, with the columns of `right`."""
    places = _places(left, right)
    found = right.drop_columns(["id"]).take(places.drop_null())
    return _with_columns(left.filter(pc.is_valid(places)), found, list(found.schema))


def beside(left: pa.Table, right: pa.Table) -> pa.Table:
    """All rows of `left` with the columns of `right` beside them: null where it lacks the id."""
    found = right.drop_columns(["id"]).take(_places(left, right))
    return _with_columns(left, found, [field.with_nullable(True) for field in found.schema])


def _with_columns(table: pa.Table, others: pa.Table, fields: list[pa.Field]) -> pa.Table:
    """`table` with the columns of `others`, row by row, as `fields` name and type them."""
    for place, column in zip(fields, others.columns, strict=True):
        table = table.append_column(place, column)
    return table


def _places(left: pa.Table, right: pa.Table) -> pa.Array:
    """Where the id of each row of `left` stands in `right`; null where it does not."""
    ids = right.column("id").combine_chunks()
    return pc.index_in(left.column("id"), value_set=ids).combine_chunks()
