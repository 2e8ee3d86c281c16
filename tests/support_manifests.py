"""Parts and manifests of jobs that nobody has run."""

from collections.abc import Sequence
from typing import Any

from pipeline import files
from pipeline.frame.manifests import Manifest, write_manifest
from pipeline.frame.part_tables import Done, done_in, parts_table
from pipeline.frame.parts import Part


def done_of(folder: str, found: Sequence[Part], at_once: int = 1_000) -> Done:
    """The parts of a job as its workers leave them, `at_once` in a table."""
    target = files.join(folder, "work", "parts")
    files.remove_folder(target)
    for at in range(0, len(found), at_once):
        table = parts_table(found[at : at + at_once])
        files.write_table(files.join(target, f"units{at:06d}.parquet"), table)
    return done_in(target)


def manifest_of(folder: str, job: str, found: Sequence[Part], **more: Any) -> Manifest:
    """The written manifest `all` of a job with these parts; `more` is said beside them."""
    said = {"fingerprint": "f" * 16, "inputs": {}, "recipe": {}, **more}
    return write_manifest(folder, "all", done_of(folder, found), job=job, **said)
