"""The jobs of the last run into a folder, as run.json names them: complete, partial or missing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from pipeline import files
from pipeline.errors import UsageError
from pipeline.frame import parts
from pipeline.frame.manifests import Manifest, manifest_path, read_manifest, read_whole
from pipeline.frame.part_tables import parts_table, totals

_THREADS = 16  # that read markers: they wait for a disk or a store


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
    if not files.is_there(out, path):
        raise UsageError(f"{out!r} holds no run; give the folder that `gristmill run --out` wrote")
    return files.read_sealed(path)


def last_head(out: str, job: str) -> tuple[str, dict[str, Any]] | None:
    """The folder of a job of the last run into `out` and what its manifest says besides, of any
    format; None where it is not finished.
    """
    entry = read_run(out)["jobs"].get(job, {})
    folder = files.join(out, entry.get("folder", ""))
    path = manifest_path(folder, entry.get("manifest", ""))
    return (folder, read_whole(path)["extra"]) if files.exists(path) else None


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
    with ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(partial(parts.read_marker, folder), sorted(parts.markers(folder))))
    sums = totals([parts_table(found)])
    return JobState(name, folder, mark, "partial", sums.came_in, sums.kept, sums.dropped)
