"""The plan of a file: what was found when it was opened, kept in the output folder for later runs.

A plan is believed as long as the file's stamp is the one that it was made under. Stamps enter no
name and no output. The last line is the checksum of the others: plans that have changed are no
plans.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from pipeline import files
from pipeline.errors import DamageError
from pipeline.files.stamps import Stamp

FILE = "input-plans-3.jsonl"  # its number is raised with any change of a plan's fields or meaning


class InputPlan(NamedTuple):
    """What a file is and how it is cut into units."""

    path: str  # without secrets
    size: int
    change: str  # of the stamp that it was opened under
    mark: str
    format: str  # with the fields that it was looked at for, if a recipe names any
    step: int  # bytes of a range, as the recipe has them
    length: int  # what is cut: bytes, or rows of an index
    piece: int  # how much of it is a unit; 0: the file is one
    held: tuple[str, ...] = ()  # folders of jobs whose records are known to be of this content


class Cut(NamedTuple):
    """A unit of a file."""

    suffix: str  # of its name
    bytes: int
    start: int
    stop: int | None  # None: to the end


def read_plans(path: str) -> list[InputPlan]:
    """The plans that are kept at `path`. Raises DamageError where they are not what was written."""
    lines, _, checksum = files.read_bytes(path).rpartition(b"\n")
    if files.checksum_of(lines + b"\n" * bool(lines)).encode() != checksum:
        raise DamageError.of(path)
    rows = map(json.loads, lines.splitlines())
    return [InputPlan._make((*row[:-1], tuple(row[-1]))) for row in rows]


def cuts(plan: InputPlan) -> Iterator[Cut]:
    """The units of a file, in order."""
    if not plan.piece:
        yield Cut("", plan.size, 0, None)
        return
    for i, start in enumerate(range(0, max(plan.length, 1), plan.piece)):
        here = min(plan.piece, plan.length - start)
        stop = start + here if start + here < plan.length else None
        yield Cut(f".r{i:05d}", plan.size * here // max(plan.length, 1), start, stop)


class InputPlans:
    """The plans of the files of a run, and those that are kept from runs before, by path.

    `addresses` are the real paths of files of this run that hold secrets, by those of their plans.
    """

    def __init__(
        self, path: str = "", kept: Iterable[InputPlan] = (), notes: Sequence[str] = ()
    ) -> None:
        self._path = path
        self._notes = list(notes)
        self._kept = {plan.path: plan for plan in kept}
        self._now: dict[str, InputPlan] = {}
        self.addresses: dict[str, str] = {}

    @classmethod
    def read(cls, out: str) -> Self:
        """The plans that an output folder keeps; none where there are none yet, or damaged ones.

        Raises UsageError where the folder cannot be reached.
        """
        path = files.join(out, FILE)
        if not files.is_there(out, path):
            return cls(path)
        try:
            return cls(path, read_plans(path))
        except DamageError as damage:
            return cls(path, notes=[f"{damage.path} has changed; all inputs are looked at again"])

    def save(self) -> None:
        """Keeps all plans in the folder that they were read from; nothing where there is none."""
        plans = self._kept | self._now
        if self._path and plans != self._kept:
            lines = b"".join(json.dumps(plan).encode() + b"\n" for plan in plans.values())
            files.write_bytes_atomic(self._path, lines + files.checksum_of(lines).encode())
            self._kept = plans

    def __getitem__(self, path: str) -> InputPlan:
        """The plan of a file of this run."""
        return self._now[path]

    def has(self, path: str) -> bool:
        """Whether a file has a plan, which need not hold any more."""
        return path in self._now or path in self._kept

    def made(self, path: str, format: str, step: int) -> InputPlan | None:
        """The plan of this run, of a file that is met again."""
        plan = self._now.get(path)
        return plan if plan and (plan.format, plan.step) == (format, step) else None

    def believed(self, path: str, stamp: Stamp, format: str, step: int) -> InputPlan | None:
        """The kept plan of a file, if it is known to hold still."""
        plan = self._kept.get(path)
        holds = plan and (plan.format, plan.step) == (format, step)
        return plan if plan and holds and stamp.proves(plan.size, plan.change) else None

    def add(self, plan: InputPlan) -> None:
        """Takes the plan of a file into this run."""
        before = self._now.get(plan.path) or self._kept.get(plan.path)
        stamp = Stamp(plan.size, plan.change)
        if before and not plan.held and stamp.proves(before.size, before.change):
            plan = plan._replace(held=before.held)  # opened again for another format or step alone
        self._now[plan.path] = plan

    def hold(self, folder: str) -> None:
        """From now on a job's folder is known to be made of what the files of this run hold."""
        for path, plan in self._now.items():
            if folder not in plan.held:
                self._now[path] = plan._replace(held=(*plan.held, folder))

    def notes(self) -> list[str]:
        """Sentences on what was not known, and on what cannot be: the servers that do not tell when
        they have changed a file.
        """
        silent: dict[str, list[str]] = defaultdict(list)
        for plan in self._now.values():
            if not plan.change:
                silent[urlsplit(plan.path).netloc.rpartition("@")[2]].append(plan.path)
        return self._notes + [
            f"{server} tells neither ETag nor Last-Modified: where one of its {len(paths)} files, "
            f"such as {min(paths)}, is edited without a change of its size, no run will see it"
            for server, paths in sorted(silent.items())
        ]
