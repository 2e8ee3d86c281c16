"""Files of a job that are no parts, a model, a tokenizer, a plan: recorded once they are whole.

The record names each file of a set of inputs with its checksum, so that a run after this one takes
what is still what it was, and makes the rest again.
"""

import json
from collections.abc import Iterator, Mapping

from pipeline import files
from pipeline.document import Checked
from pipeline.errors import DamageError
from pipeline.frame.manifests import Manifest, record_path


def recorded(folder: str, name: str) -> dict[str, str]:
    """Checksums by the path from the job's folder on; none where there is no record.

    Raises DamageError for a record that has changed.
    """
    path = record_path(folder, name)
    try:
        found: dict[str, str] = files.read_sealed(path)["files"]
    except FileNotFoundError:
        found = {}
    return found


def own_files(manifest: Manifest) -> Iterator[Checked]:
    """The files of a finished job that are no parts. Raises DamageError where their record is not
    the one that was there when it was finished.
    """
    if manifest.own:
        record = Checked(record_path(manifest.folder, manifest.name), manifest.own)
        yield from _checked(manifest.folder, json.loads(files.read_checked(record))["files"])


def kept_files(folder: str, name: str) -> Iterator[Checked]:
    """The files that are recorded of a set of inputs."""
    return _checked(folder, recorded(folder, name))


def _checked(folder: str, checksums: Mapping[str, str]) -> Iterator[Checked]:
    for path, checksum in sorted(checksums.items()):
        yield Checked(files.join(folder, path), checksum)


def keep(folder: str, name: str, paths: list[str], *, durable: bool = False) -> None:
    """Records files of a job's folder as they are now, and on the disk if they are `durable`."""
    for path in paths if durable else ():
        files.sync(path)
    new = {path.removeprefix(f"{folder}/"): files.checksum(path) for path in paths}
    value = {"files": _known(folder, name) | new}
    files.write_sealed(record_path(folder, name), value, durable=durable)


def is_kept(folder: str, name: str, path: str) -> bool:
    """Whether a file, or all of a folder that were recorded, are still what they were."""
    start = f"{path.removeprefix(f'{folder}/')}/"
    found = [
        Checked(files.join(folder, one), checksum)
        for one, checksum in _known(folder, name).items()
        if f"{one}/".startswith(start)
    ]
    return bool(found) and all(map(files.is_whole, found))


def _known(folder: str, name: str) -> dict[str, str]:
    """What a record says; a damaged one says nothing, so that all is made again."""
    try:
        return recorded(folder, name)
    except DamageError:
        return {}
