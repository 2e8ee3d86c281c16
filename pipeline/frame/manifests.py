"""Manifests: what a finished job says of itself, written last and checked before.

A manifest that is there is right: `in = kept + dropped` held for every part, counted from the
files.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from pipeline import files
from pipeline.document import Unit, digest
from pipeline.errors import CheckError, UsageError
from pipeline.frame import parts
from pipeline.frame.parts import Part

FORMAT = 1  # raised when the same recipe would give other bytes


@dataclass(frozen=True)
class Manifest:
    """What a finished job says of itself; `extra` is the job's own (models, notes)."""

    format: int
    job: str
    fingerprint: str
    folder: str
    inputs: dict[str, str]
    recipe: dict[str, Any]
    parts: list[Part]
    came_in: int
    kept: int
    dropped: dict[str, int]
    apart: dict[str, int]
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """Digest of what the job has made: names and checksums of its parts, and the rest."""
        rest = json.dumps(self.extra, sort_keys=True)
        return digest(*(f"{p.name}{sorted(p.checksums.items())}" for p in self.parts), rest)

    def full_path(self, own: str) -> str:
        """The path of what `extra` names inside the job's folder (`JobRun.own_path`)."""
        return f"{self.folder}{own}"

    def paths(self, dataset: str) -> list[str]:
        return [parts.path(self.folder, dataset, part.name) for part in self.parts]

    @cached_property
    def by_base(self) -> dict[str, Part]:
        """The parts by what their names have in common with those of the same documents in every
        other job.
        """
        return {parts.base_name(part.name): part for part in self.parts}


def units_of(
    inputs: Mapping[str, Manifest], datasets: Sequence[tuple[str, str]], also: Sequence[str] = ()
) -> list[Unit]:
    """The units that read `datasets`, (job, dataset) pairs, one per part of the first one's job.

    `also` names what else their output depends on: a model, a decision over all parts.
    """
    return [_unit(inputs, base, datasets, also) for base in inputs[datasets[0][0]].by_base]


def _unit(
    inputs: Mapping[str, Manifest],
    base: str,
    datasets: Sequence[tuple[str, str]],
    also: Sequence[str],
) -> Unit:
    found = [(inputs[job], inputs[job].by_base[base], dataset) for job, dataset in datasets]
    checksums = (part.checksums[dataset] for _, part, dataset in found)
    return Unit(
        name=parts.rekeyed(found[0][1].name, *checksums, *also),
        paths=tuple(parts.path(one.folder, dataset, part.name) for one, part, dataset in found),
        bytes=sum(part.bytes[dataset] for _, part, dataset in found),
    )


def totals(done: list[Part]) -> dict[str, Any]:
    """The sums over parts that a manifest holds."""
    return {
        "came_in": sum(part.came_in for part in done),
        "kept": sum(part.kept for part in done),
        "dropped": dict(sorted(sum((Counter(p.dropped) for p in done), Counter()).items())),
        "apart": counted_apart(done),
    }


def counted_apart(done: list[Part]) -> dict[str, int]:
    """The sums of what parts have counted apart from what came in."""
    total: Counter[str] = Counter()
    for part in done:
        total.update({k: n for k, n in part.seen.items() if k.startswith(parts.APART)})
    return dict(sorted(total.items()))


def check_part(job: str, folder: str, part: Part, keeps: str = "") -> None:
    """Counts the files of a part again. Raises CheckError where something has vanished.

    `keeps` is the dataset that has a row for every document that the job keeps.
    """
    for dataset, size in part.bytes.items():
        is_table = dataset in part.rows
        place = parts.path if is_table else parts.blob_path
        written = part.rows[dataset] if is_table else size
        found = _found(place(folder, dataset, part.name), is_table)
        if found != written:
            what = "rows" if is_table else "bytes"
            raise CheckError(
                f"{job}: {dataset} of part {part.name} has {found} {what} where {written} were "
                "written; delete the part's marker and run again"
            )
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


def _found(path: str, is_table: bool) -> int:
    """Rows of a table or bytes of a blob; 0 where the file is gone or is no table."""
    try:
        return files.count_rows(path) if is_table else files.size(path)
    except (FileNotFoundError, pa.ArrowInvalid):
        return 0


def check_files(manifest: Manifest) -> None:
    """Raises CheckError where a file of a finished job is gone or of another size."""
    for part in manifest.parts:
        for dataset, size in part.bytes.items():
            path = parts.path if dataset in part.rows else parts.blob_path
            found = path(manifest.folder, dataset, part.name)
            if not files.exists(found) or files.size(found) != size:
                raise CheckError(
                    f"{found} is not what {manifest.job} has written; delete {manifest.folder!r} "
                    "and run again"
                )


def manifest_path(folder: str, name: str) -> str:
    return files.join(folder, "manifests", f"{name}.json")


def write_manifest(manifest: Manifest, target: str) -> None:
    """Writes the manifest without its folder, so that equal artefacts are equal bytes anywhere."""
    value = asdict(manifest)
    del value["folder"]
    files.write_json(target, value)


def read_manifest(folder: str, name: str) -> Manifest:
    value = files.read_json(manifest_path(folder, name))
    value["parts"] = [Part(**part) for part in value["parts"]]
    return Manifest(folder=folder, **value)


@dataclass(frozen=True)
class JobState:
    """A job of a run as its folder shows it: complete, partial or missing."""

    job: str
    path: str
    fingerprint: str
    state: str
    came_in: int
    kept: int
    dropped: dict[str, int]
    manifest: Manifest | None = None


def read_run(out: str) -> dict[str, Any]:
    """The record of the last run into `out`. Raises UsageError where there is none."""
    path = files.join(out, "run.json")
    if not files.exists(path):
        raise UsageError(f"{out!r} holds no run; give the folder that `gristmill run --out` wrote")
    record: dict[str, Any] = files.read_json(path)
    return record


def job_states(out: str, names: tuple[str, ...]) -> list[JobState]:
    """The state of every job in `names` of the last run into `out`, in order."""
    jobs = read_run(out)["jobs"]
    return [_state(out, name, jobs.get(name)) for name in names]


def _state(out: str, name: str, entry: dict[str, str] | None) -> JobState:
    if entry is None:
        return JobState(name, "", "", "missing", 0, 0, {})
    folder = files.join(out, entry["folder"])
    mark = entry["folder"].rpartition("-")[2]
    if "manifest" in entry and files.exists(manifest_path(folder, entry["manifest"])):
        done = read_manifest(folder, entry["manifest"])
        counts = (done.came_in, done.kept, done.dropped)
        return JobState(name, folder, mark, "complete", *counts, done)
    found = [parts.read_part(folder, part) for part in sorted(parts.committed(folder))]
    sums = totals(found)
    counts = (sums["came_in"], sums["kept"], sums["dropped"])
    return JobState(name, folder, mark, "partial", *counts)
