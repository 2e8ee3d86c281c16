"""The pipelines of deduplication without a run around them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline import files
from pipeline.document import Unit
from pipeline.frame import parts
from pipeline.frame.engine import Engine
from pipeline.frame.transforms import DealUnits


@dataclass
class Job:
    """A job at work, as small as it can be."""

    folder: Path

    def work_file(self, name: str) -> str:
        return str(self.folder / name)

    def once(self, name: str, units: list[Unit], graph: Any) -> None:
        listed = self.work_file(f"{name}.units")
        parts.write_units(listed, units)
        Engine().run(DealUnits(listed) | graph)


def units_of(folder: Path, name: str, tables: list[list[pa.Table]]) -> list[Unit]:
    """A unit for each list of tables, whose files it names in order."""
    units = []
    for at, each in enumerate(tables):
        paths = tuple(str(folder / f"{name}{at}-{place}.parquet") for place in range(len(each)))
        for path, table in zip(paths, each, strict=True):
            files.write_table(path, table)
        units.append(Unit(f"{name}{at}", paths))
    return units
