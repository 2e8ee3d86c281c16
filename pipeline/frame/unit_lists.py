"""Lists of units: tables in the driver, files that workers read by range.

A job may have millions of units, so the driver holds them as columns, and graphs name only the
file. Each unit has a number, its place in the list of its job, by which rows tell their part.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import files
from pipeline.document import Unit
from pipeline.frame import parts

SHORT_BYTES = 64 << 10  # a list of no more is read once, for all workers
SLICES = 10_000  # of a list: a worker takes one at a time, so a graph starts with so many elements

UNIT_SCHEMA = pa.schema(
    [
        pa.field("name", pa.string(), nullable=False),
        pa.field("paths", pa.list_(pa.string()), nullable=False),
        pa.field("bytes", pa.int64(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),
        pa.field("stop", pa.int64()),
        pa.field("source", pa.string(), nullable=False),
        pa.field("number", pa.int64(), nullable=False),
        pa.field("marks", pa.list_(pa.string()), nullable=False),
    ]
)


@dataclass(frozen=True)
class UnitList:
    """Units in the order of their numbers (UNIT_SCHEMA)."""

    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __iter__(self) -> Iterator[Unit]:
        for batch in self.table.to_batches(max_chunksize=1_000):
            yield from map(_unit, batch.to_pylist())

    def __add__(self, others: "UnitList") -> "UnitList":
        """The units of both, those of `others` numbered from `len(self)` on."""
        numbers = pa.array(np.arange(len(others)) + len(self), pa.int64())
        at = UNIT_SCHEMA.get_field_index("number")
        table = others.table.set_column(at, UNIT_SCHEMA.field(at), numbers)
        return UnitList(pa.concat_tables([self.table, table]))

    @property
    def bytes(self) -> int:
        """What all of them read."""
        return pc.sum(self.table["bytes"]).as_py() or 0

    def without(self, names: Collection[str]) -> "UnitList":
        """The units that have none of these names."""
        known = pc.is_in(self.table["name"], pa.array(names, pa.string()))
        return UnitList(self.table.filter(pc.invert(known)))


def unit_list(units: Iterable[Unit]) -> UnitList:
    """Units by name, numbered in that order."""
    rows = sorted(units, key=lambda unit: unit.name)
    columns: dict[str, Any] = {
        name: [getattr(row, name) for row in rows] for name in UNIT_SCHEMA.names if name != "number"
    }
    return units_table(columns)


_EMPTY: dict[str, Any] = {"bytes": 0, "start": 0, "stop": None, "source": "", "marks": []}


def units_table(columns: Mapping[str, Any]) -> UnitList:
    """A list of columns by name, numbered as they stand; those that are not named are empty."""
    count = len(columns["name"])
    given = {**columns, "number": np.arange(count)}

    def column(field: pa.Field) -> pa.Array | pa.ChunkedArray:
        if field.name not in given:
            return pa.repeat(pa.scalar(_EMPTY[field.name], field.type), count)
        found = given[field.name]
        return found if isinstance(found, _ARROW) else pa.array(found, field.type)

    return UnitList(pa.table([column(field) for field in UNIT_SCHEMA], schema=UNIT_SCHEMA))


_ARROW = (pa.Array, pa.ChunkedArray)


def _unit(row: dict[str, Any]) -> Unit:
    return Unit(**{**row, "paths": tuple(row["paths"]), "marks": tuple(row["marks"])})


def dealt(weights: NDArray[np.int64], workers: int) -> NDArray[np.int64]:
    """Places in an order whose round-robin split gives every worker about the same bytes."""
    heavy_first = np.argsort(-weights, kind="stable")
    order = [heavy_first[i : i + workers] for i in range(0, len(heavy_first), workers)]
    turns = [turn[::-1] if i % 2 else turn for i, turn in enumerate(order)]
    return np.concatenate([np.zeros(0, dtype=np.int64), *turns])


def write_units(path: str, units: UnitList, workers: int) -> None:
    """Writes a list as JSON lines, dealt to `workers`, and behind them where its slices begin."""
    order = _strided(dealt(units.table["bytes"].to_numpy(), workers))
    write_lines(path, units, order, min(SLICES, len(order)))


def _strided(order: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order in which a slice of several units has heavy and light ones."""
    return np.concatenate([order[at::SLICES] for at in range(min(SLICES, len(order)))] or [order])


def write_lines(path: str, units: UnitList, order: NDArray[np.int64], count: int) -> None:
    """Writes the units at the places `order`, in that order and in `count` slices.

    The first ones have a unit more where they cannot be equally long.
    """
    edges, at = [0], 0
    size, more = divmod(len(order), max(1, count))
    ends = {number * size + min(number, more) for number in range(1, count + 1)}
    with files.atomic(path) as file:
        for number, unit in enumerate(UnitList(units.table.take(pa.array(order))), 1):
            line = json.dumps(_plain(unit)).encode() + b"\n"
            file.write(line)
            at += len(line)
            if number in ends:
                edges.append(at)
        file.write(np.array([*edges, len(edges)], dtype="<i8").tobytes())


def _plain(unit: Unit) -> dict[str, Any]:
    return {name: getattr(unit, name) for name in UNIT_SCHEMA.names}


class Slice(NamedTuple):
    """Some units of a list: bytes [start, stop) of its file, and what they are if that is known."""

    start: int
    stop: int
    lines: bytes = b""


def slices(path: str) -> list[Slice]:
    """The slices of a written list; those of a short one with their lines."""
    end = files.read_end(path, SHORT_BYTES)
    tail = 8 + 8 * int(np.frombuffer(end[-8:], dtype="<i8")[0])
    if tail > len(end):
        end = files.read_end(path, tail)
    edges = np.frombuffer(end[len(end) - tail : -8], dtype="<i8").tolist()
    whole = len(end) == edges[-1] + tail
    return [Slice(a, b, end[a:b] if whole else b"") for a, b in pairwise(edges)]


def read_slice(path: str, some: Slice, folder: str = "") -> Iterator[Unit]:
    """The units of a slice; those that have left all their parts in `folder` are left out."""
    for line in (some.lines or files.read_range(path, some.start, some.stop)).splitlines():
        unit = _unit(json.loads(line))
        if not folder or not parts.is_finished(folder, unit.name):
            yield unit
