"""Parts on disk: what a unit has made, committed whole, and the marker that says so.

A job's folder holds one folder per dataset with a file per part, and `parts/` with a marker per
part. A marker is written behind the part's files and carries their counts and checksums, so a part
without a marker does not exist. The marker of a unit's last part has the unit's name: so a listing
tells which units are finished, and a re-run makes only what is missing.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import files
from pipeline.arrow import Made
from pipeline.document import digest
from pipeline.errors import CheckError

APART = ("apart:", "charset:")  # prefixes of counts that are not part of what comes in
_ENDS_LIKE_A_PART = re.compile(r"\.\d{3,}_*$")
_PART = re.compile(r"^(?P<unit>.*)\.(?P<index>\d{3,})$")
_KEYED = r"^.*-[0-9a-f]{12}\.\d{3,}$"


@dataclass(frozen=True)
class Part:
    """A committed part, as its marker tells it."""

    name: str
    last: bool
    kept: int
    seen: dict[str, int]
    rows: dict[str, int]
    bytes: dict[str, int]
    checksums: dict[str, str]
    dropped: dict[str, int]  # "stage:reason" to rows
    read: str = ""  # digest of the bytes of the unit, where they are no other job's

    @property
    def came_in(self) -> int:
        return sum(count for kind, count in self.seen.items() if not kind.startswith(APART))

    @property
    def unit(self) -> str:
        return unit_of(self.name)

    @property
    def marker(self) -> str:
        """The name of its marker."""
        return self.unit if self.last else self.name


def unit_of(part: str) -> str:
    """The unit that has made a part."""
    return part.rpartition(".")[0]


def path(folder: str, dataset: str, part: str) -> str:
    return files.join(folder, dataset, f"{part}.parquet")


def blob_path(folder: str, dataset: str, part: str) -> str:
    return files.join(folder, dataset, f"{part}.arrow")


def paths_of(folder: str, part: Part) -> Iterator[tuple[str, str]]:
    """(dataset, path) of every file of a part."""
    for dataset in part.bytes:
        place = path if dataset in part.rows else blob_path
        yield dataset, place(folder, dataset, part.name)


def marker_path(folder: str, name: str) -> str:
    """The marker of a part, or of a unit's last part by the unit's name."""
    return files.join(folder, "parts", f"{name}.json")


def commit(folder: str, made: Made, *, durable: bool = False) -> Part:
    """Writes the tables of a part, then its marker. Rows are counted from what is written.

    What is `durable` is on the disk before its marker is.
    """
    data = {dataset: files.table_bytes(table) for dataset, table in made.tables.items()}
    for dataset, table in data.items():
        files.write_bytes_atomic(path(folder, dataset, made.part), table, durable=durable)
    for dataset, blob in made.blobs.items():
        files.write_bytes_atomic(blob_path(folder, dataset, made.part), blob, durable=durable)
    every = data | made.blobs
    part = Part(
        name=made.part,
        last=made.last,
        kept=made.kept,
        seen=dict(sorted(made.seen.items())),
        rows={name: pq.read_metadata(BytesIO(table)).num_rows for name, table in data.items()},
        bytes={name: len(one) for name, one in every.items()},
        checksums={name: files.checksum_of(one) for name, one in every.items()},
        dropped=count_drops(made.tables.get("dropped")),
        read=made.read,
    )
    files.write_sealed(marker_path(folder, part.marker), asdict(part), durable=durable)
    return part


def marker_bytes(part: Part) -> bytes:
    """What the marker of a part holds."""
    return files.sealed(asdict(part))


def count_drops(table: pa.Table | None) -> dict[str, int]:
    """ "stage:reason" to rows of a table of drops."""
    if table is None:
        return {}
    pairs = zip(table["stage"].to_pylist(), table["reason"].to_pylist(), strict=True)
    return dict(sorted(Counter(f"{stage}:{reason}" for stage, reason in pairs).items()))


def read_marker(folder: str, name: str) -> Part:
    """Raises DamageError for one that is not what was written."""
    return Part(**files.read_sealed(marker_path(folder, name)))


def markers(folder: str) -> set[str]:
    """Names of all markers in a job's folder: of units that are finished, and of their parts but
    the last one.
    """
    return {name.removesuffix(".json") for name in files.names(files.join(folder, "parts"))}


def is_part(name: str) -> bool:
    """Whether a name is that of a part."""
    return _PART.match(name) is not None


def unit_of_marker(name: str) -> str:
    """The unit that has left a marker of this name."""
    return unit_of(name) if is_part(name) else name


def finished(names: Iterable[str]) -> list[str]:
    """Those of the names of markers that are of finished units."""
    return [name for name in names if not is_part(name)]


def unfinished(names: Iterable[str]) -> set[str]:
    """The units that have left parts, by the names of markers, and not their last one."""
    every = set(names)
    return {unit_of(name) for name in every if is_part(name)} - every


def is_finished(folder: str, unit: str) -> bool:
    """Whether a unit has left all its parts."""
    return files.exists(marker_path(folder, unit))


def forget(folder: str, units: Collection[str]) -> None:
    """Removes what units have left, markers first, whatever is in them."""
    if not units:
        return
    for name in markers(folder):
        if unit_of_marker(name) in units:
            files.remove(marker_path(folder, name))
    for dataset in files.folders(folder):
        for name in files.names(files.join(folder, dataset)):
            if is_part(unit_of(name)) and unit_of(unit_of(name)) in units:
                files.remove(files.join(folder, dataset, name))


def parts_of(job: str, folder: str, unit: str) -> Iterator[Part]:
    """The parts of a finished unit in order. Raises CheckError where one is missing; the unit is
    not finished then.
    """
    try:
        last = read_marker(folder, unit)
        count = int(last.name.rpartition(".")[2])
        yield from (read_marker(folder, f"{unit}.{at:03d}") for at in range(count))
        yield last
    except FileNotFoundError:
        if is_finished(folder, unit):
            files.remove(marker_path(folder, unit))
        raise CheckError(f"{job}: unit {unit} left no finished part; run again") from None


def keyed(name: str, *inputs: str) -> str:
    """The name of a unit with the digest of what it reads: `name-<12 hex digits>`.

    A name that ends like a part's (`dump.001`) gets a stroke, or its parts could not be told apart.
    """
    stroke = "_" if _ENDS_LIKE_A_PART.search(name) else ""
    return f"{name}{stroke}-{digest(*inputs)[:12]}"


def rekeyed(base: str, *inputs: str) -> str:
    """The name of the unit that makes the next job's part of what `base` names."""
    return f"{base}-{digest(*inputs)[:12]}"


def unkeyed(name: str) -> str:
    """The `base` of a unit's name: what the units that read the same part have in common."""
    return name.rpartition("-")[0] or name


def base_names(names: pa.ChunkedArray) -> pa.ChunkedArray:
    """`archive.000` of each part: what the parts that every job has made of the same documents
    have in common.
    """
    other = pc.invert(pc.match_substring_regex(names, _KEYED))
    if pc.any(other).as_py():
        raise ValueError(f"not the name of a part: {names.filter(other)[0].as_py()!r}")
    again = pc.replace_substring_regex(names, r"^(.*\.\d{3,})-[0-9a-f]{12}\.\d{3,}$", r"\1")
    return pc.replace_substring_regex(again, r"^(.*)-[0-9a-f]{12}(\.\d{3,})$", r"\1\2")
