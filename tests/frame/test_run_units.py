"""A job at work: units made once, parts that are missing made again, and nothing that vanishes."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest
from support_manifests import manifest_of

from pipeline import files
from pipeline.arrow import Made
from pipeline.document import Unit
from pipeline.errors import CheckError
from pipeline.frame import parts
from pipeline.frame.engines import engine
from pipeline.frame.engines.engine import Engine
from pipeline.frame.job_run import Job, JobRun
from pipeline.frame.manifests import Manifest
from pipeline.frame.part_tables import Done
from pipeline.frame.progress import Progress
from pipeline.frame.run import Run
from pipeline.frame.transforms import CommitParts, MapUnits
from pipeline.frame.unit_lists import UnitList, unit_list, write_units
from pipeline.recipe import Recipe, Source

RECIPE = Recipe(sources=(Source(name="crawl", paths=("one.warc",)),))
UNITS = [Unit(name, (f"{name}.warc",), bytes=1) for name in ("one", "three", "two")]


ONCE = Counter(unit.name for unit in UNITS)


def noted(unit: Unit, folder: str) -> Iterator[Unit]:
    """Leaves a line for the unit whenever it is begun."""
    with Path(folder, "begun").open("a") as file:
        file.write(f"{unit.name}\n")
    yield unit


def three_parts(unit: Unit, folder: str) -> Iterator[Made]:
    for one in noted(unit, folder):
        for at in range(3):
            yield Made(f"{one.name}.{at:03d}", {}, kept=1, seen={"text": 1}, last=at == 2)


def ground(job: JobRun) -> Done:
    """Three parts of every unit."""
    make = partial(three_parts, folder=str(Path(job.folder).parents[1]))
    return job.run_units(job.planned, MapUnits("grind", make) | CommitParts(job.folder))


def grind(job: JobRun) -> Manifest:
    return job.finish(ground(job))


@dataclass(frozen=True)
class Planned:
    """Units whose files nobody has edited, but those that are named."""

    units: tuple[Unit, ...]
    gone: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)

    def edited(self, folder: str, recorded: Callable[[str], str]) -> set[str]:
        return {unit.name for unit in self.units if recorded(unit.name) in self.gone}

    def keep(self) -> None:
        """Nothing is known that is worth it."""


JOB = Job("grind", lambda _: {}, grind)


def at_work(folder: Path, little: int = 9) -> JobRun:
    motor = Engine(little=little)
    plan = Planned(tuple(UNITS))
    return Run(RECIPE, str(folder / "run"), motor, Progress(quiet=True)).job_run(JOB, plan)


def begun(folder: Path) -> Counter[str]:
    return Counter((folder / "begun").read_text().split())


def test_parts_of_all_units_are_told(tmp_path: Path) -> None:
    done = ground(at_work(tmp_path))
    names = [name for table in done.read() for name in table["name"].to_pylist()]
    assert names == [f"{unit.name}.{at:03d}" for unit in UNITS for at in range(3)]
    assert (done.totals.parts, done.totals.came_in) == (9, 9)


def test_units_that_are_finished_are_not_begun_again(tmp_path: Path) -> None:
    first, second = ground(at_work(tmp_path)), ground(at_work(tmp_path))
    assert begun(tmp_path) == ONCE
    assert first == second


@pytest.mark.parametrize("missing", ["two.000", "two.001"])
def test_a_part_that_has_vanished_is_told_once_and_its_unit_made_again(
    tmp_path: Path, missing: str
) -> None:
    job = at_work(tmp_path)
    ground(job)
    files.remove(parts.marker_path(job.folder, missing))
    with pytest.raises(CheckError, match="grind: unit two left no finished part; run again"):
        ground(at_work(tmp_path))
    assert ground(at_work(tmp_path)).totals.parts == 9
    assert begun(tmp_path) == ONCE + Counter(["two"])


def test_a_unit_that_was_broken_off_is_made_again(tmp_path: Path) -> None:
    job = at_work(tmp_path)
    ground(job)
    files.remove(parts.marker_path(job.folder, "two"))
    assert ground(at_work(tmp_path)).totals.parts == 9
    assert begun(tmp_path) == ONCE + Counter(["two"])


def test_workers_pass_over_units_that_were_finished_since_they_were_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = at_work(tmp_path, little=0)

    def listed(path: str, units: UnitList, workers: int) -> None:
        write_units(path, units, workers)
        parts.commit(job.folder, Made("two.000", {}, kept=1, seen={"text": 1}))

    monkeypatch.setattr(engine, "write_units", listed)
    done = ground(job)
    assert begun(tmp_path) == ONCE - Counter(["two"])
    assert done.totals.parts == 7


def test_units_whose_files_were_edited_are_made_again(tmp_path: Path) -> None:
    grind(at_work(tmp_path))
    job = at_work(tmp_path)
    job.forget_edited(Planned(tuple(UNITS), gone=frozenset([""])))  # no unit has a digest here
    assert not job.is_finished
    assert parts.markers(job.folder) == set()
    grind(job)
    assert begun(tmp_path) == ONCE + ONCE


def test_units_whose_files_were_not_edited_stay(tmp_path: Path) -> None:
    grind(at_work(tmp_path))
    job = at_work(tmp_path)
    job.forget_edited(Planned(tuple(UNITS)))
    assert job.is_finished


def test_a_pipeline_that_came_to_its_end_is_not_run_again(tmp_path: Path) -> None:
    note = MapUnits("note", partial(noted, folder=str(tmp_path)))
    for _ in range(2):
        at_work(tmp_path).once("sample", unit_list(UNITS), note)
    assert begun(tmp_path) == ONCE


def explode(_: Unit) -> Iterator[None]:
    raise ZeroDivisionError


def test_a_pipeline_that_failed_is_run_again(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        at_work(tmp_path).once("sample", unit_list(UNITS), MapUnits("explode", explode))
    note = MapUnits("note", partial(noted, folder=str(tmp_path)))
    at_work(tmp_path).once("sample", unit_list(UNITS), note)
    assert begun(tmp_path) == ONCE


def test_where_nothing_has_come_in_nothing_is_run_before_the_parts(tmp_path: Path) -> None:
    job = at_work(tmp_path)
    job.inputs = {"before": manifest_of(str(tmp_path / "before"), "before", [])}
    note = MapUnits("note", partial(noted, folder=str(tmp_path)))
    job.once("sample", unit_list(UNITS), note)
    assert not (tmp_path / "begun").exists()


def test_a_finished_job_is_told_by_its_manifest_and_leaves_no_work(tmp_path: Path) -> None:
    job = at_work(tmp_path)
    manifest = grind(job)
    again = at_work(tmp_path)
    assert again.is_finished
    assert again.reused() == manifest
    assert list(Path(job.folder).glob("work/*")) == []


def test_documents_that_vanish_between_two_jobs_are_told(tmp_path: Path) -> None:
    job = replace(at_work(tmp_path), before="before")
    folder = str(tmp_path / "before")
    eight = parts.commit(folder, Made("one.000", {}, kept=8, seen={"text": 8}))
    job.inputs = {"before": manifest_of(folder, "before", [eight])}
    with pytest.raises(CheckError, match="9 documents came in where before has kept 8"):
        grind(job)
    assert not job.is_finished
