"""All files of a finished job, folder by folder, and what their bytes must be."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import pyarrow.compute as pc

from pipeline import files
from pipeline.document import Checked
from pipeline.frame import parts
from pipeline.frame.integrity.own_files import own_files
from pipeline.frame.manifests import Manifest
from pipeline.frame.part_tables import table_parts

UNTOLD = -1  # the size of a file that nobody tells

Holds = Callable[[Manifest], Iterable[Checked]]  # files of a job that another file tells of


def holds_none(_: Manifest) -> Iterable[Checked]:
    """Of a job whose own files are all recorded."""
    return ()


@dataclass(frozen=True)
class Written:
    """Files of one folder of a job, by its path from the job's folder on."""

    folder: str
    names: list[str]
    sizes: list[int]
    checksum: Callable[[int], str]  # of the file at that place


def written_files(manifest: Manifest, holds: Holds) -> Iterator[Written]:
    """Parts, markers, and what is a job's own. Raises DamageError where what tells has changed."""
    for dataset in manifest.datasets:
        yield _dataset(manifest, dataset)
    yield _markers(manifest)
    every = [*own_files(manifest), *holds(manifest)]
    start = len(files.join(manifest.folder, ""))
    for folder, group in groupby(sorted(every), lambda one: one.path.rpartition("/")[0][start:]):
        own = list(group)
        names = [one.path.rpartition("/")[2] for one in own]
        yield Written(folder, names, [UNTOLD] * len(own), [one.checksum for one in own].__getitem__)


def _dataset(manifest: Manifest, dataset: str) -> Written:
    columns = [f"{dataset}_{name}" for name in ("bytes", "rows", "checksum")]
    table = manifest.table.select(["name", *columns])
    table = table.filter(pc.is_valid(table[columns[0]]))
    sizes, rows, sums = (table[name] for name in columns)
    names = zip(table["name"].to_pylist(), rows.to_pylist(), strict=True)
    return Written(
        dataset,
        [f"{name}.{'arrow' if count is None else 'parquet'}" for name, count in names],
        sizes.to_pylist(),
        lambda at: str(sums[at].as_py()),
    )


def _markers(manifest: Manifest) -> Written:
    """Markers hold no more than the table of parts does, so their bytes are told by it."""
    table = manifest.table

    def checksum(at: int) -> str:
        (part,) = table_parts(table.slice(at, 1))
        return files.checksum_of(parts.marker_bytes(part))

    pairs = zip(table["name"].to_pylist(), table["last"].to_pylist(), strict=True)
    names = [f"{parts.unit_of(name) if last else name}.json" for name, last in pairs]
    return Written("parts", names, [UNTOLD] * len(names), checksum)
