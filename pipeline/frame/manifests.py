"""Manifests: what a finished job says of itself, written last and checked before.

A manifest is a head, JSON that a person can read, and a Parquet table of the job's parts. One that
is there is right: `in = kept + dropped` held for every part, counted from the files.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import files
from pipeline.document import Checked, digest
from pipeline.errors import CheckError, DamageError, UsageError
from pipeline.frame import parts
from pipeline.frame.part_tables import Done, datasets_of, write_parts
from pipeline.frame.unit_lists import UnitList, units_table
from pipeline.secrets import masked_all

RECORDS = "own"  # the folder of records of files that are no parts
FORMAT = 3  # raised when the same recipe would give other bytes, or a folder another form


@dataclass(frozen=True)
class Manifest:
    """What a finished job says of itself; `extra` is the job's own (models, notes)."""

    format: int
    job: str
    fingerprint: str
    folder: str
    name: str  # of the set of inputs
    inputs: dict[str, str]
    recipe: dict[str, Any]
    parts: int
    checksum: str  # of the names and checksums of the parts
    listed: str  # checksum of the file of the table of parts
    own: str  # checksum of the record of files that are no parts, "" where there are none
    came_in: int
    kept: int
    dropped: dict[str, int]
    apart: dict[str, int]
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """Digest of what the job has made: names and checksums of its parts, and the rest."""
        return digest(self.checksum, json.dumps(self.extra, sort_keys=True))

    def full_path(self, own: str) -> str:
        """The path of what `extra` names inside the job's folder (`JobRun.own_path`)."""
        return f"{self.folder}{own}"

    @cached_property
    def table(self) -> pa.Table:
        """A row per part (`part_tables`), by name."""
        return files.read_table(Checked(table_path(self.folder, self.name), self.listed))

    @cached_property
    def datasets(self) -> list[str]:
        return datasets_of(self.table.column_names)

    @cached_property
    def tables(self) -> list[str]:
        """The datasets that are tables, not blobs."""
        counted = (pc.sum(self.table[f"{name}_rows"]).as_py() for name in self.datasets)
        return [name for name, rows in zip(self.datasets, counted, strict=True) if rows is not None]

    def paths(self, dataset: str) -> list[str]:
        """The files of a dataset that have rows."""
        return [file.path for file in self.files(dataset)]

    def files(self, dataset: str) -> list[Checked]:
        """The files of a dataset that have rows, with their checksums."""
        use = self.table.filter(pc.greater(self.table[f"{dataset}_rows"], 0))
        pairs = zip(use["name"].to_pylist(), use[f"{dataset}_checksum"].to_pylist(), strict=True)
        return [Checked(parts.path(self.folder, dataset, name), told) for name, told in pairs]


def units_of(
    inputs: Mapping[str, Manifest], datasets: Sequence[tuple[str, str]], also: Sequence[str] = ()
) -> UnitList:
    """The units that read `datasets`, (job, dataset) pairs, one per part of the first one's job.

    `also` names what else their output depends on: a model, a decision over all parts.
    """
    bases = parts.base_names(inputs[datasets[0][0]].table["name"])
    bases = bases.take(pc.sort_indices(bases))
    columns = [_columns(inputs[job], dataset, bases) for job, dataset in datasets]
    checksums = zip(*(one["checksum"].to_pylist() for one in columns), strict=True)
    marks = list(checksums)
    names = [
        parts.rekeyed(base, *sums, *also)
        for base, sums in zip(bases.to_pylist(), marks, strict=True)
    ]
    paths = zip(*(one["path"].to_pylist() for one in columns), strict=True)
    sizes = sum((one["bytes"].to_numpy() for one in columns[1:]), columns[0]["bytes"].to_numpy())
    return units_table({"name": names, "paths": list(paths), "bytes": sizes, "marks": marks})


def _columns(manifest: Manifest, dataset: str, bases: pa.ChunkedArray) -> pa.Table:
    """Path, bytes and checksum of a dataset's files, in the order of `bases`."""
    table = manifest.table.select(["name", f"{dataset}_bytes", f"{dataset}_checksum"])
    places = pc.index_in(bases, value_set=parts.base_names(table["name"]).combine_chunks())
    if places.null_count:
        raise CheckError(
            f"{manifest.job} has not all parts of the job before; delete {manifest.folder!r} and "
            "run again"
        )
    table = table.take(places).rename_columns(["name", "bytes", "checksum"])
    folder = files.join(manifest.folder, dataset, "")
    path = pc.binary_join_element_wise(folder, table["name"], ".parquet", "")
    return table.append_column("path", path)


def manifest_path(folder: str, name: str) -> str:
    return files.join(folder, "manifests", f"{name}.json")


def table_path(folder: str, name: str) -> str:
    """The table of the parts that a manifest is of."""
    return files.join(folder, "manifests", f"{name}.parquet")


def write_manifest(
    folder: str,
    name: str,
    done: Done,
    *,
    has_own: bool = False,
    durable: bool = False,
    **rest: Any,
) -> Manifest:
    """Writes the table of parts, then the head, without the folder and without secrets: equal
    artefacts are equal bytes anywhere. `has_own`: there are files that are no parts.
    """
    checksum, listed = write_parts(table_path(folder, name), done, durable=durable)
    manifest = Manifest(
        format=FORMAT,
        folder=folder,
        name=name,
        checksum=checksum,
        listed=listed,
        own=files.checksum(record_path(folder, name)) if has_own else "",
        **vars(done.totals),
        **masked_all(rest),
    )
    value = asdict(manifest)
    del value["folder"]
    files.write_sealed(manifest_path(folder, name), value, durable=durable)
    return manifest


def read_manifest(folder: str, name: str) -> Manifest:
    """Raises UsageError for one of another format, DamageError for one that has changed."""
    path = manifest_path(folder, name)
    try:
        value = files.read_sealed(path)
    except DamageError:
        _check_format(folder, path)
        raise
    return Manifest(folder=folder, **value)


def _check_format(folder: str, path: str) -> None:
    """Older formats have no seal."""
    value = read_whole(path)
    if files.SEAL not in value and value.get("format") != FORMAT:
        raise UsageError(
            f"{folder!r} is of format {value.get('format')}, not {FORMAT}; run its recipe again, "
            "which makes a folder beside it, or read it with the version that wrote it"
        )


def record_path(folder: str, name: str) -> str:
    """Where the files of a set of inputs that are no parts are recorded."""
    return files.join(folder, RECORDS, f"{name}.json")


def sets(folder: str) -> list[str]:
    """The names of the sets of inputs that a job's folder has manifests of."""
    found = files.names(files.join(folder, "manifests"))
    return [name.removesuffix(".json") for name in found if name.endswith(".json")]


def forget(folder: str, units: Collection[str]) -> None:
    """Removes every manifest of a job that has parts of `units`, and what these have left."""
    if not units:
        return
    for name in sets(folder):
        if not _tells_others(folder, name, units):
            files.remove(manifest_path(folder, name))
    parts.forget(folder, units)


def _tells_others(folder: str, name: str, units: Collection[str]) -> bool:
    """Whether a manifest can be read and has no part of `units`."""
    try:
        made = read_manifest(folder, name).table["name"].to_pylist()
    except DamageError:
        return False
    return all(parts.unit_of(part) not in units for part in made)


def read_whole(path: str) -> dict[str, Any]:
    """What a file of JSON says. Raises DamageError where it is none."""
    try:
        value = files.read_json(path)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise DamageError.of(path)
    return value
