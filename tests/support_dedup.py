"""The pipelines of deduplication without a run around them."""

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from pipeline import files
from pipeline.document import Unit
from pipeline.frame.engines.engine import Engine
from pipeline.frame.graph import Transform
from pipeline.frame.unit_lists import UnitList, unit_list


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
