"""Records what the seven jobs make of a small sample, so that no change of rules is forgotten.

Usage: .venv/bin/python tests/jobs/record_outputs.py

`outputs.json` holds for every job its version, a digest of what came in and one of what it wrote;
`test_recorded_outputs.py` holds the jobs against it. Where a job writes something else of the same
input under the same version, nothing is recorded and the exit code is 2: raise `version` in
pipeline/jobs/<job>.py first. The digests hold under the versions of constraints.txt alone.
"""

import logging
import re
import struct
import sys
import tempfile
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent), str(ROOT)]
logging.getLogger().setLevel(logging.ERROR)  # Beam warns at import of optional packages

from jobs.recorded_input import EVERY_RULE, mixed, write_texts  # noqa: E402

from pipeline import files  # noqa: E402
from pipeline.document import digest  # noqa: E402
from pipeline.errors import UsageError  # noqa: E402
from pipeline.frame.engines.engine import quiet  # noqa: E402
from pipeline.frame.manifests import FORMAT, Manifest  # noqa: E402
from pipeline.frame.run import Settings, run_jobs  # noqa: E402
from pipeline.jobs import JOBS  # noqa: E402
from pipeline.recipe_file import load_recipe  # noqa: E402
from pipeline.sample import write_sample  # noqa: E402

RECORD = HERE / "outputs.json"
COMMAND = ".venv/bin/python tests/jobs/record_outputs.py"
PAGES, SITES = 200, 40  # about the least that hold all planted cases
_MEMBER = re.compile(rb"(?=\x1f\x8b\x08\0{5})")  # before a gzip member as zlib begins it
_BLOCK = 0xFFFF  # most bytes of a stored block
_DAMAGE = bytes(range(0x1F)) * 10  # no member seems to begin here
_PACKED = re.compile(rb"\r\nContent-Encoding: gzip|IDAT")  # bodies that hold what zlib has made


@dataclass(frozen=True)
class Output:
    """A job's version, and digests of what came in and of what it wrote."""

    version: int
    came_in: str
    wrote: str


def is_forgotten(recorded: Output, found: Output) -> bool:
    """Whether a job writes something else of the same input and nobody has raised its version."""
    return (
        found.wrote != recorded.wrote
        and found.came_in == recorded.came_in
        and found.version <= recorded.version
    )


def complaint(job: str, recorded: Output | None, found: Output) -> str | None:
    """What is wrong with the record of a job and how to mend it; None where it holds."""
    if recorded == found:
        return None
    if recorded and is_forgotten(recorded, found):
        return (
            f"the rules of {job} have changed: it writes something else of the same input. Raise "
            f"`version` in pipeline/jobs/{job}.py, add a line to CHANGELOG.md, then record anew: "
            f"{COMMAND}"
        )
    return f"{job} has another version or other input than is recorded; record anew: {COMMAND}"


def other_versions() -> list[str]:
    """What gristmill depends on and is installed in another version than constraints.txt says."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    constraints = (ROOT / "constraints.txt").read_text("utf-8")
    pinned = {_plain(name): at for name, at in re.findall(r"(?m)^([\w.-]+)==(\S+)$", constraints)}
    names = (re.split(r"[^\w.-]", entry, maxsplit=1)[0] for entry in project["dependencies"])
    found = [(name, _installed(name), pinned.get(_plain(name), "")) for name in names]
    return [f"{name} is {own}, not {pin}" for name, own, pin in found if own and pin and own != pin]


def _plain(name: str) -> str:
    """The name of a distribution as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed(name: str) -> str:
    """The version of a distribution; "" where another Python would need it."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def write_input(folder: Path) -> str:
    """Writes the sample into `folder` and gives the digest of what the jobs read of it.

    Nothing in it is compressed by zlib, whose builds make different bytes of the same text.
    """
    write_sample(str(folder), PAGES, SITES)
    (folder / "truth.jsonl").unlink()  # no job reads it
    write_texts(folder)
    for path in folder.rglob("*.gz"):
        members = _MEMBER.split(path.read_bytes())[1:]
        path.write_bytes(b"".join(map(_uncompressed, members)))
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return digest(*(f"{path.relative_to(folder)} {files.checksum(str(path))}" for path in paths))


def _uncompressed(member: bytes) -> bytes:
    """A gzip member made of stored blocks, the same bytes for all damaged ones; b"" for a packed
    body.
    """
    try:
        text = zlib.decompress(member, 31)
    except zlib.error:
        return _DAMAGE
    return b"" if _PACKED.search(text) else stored(text)


def stored(text: bytes) -> bytes:
    """A gzip member that holds `text` as it is."""
    made = [b"\x1f\x8b\x08" + bytes(6) + b"\xff"]
    for start in range(0, max(1, len(text)), _BLOCK):
        block = text[start : start + _BLOCK]
        is_last = start + _BLOCK >= len(text)
        made += (struct.pack("<BHH", is_last, len(block), len(block) ^ _BLOCK), block)
    return b"".join([*made, struct.pack("<II", zlib.crc32(text), len(text))])


Runs = dict[str, list[Manifest]]  # by job, of each time that it was run


def run_input(folder: Path, out: Path) -> Runs:
    """Runs what is missing of all jobs over the input in `folder`, in this process.

    Two of them run once more: curation by every rule there is, and a mixture of given scores.
    """
    path, quietly = str(folder / "recipe.toml"), Settings(workers=1, quiet=True)
    recipe = load_recipe(path)
    found = {job: [done] for job, done in run_jobs(recipe, JOBS, str(out), quietly)[0].items()}
    strict = replace(quietly, until="curate")
    curated, _ = run_jobs(load_recipe(path, (EVERY_RULE,)), JOBS, str(out), strict)
    found["curate"].append(curated["curate"])
    found["mix"].append(mixed(recipe, out))
    return found


def outputs(came_in: str, runs: Runs) -> dict[str, Output]:
    """What is recorded of every job; `came_in` is the digest of the input."""
    made = {job: digest(*(one.identity for one in manifests)) for job, manifests in runs.items()}
    found = {}
    for job in JOBS:
        # FORMAT is raised where the versions of all jobs would have to be.
        met = digest(str(FORMAT), came_in, *(made[name] for name in job.reads))
        found[job.name] = Output(job.version, met, made[job.name])
    return found


def read_record(path: Path) -> dict[str, Output]:
    """The outputs by job as they are recorded; {} where there is no record."""
    if not path.exists():
        return {}
    return {job: Output(**fields) for job, fields in files.read_json(str(path)).items()}


def write_record(path: Path, found: Mapping[str, Output]) -> None:
    """Records `found` in place of what is there. Raises UsageError for a forgotten version."""
    recorded = read_record(path)
    for job, output in found.items():
        if job in recorded and is_forgotten(recorded[job], output):
            raise UsageError(
                f"nothing is recorded: {job} writes something else of the same input under the "
                f"same version; raise `version` in pipeline/jobs/{job}.py first"
            )
    files.write_json(str(path), {job: asdict(output) for job, output in found.items()})


def found_outputs() -> dict[str, Output]:
    """What all jobs make of the input now. Raises UsageError where no record of it would hold."""
    if others := other_versions():
        raise UsageError(f"install the versions of constraints.txt first: {'; '.join(others)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return outputs(write_input(folder / "input"), run_input(folder / "input", folder / "run"))


def main() -> None:
    quiet()
    try:
        write_record(RECORD, found_outputs())
    except UsageError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
