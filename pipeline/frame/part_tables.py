"""The parts of a job as a table: their markers read, and their files checked, once.

Workers read the markers of some hundred units each and leave a table; the tables of all, one behind
the other, are the job's.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import files
from pipeline.document import Unit
from pipeline.errors import CheckError, DamageError
from pipeline.frame import parts
from pipeline.frame.parts import Part
from pipeline.frame.unit_lists import Slice, UnitList, read_slice, slices, unit_list, write_lines

UNITS_AT_ONCE = 1_000  # whose markers one worker reads into one table
MARKER_BYTES = 2_000  # of a marker, about

_COUNTS = pa.list_(pa.struct([("name", pa.string()), ("count", pa.int64())]))
_PLAIN = pa.schema(
    [
        pa.field(name, kind, nullable=False)
        for name, kind in (
            ("name", pa.string()),
            ("last", pa.bool_()),  # of its unit
            ("came_in", pa.int64()),
            ("kept", pa.int64()),
            ("seen", _COUNTS),
            ("dropped", _COUNTS),
            ("read", pa.string()),
        )
    ]
)
# Of every dataset: rows (null where it is no table), bytes and checksum of the part's file.
_OF_DATASET = (("rows", pa.int64()), ("bytes", pa.int64()), ("checksum", pa.string()))


def parts_table(found: Sequence[Part]) -> pa.Table:
    """One row per part, with three columns for each dataset."""
    columns: dict[str, list[Any]] = {
        "name": [part.name for part in found],
        "last": [part.last for part in found],
        "came_in": [part.came_in for part in found],
        "kept": [part.kept for part in found],
        "seen": [_counts(part.seen) for part in found],
        "dropped": [_counts(part.dropped) for part in found],
        "read": [part.read for part in found],
    }
    schema = _PLAIN
    for dataset in sorted({name for part in found for name in part.bytes}):
        for (name, kind), of in zip(_OF_DATASET, ("rows", "bytes", "checksums"), strict=True):
            columns[f"{dataset}_{name}"] = [getattr(part, of).get(dataset) for part in found]
            schema = schema.append(pa.field(f"{dataset}_{name}", kind))
    return pa.table(columns, schema=schema)


def _counts(counted: dict[str, int]) -> list[dict[str, Any]]:
    return [{"name": name, "count": count} for name, count in counted.items()]


def datasets_of(names: Iterable[str]) -> list[str]:
    """The datasets that the columns of a table of parts are of."""
    return [name.removesuffix("_bytes") for name in names if name.endswith("_bytes")]


def table_parts(table: pa.Table) -> Iterator[Part]:
    """The parts that a table tells."""
    datasets = datasets_of(table.column_names)
    for row in table.to_pylist():
        rows, sizes, sums = (_of_datasets(row, datasets, name) for name, _ in _OF_DATASET)
        yield Part(
            name=row["name"],
            last=row["last"],
            kept=row["kept"],
            seen={one["name"]: one["count"] for one in row["seen"]},
            rows=rows,
            bytes=sizes,
            checksums=sums,
            dropped={one["name"]: one["count"] for one in row["dropped"]},
            read=row["read"],
        )


def _of_datasets(row: dict[str, Any], datasets: list[str], name: str) -> dict[str, Any]:
    found = ((one, row[f"{one}_{name}"]) for one in datasets)
    return {one: value for one, value in found if value is not None}


def part_paths(folder: str, table: pa.Table) -> Iterator[str]:
    """All files of parts, their markers among them."""
    for part in table_parts(table):
        yield parts.marker_path(folder, part.marker)
        yield from (path for _, path in parts.paths_of(folder, part))


def list_slices(path: str, units: UnitList) -> UnitList:
    """Writes the list of all units; gives a unit for every UNITS_AT_ONCE of them."""
    count = -(-len(units) // UNITS_AT_ONCE)
    write_lines(path, units, np.arange(len(units)), count)
    size = MARKER_BYTES * len(units) // max(1, count)
    return unit_list(
        Unit(f"units{at:06d}", (path,), size, some.start, some.stop)
        for at, some in enumerate(slices(path))
    )


def collect(unit: Unit, job: str, folder: str, keeps: str, target: str) -> Iterator[str]:
    """Reads the markers of the units in a slice, checks their parts, writes them as a table."""
    found = []
    for one in read_slice(unit.paths[0], Slice(unit.start, unit.stop or 0)):
        for part in parts.parts_of(job, folder, one.name):
            check_part(job, folder, part, keeps)
            found.append(part)
    path = files.join(target, f"{unit.name}.parquet")
    files.write_table(path, parts_table(found))
    yield path


def check_part(job: str, folder: str, part: Part, keeps: str = "") -> None:
    """Holds a part against its files. Raises CheckError where something has vanished.

    `keeps` is the dataset that has a row for every document that the job keeps.
    """
    for dataset, path in parts.paths_of(folder, part):
        if _size(path) != part.bytes[dataset]:
            raise DamageError.of(path)
    if part.rows.get(keeps, part.kept) != part.kept:
        raise CheckError(
            f"{job}: part {part.name} keeps {part.kept} documents and has {part.rows[keeps]} in "
            f"{keeps}; this is a defect of the program"
        )
    dropped = sum(part.dropped.values())
    if part.came_in != part.kept + dropped:
        raise CheckError(
            f"{job}: part {part.name} does not add up: in {part.came_in}, kept {part.kept}, "
            f"dropped {dropped}; this is a defect of the program, please report it"
        )


def _size(path: str) -> int:
    """Bytes of a file; 0 where it is gone."""
    try:
        return files.size(path)
    except FileNotFoundError:
        return 0


@dataclass(frozen=True)
class Totals:
    """The sums over the parts of a job."""

    parts: int
    came_in: int
    kept: int
    dropped: dict[str, int]
    apart: dict[str, int]  # what was counted apart from what came in


@dataclass(frozen=True)
class Done:
    """The parts that a job has made, in tables in order, and their sums."""

    tables: tuple[str, ...]
    totals: Totals

    def read(self) -> Iterator[pa.Table]:
        return map(files.read_table, self.tables)


def done_in(folder: str) -> Done:
    """What `collect` has left in `folder`."""
    paths = tuple(files.join(folder, name) for name in files.names(folder))
    return Done(paths, totals(map(files.read_table, paths)))


def totals(tables: Iterable[pa.Table]) -> Totals:
    """The sums over tables of parts."""
    sums, dropped, seen = Counter[str](), Counter[str](), Counter[str]()
    for table in tables:
        sums["parts"] += table.num_rows
        for name in ("came_in", "kept"):
            sums[name] += pc.sum(table[name]).as_py() or 0
        dropped.update(_summed(table["dropped"]))
        seen.update(_summed(table["seen"]))
    apart = {name: count for name, count in sorted(seen.items()) if name.startswith(parts.APART)}
    return Totals(
        sums["parts"], sums["came_in"], sums["kept"], dict(sorted(dropped.items())), apart
    )


def _summed(column: pa.ChunkedArray) -> dict[str, int]:
    counted = pa.Table.from_struct_array(pc.list_flatten(column).combine_chunks())
    summed = counted.group_by("name").aggregate([("count", "sum")])
    return dict(zip(summed["name"].to_pylist(), summed["count_sum"].to_pylist(), strict=True))


def write_parts(path: str, done: Done, *, durable: bool = False) -> tuple[str, str]:
    """Writes the table of all parts; gives the digest of their names and checksums, and its own."""
    state = blake2b(digest_size=16)
    with files.atomic(path, durable=durable) as file:
        with Rows(file) as target:
            for table in done.read():
                target.write(table)
                names = [f"{one}_checksum" for one in datasets_of(table.column_names)]
                for row in table.select(["name", *names]).to_pylist():
                    state.update(repr(row).encode())
        file.flush()
        return state.hexdigest(), files.checksum(file.name)  # before it lies in a store


class Rows:
    """A Parquet file that is written table by table; empty where there was none."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> "Rows":
        return self

    def write(self, table: pa.Table) -> None:
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._file, table.schema, compression="zstd")
        self._writer.write_table(table, row_group_size=files.ROW_GROUP)

    def __exit__(self, *_: object) -> None:
        if self._writer is None:
            self.write(parts_table([]))
        assert self._writer is not None
        self._writer.close()
