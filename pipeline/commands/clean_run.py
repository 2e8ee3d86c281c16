"""`gristmill clean`: what the last run into a folder does not name, shown and removed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.filesize import decimal
from rich.table import Table

from pipeline import files
from pipeline.errors import CheckError
from pipeline.frame.integrity.inspection import STAMPS, stamp_files
from pipeline.frame.job_states import job_states, read_run
from pipeline.frame.manifests import Manifest, manifest_path, table_path
from pipeline.frame.part_tables import part_paths
from pipeline.jobs import JOBS
from pipeline.terminal import console

JOB_FOLDER = re.compile(rf"({'|'.join(job.name for job in JOBS)})-[0-9a-f]{{16}}$")


@dataclass(frozen=True)
class Leftover:
    """Files of a job's folder that the last run does not name."""

    folder: str  # of the job
    paths: tuple[str, ...]
    bytes: int
    whole: bool  # nothing of the folder is named


def clean_run(out: str, *, remove: bool) -> None:
    """Shows what the last run into `out` does not name, and removes it where asked."""
    read_run(out)
    told = console()
    in_use = f"a run is writing into {out!r}; wait for it"
    with files.locked(files.join(out, ".lock"), in_use):
        if remove:
            files.sweep(out)
        found = list(leftovers(out))
        if not found:
            told.print(f"nothing to clean: the last run names all that is in {out}")
            return
        told.print(leftovers_table(found))
        if not remove:
            told.print(f"nothing was removed; next: gristmill clean {out} --yes")
            return
        for one in found:
            _remove(one)
        for path in _stale_stamps(out):
            files.remove(path)
    told.print(f"removed {decimal(sum(one.bytes for one in found))}")


def _remove(leftover: Leftover) -> None:
    if leftover.whole:
        files.remove_folder(leftover.folder)
        return
    for path in leftover.paths:
        files.remove(path)


def _stale_stamps(out: str) -> Iterator[str]:
    """The paths of stamps of files whose manifest is gone."""
    for path in stamp_files(out):
        folder, _, of_set = path.rpartition(STAMPS)[2].rpartition("-")
        if not files.exists(manifest_path(files.join(out, folder), of_set)):
            yield path


def leftovers(out: str) -> Iterator[Leftover]:
    """What lies in the folders of jobs in `out` and the last run does not name.

    Folders of jobs that the last run has not finished are left as they are, and so is what no job
    has made. A run that was stopped has not named the jobs behind that one: what they have made
    before may be what it goes on with, so it is left too. Raises UsageError where `out` holds no
    run.
    """
    named = {job: entry["folder"] for job, entry in read_run(out)["jobs"].items()}
    for name in files.folders(out):
        job = JOB_FOLDER.match(name)
        if job and named.get(job[1], name) != name:
            folder = files.join(out, name)
            sizes = files.sizes_below(folder)
            yield Leftover(folder, tuple(sizes), sum(sizes.values()), whole=True)
    for state in job_states(out, tuple(job.name for job in JOBS)):
        if state.manifest is not None:
            sizes = dict(_unnamed(state.manifest))
            if sizes:
                yield Leftover(state.path, tuple(sizes), sum(sizes.values()), whole=False)


def _unnamed(manifest: Manifest) -> Iterator[tuple[str, int]]:
    """The files in a job's folder that are not of the inputs of `manifest`, with their bytes."""
    folder, name = manifest.folder, manifest.name
    known = {manifest_path(folder, name), table_path(folder, name)}
    known |= set(part_paths(folder, manifest.table))
    datasets = {"parts", "manifests", *manifest.datasets}
    found = files.sizes_below(folder)
    if not known.issubset(found):  # nobody may take what is named for what is not
        raise CheckError(f"{folder!r} lacks files that its manifest names; run its recipe again")
    for path, size in found.items():
        kind, _, rest = path.removeprefix(f"{folder}/").partition("/")
        of_set = kind not in datasets and re.split(r"[/.]", rest)[0] == name
        if path not in known and not of_set:
            yield path, size


def leftovers_table(found: list[Leftover]) -> Table:
    table = Table(title="not of the last run", title_justify="left")
    table.add_column("folder", overflow="fold")
    for heading in ("files", "bytes"):
        table.add_column(heading, justify="right")
    for one in found:
        files_of = "all" if one.whole else f"{len(one.paths):,}"
        table.add_row(one.folder, files_of, decimal(one.bytes))
    return table
