"""The pipelines of deduplication without a run around them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline import files
from pipeline.arrow import documents_table
from pipeline.dedup.near.minhash import signed
from pipeline.document import SIGNED, Document, Unit
from pipeline.frame.engines.engine import Engine
from pipeline.frame.graph import Transform
from pipeline.frame.unit_lists import UnitList, unit_list
from pipeline.recipe import MinhashConfig

MINHASH = MinhashConfig()


@dataclass
class Job:
    """A job at work, as small as it can be."""

    folder: Path
    engine: Engine = field(default_factory=Engine)

    def work_file(self, name: str) -> str:
        return str(self.folder / name)

    def once(self, name: str, units: UnitList, graph: Transform) -> None:
        self.engine.run(units, self.work_file(f"{name}.units"), graph)


def units_of(folder: Path, name: str, tables: list[list[pa.Table]]) -> UnitList:
    """A unit for each list of tables, whose files it names in order."""
    units = []
    for at, each in enumerate(tables):
        paths = tuple(str(folder / f"{name}{at}-{place}.parquet") for place in range(len(each)))
        for path, table in zip(paths, each, strict=True):
            files.write_table(path, table)
        units.append(Unit(f"{name}{at}", paths, bytes=1))
    return unit_list(units)


def by_space(text: str) -> list[str]:
    return text.lower().split()


def curated_table(
    documents: Sequence[Document],
    split: Callable[[str], list[str]] = by_space,
    **columns: Callable[[Document], Any],
) -> pa.Table:
    """A curated part as far as `near` reads it, sorted by id; `columns` are made of documents."""
    rows = sorted(documents, key=lambda row: row.id)
    found = [signed(split(row.text), MINHASH) for row in rows]
    table = documents_table(rows)
    for name in SIGNED:
        table = table.append_column(name, pa.array([one[name] for one in found], pa.binary()))
    for name, of in columns.items():
        table = table.append_column(name, pa.array([of(row) for row in rows], pa.float64()))
    return table
