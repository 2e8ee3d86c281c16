"""Files of a job that are gone or changed are forgotten, with what rests on them, to be made again.

A part is forgotten with its unit, which is run again: the same bytes come of it, so what later jobs
have made of them holds.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress

from pipeline import files
from pipeline.frame import manifests, parts
from pipeline.frame.integrity.work_files import WORK


def mend(folder: str, paths: Iterable[str], tell: Callable[[str], object]) -> None:
    """`forget_files` that are not what was written, each of which is told."""
    for path in paths:
        tell(f"{path} is not what was written there and is made again")
    forget_files(folder, paths)


def forget_files(folder: str, paths: Iterable[str]) -> None:
    """Forgets files of a job's folder, so that a run of that job makes them again."""
    units: set[str] = set()
    for path in paths:
        dataset, _, name = path.removeprefix(files.join(folder, "")).partition("/")
        stem = parts.unit_of(name)  # without its ending
        if dataset == WORK:
            files.remove_folder(files.join(folder, WORK, name.partition("/")[0]))
        elif dataset == "parts":
            units.add(parts.unit_of_marker(stem))
        elif dataset not in ("manifests", manifests.RECORDS) and parts.is_part(stem):
            units.add(parts.unit_of(stem))
        else:
            _forget_own(folder, path)
    manifests.forget(folder, units)


def _forget_own(folder: str, path: str) -> None:
    """Removes a file that is no part, and the manifest of the set of inputs that it is of."""
    _remove(path)
    for name in manifests.sets(folder):
        if name in path.removeprefix(folder):
            _remove(manifests.manifest_path(folder, name))


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        files.remove(path)
