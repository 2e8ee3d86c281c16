"""Parts on disk: what a unit has made, committed whole, and the marker that says so.

A job's folder holds one folder per dataset with a file per part, and `parts/` with a marker per
part. The marker is written last and carries the counts and checksums of the part's files, so a part
without a marker does not exist, and a re-run makes only what is missing.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import pyarrow as pa

from pipeline import files
from pipeline.arrow import Made
from pipeline.document import Unit, digest
from pipeline.errors import CheckError

APART = ("apart:", "charset:")  # prefixes of counts that are not part of what comes in
_ENDS_LIKE_A_PART = re.compile(r"\.\d{3}_*$")
_KEYED = re.compile(r"^(?P<base>.*)-[0-9a-f]{12}(?P<index>\.\d{3})$")


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

    @property
    def came_in(self) -> int:
        return sum(count for kind, count in self.seen.items() if not kind.startswith(APART))


def path(folder: str, dataset: str, part: str) -> str:
    return files.join(folder, dataset, f"{part}.parquet")


def blob_path(folder: str, dataset: str, part: str) -> str:
    return files.join(folder, dataset, f"{part}.arrow")


def commit(folder: str, made: Made) -> Part:
    """Writes the tables of a part, then its marker."""
    checksums, sizes = {}, {}
    for dataset, table in made.tables.items():
        target = path(folder, dataset, made.part)
        files.write_table(target, table)
        checksums[dataset], sizes[dataset] = files.checksum(target), files.size(target)
    for dataset, data in made.blobs.items():
        target = blob_path(folder, dataset, made.part)
        files.write_bytes_atomic(target, data)
        checksums[dataset], sizes[dataset] = files.checksum(target), len(data)
    part = Part(
        name=made.part,
        last=made.last,
        kept=made.kept,
        seen=dict(sorted(made.seen.items())),
        rows={dataset: table.num_rows for dataset, table in made.tables.items()},
        bytes=sizes,
        checksums=checksums,
        dropped=count_drops(made.tables.get("dropped")),
    )
    files.write_json(files.join(folder, "parts", f"{made.part}.json"), asdict(part))
    return part


def count_drops(table: pa.Table | None) -> dict[str, int]:
    """ "stage:reason" to rows of a table of drops."""
    if table is None:
        return {}
    pairs = zip(table["stage"].to_pylist(), table["reason"].to_pylist(), strict=True)
    return dict(sorted(Counter(f"{stage}:{reason}" for stage, reason in pairs).items()))


def read_part(folder: str, name: str) -> Part:
    return Part(**files.read_json(files.join(folder, "parts", f"{name}.json")))


def committed(folder: str) -> set[str]:
    """Names of all parts in a job's folder that have a marker."""
    return {name.removesuffix(".json") for name in files.names(files.join(folder, "parts"))}


def parts_of(folder: str, unit: str, present: set[str]) -> list[Part] | None:
    """The parts of a unit in order, or None where it is not finished."""
    found: list[Part] = []
    while f"{unit}.{len(found):03d}" in present:
        found.append(read_part(folder, f"{unit}.{len(found):03d}"))
        if found[-1].last:
            return found
    return None


def finished(job: str, folder: str, units: Iterable[Unit]) -> list[Part]:
    """The parts of all units, by name. Raises CheckError for a unit that is not finished."""
    present = committed(folder)
    done: list[Part] = []
    for unit in sorted(units, key=lambda unit: unit.name):
        found = parts_of(folder, unit.name, present)
        if found is None:
            raise CheckError(f"{job}: unit {unit.name} left no finished part; run again")
        done.extend(found)
    return done


def keyed(name: str, *inputs: str) -> str:
    """The name of a unit with the digest of what it reads: `name-<12 hex digits>`.

    A name that ends like a part's (`dump.001`) gets a stroke, or its parts could not be told apart.
    """
    stroke = "_" if _ENDS_LIKE_A_PART.search(name) else ""
    return f"{name}{stroke}-{digest(*inputs)[:12]}"


def rekeyed(part: str, *inputs: str) -> str:
    """The name of the unit that makes the next job's part of `part`: its inputs' digest instead."""
    return f"{base_name(part)}-{digest(*inputs)[:12]}"


def base_name(part: str) -> str:
    """`archive.000` of the parts that every job has made of the same documents."""
    match = _KEYED.match(part)
    if match is None:
        raise ValueError(f"not the name of a part: {part!r}")
    base, index = match["base"], match["index"]
    return base if re.search(r"\.\d{3}$", base) else base + index


def dealt(units: Iterable[Unit], workers: int) -> list[Unit]:
    """Units in an order whose round-robin split gives every worker about the same bytes."""
    heavy_first = sorted(units, key=lambda unit: (-unit.bytes, unit.name))
    rounds = [heavy_first[i : i + workers] for i in range(0, len(heavy_first), workers)]
    return [unit for i, turn in enumerate(rounds) for unit in (turn[::-1] if i % 2 else turn)]


def write_units(target: str, units: Iterable[Unit]) -> None:
    lines = (json.dumps(asdict(unit)) for unit in units)
    files.write_bytes_atomic(target, "\n".join(lines).encode())


def read_units(source: str) -> list[Unit]:
    rows: list[dict[str, Any]] = [json.loads(r) for r in files.read_bytes(source).splitlines()]
    return [replace(Unit(**row), paths=tuple(row["paths"])) for row in rows]
