"""`gristmill verify`: every byte of an output folder held against what its runs have written."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipeline import files
from pipeline.commands.clean_run import JOB_FOLDER
from pipeline.document import Checked
from pipeline.errors import CheckError, DamageError, UsageError
from pipeline.frame import parts
from pipeline.frame.integrity.inspection import inspect, kept_stamps, stamp_files
from pipeline.frame.integrity.own_files import kept_files
from pipeline.frame.job_states import read_run
from pipeline.frame.manifests import RECORDS, read_manifest, sets
from pipeline.ingest.planning.input_plans import FILE, read_plans
from pipeline.jobs import JOBS
from pipeline.terminal import print_json, say


@dataclass
class Verified:
    """How many files were read, those that are not what was written, and what could not be told."""

    files: int = 0
    damaged: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify_run(out: str, as_json: bool) -> None:
    """Prints what `verified` finds. Raises CheckError where a file has changed."""
    found = verified(out)
    if as_json:
        print_json(vars(found))
    say(*found.notes, *found.damaged)
    if found.damaged:
        count = len(found.damaged)
        raise CheckError(
            f"{count} of {found.files} files in {out!r} {'is' if count == 1 else 'are'} not what "
            "was written; run the recipe again, which makes them anew"
        )
    say(f"all {found.files} files in {out!r} are what was written")


def verified(out: str) -> Verified:
    """Reads all files of all jobs in `out`, finished or not. Raises UsageError for no run."""
    found = Verified()
    with _reading(found):
        read_run(out)
    with _reading(found):
        if files.exists(plans := files.join(out, FILE)):
            read_plans(plans)
    for path in stamp_files(out):
        with _reading(found):
            kept_stamps(path)
    for name in files.folders(out):
        if job := JOB_FOLDER.match(name):
            _verify_job(found, files.join(out, name), job[1])
    found.damaged = sorted(set(found.damaged))
    return found


@contextmanager
def _reading(found: Verified, more: int = 1) -> Iterator[None]:
    """Counts files that are read in a block, and the one of them that has changed."""
    try:
        yield
    except DamageError as damage:
        found.damaged.append(damage.path)
        found.notes.append(f"{damage.path} has changed: what it tells of may not have been read")
    found.files += more


def _verify_job(found: Verified, folder: str, job: str) -> None:
    holds = next(one.holds for one in JOBS if one.name == job)
    told: set[str] = set()
    for name in sets(folder):
        with _reading(found, more=2):  # the head and its table
            try:
                manifest = read_manifest(folder, name)
            except UsageError as other:
                found.notes.append(str(other))
                continue
            told |= set(map(parts.unit_of, manifest.table["name"].to_pylist()))
            inspected = inspect(manifest, holds)
            found.files += inspected.count
            found.damaged += inspected.damaged
    for name in unfinished_records(folder):
        with _reading(found):
            _verify_files(found, kept_files(folder, name))
    for marker in sorted(parts.markers(folder)):
        if parts.unit_of_marker(marker) not in told:
            _verify_part(found, folder, marker)


def unfinished_records(folder: str) -> list[str]:
    """The sets of inputs that have files of their own recorded and no manifest."""
    found = files.names(files.join(folder, RECORDS))
    return sorted({name.removesuffix(".json") for name in found} - set(sets(folder)))


def _verify_part(found: Verified, folder: str, marker: str) -> None:
    """Holds a part that no manifest tells against its own marker."""
    with _reading(found):
        part = parts.read_marker(folder, marker)
        every = parts.paths_of(folder, part)
        _verify_files(found, (Checked(path, part.checksums[dataset]) for dataset, path in every))


def _verify_files(found: Verified, every: Iterable[Checked]) -> None:
    for file in every:
        found.files += 1
        if not files.is_whole(file):
            found.damaged.append(file.path)
