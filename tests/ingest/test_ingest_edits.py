"""A file that is edited without a change of size is read again, one that is touched is not."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from support_inputs import CONFIG, KINDS, STEP, edit, source_at, touch, write_input
from support_server import Tells, serving
from support_stores import bucket

from pipeline.document import Unit
from pipeline.ingest.sources import digest_now, read_unit
from pipeline.jobs import extract
from pipeline.recipe import Recipe, Source

JOB = "extract-1"


pytestmark = pytest.mark.usefixtures("small_ranges")


class Runs:
    """Runs over sources into one folder, as far as planning and reading go."""

    def __init__(self, out: Path, *sources: Source, job: str = JOB) -> None:
        self.recipe = Recipe(sources=sources, extract=CONFIG)
        self.out, self.job = str(out), job
        self.recorded: dict[str, str] = {}
        self.hashed: list[str] = []  # units whose bytes were hashed again
        self.sentences: list[str] = []

    def planned(self) -> tuple[list[Unit], list[int]]:
        """The units, and the numbers of those that have been edited."""
        plan = extract.archive_plan(self.recipe, self.out)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pipeline.jobs.extract.digest_now", self.digest_now)
            edited = plan.edited(self.job, self.told)
        self.sentences = plan.notes
        plan.keep()
        return plan.units, [i for i, unit in enumerate(plan.units) if unit.name in edited]

    def told(self, name: str) -> str:
        return self.recorded.get(name, "")

    def digest_now(self, unit: Unit, source: Source, addresses: Mapping[str, str]) -> str:
        self.hashed.append(unit.name)
        return digest_now(unit, source, addresses)

    def read(self) -> list[int]:
        """Reads what is not recorded, or edited; gives the numbers of the edited units."""
        units, edited = self.planned()
        sources = {source.name: source for source in self.recipe.sources}
        for i, unit in enumerate(units):
            if i in edited or unit.name not in self.recorded:
                *_, last = read_unit(unit, sources[unit.source], self.recipe.extract)
                self.recorded[unit.name] = last.read
        return edited


def runs_at(out: Path, place: Path | str, *kinds: str) -> Runs:
    """Runs that have read their input once."""
    runs = Runs(out, *source_at(place, *kinds))
    assert runs.read() == []
    assert runs.hashed == []
    return runs


@pytest.mark.parametrize("kind", ["archive", "wacz", "lines", "dump"])
def test_edit_in_the_middle_is_seen_in_the_unit_that_holds_it(kind: str, tmp_path: Path) -> None:
    path = write_input(tmp_path, kind)
    runs = runs_at(tmp_path, tmp_path, kind)
    units = len(runs.recorded)
    middle = path.stat().st_size // 2
    edit(path, middle)
    assert runs.read() == [middle // STEP if units > 1 else 0]
    assert len(runs.hashed) == units
    assert runs.read() == []
    assert len(runs.hashed) == units


@pytest.mark.parametrize("kind", ["texts", "index"])
def test_edit_of_a_table_is_seen_in_the_unit_that_holds_its_row(kind: str, tmp_path: Path) -> None:
    path = write_input(tmp_path, kind)
    runs = runs_at(tmp_path, tmp_path, kind)
    row = {"texts": b"Sack 233. ", "index": b"http://example.org/233/"}[kind]
    edit(path, path.read_bytes().index(row) + len(row) - 2)
    assert runs.read() == [{"texts": 0, "index": 2}[kind]]
    assert runs.read() == []


@pytest.mark.parametrize("kind", KINDS)
def test_touch_costs_a_reading_and_gives_no_unit(kind: str, tmp_path: Path) -> None:
    path = write_input(tmp_path, kind)
    runs = runs_at(tmp_path, tmp_path, kind)
    touch(path)
    assert runs.read() == []
    assert len(runs.hashed) == len(runs.recorded)
    assert runs.read() == []
    assert len(runs.hashed) == len(runs.recorded)


def test_file_that_was_young_when_it_was_planned_is_looked_into_once(tmp_path: Path) -> None:
    path = write_input(tmp_path, "archive")
    now = time.time()
    os.utime(path, (now, now))
    runs = runs_at(tmp_path, tmp_path, "archive")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, (now, now))
    assert runs.read() == [2]


def test_unit_that_has_not_been_read_is_not_hashed(tmp_path: Path) -> None:
    path = write_input(tmp_path, "archive")
    runs = runs_at(tmp_path, tmp_path, "archive")
    unread = sorted(runs.recorded)[2]
    del runs.recorded[unread]
    edit(path, path.stat().st_size // 2)
    assert runs.planned()[1] == []
    assert len(runs.hashed) == 4


def test_every_folder_of_a_job_is_held_against_the_file_once(tmp_path: Path) -> None:
    path = write_input(tmp_path, "archive")
    first = runs_at(tmp_path, tmp_path, "archive")
    edit(path, path.stat().st_size // 2)
    second = Runs(tmp_path, *first.recipe.sources, job="extract-2")
    assert second.read() == []
    assert second.hashed == []
    assert first.read() == [2]
    assert first.read() == second.read() == []
    assert len(first.hashed) == 5


def test_moved_file_is_held_against_what_was_read_at_its_old_place(tmp_path: Path) -> None:
    path = write_input(tmp_path, "archive")
    first = runs_at(tmp_path, tmp_path, "archive")
    edit(path, path.stat().st_size // 2, later=0)
    (tmp_path / "other").mkdir()
    path.parent.rename(tmp_path / "other/archive")
    moved = Runs(tmp_path, *source_at(tmp_path / "other", "archive"))
    moved.recorded = first.recorded
    assert moved.read() == [2]


def test_plans_that_were_not_saved_are_asked_for_again(tmp_path: Path) -> None:
    path = write_input(tmp_path, "archive")
    runs = runs_at(tmp_path, tmp_path, "archive")
    kept = (tmp_path / "input-plans-3.jsonl").read_bytes()
    edit(path, path.stat().st_size // 2)
    assert runs.planned()[1] == [2]
    (tmp_path / "input-plans-3.jsonl").write_bytes(kept)
    assert runs.planned()[1] == [2]


TOLD: list[tuple[Tells, ...]] = [("etag",), ("modified",), ("etag", "modified")]


@pytest.mark.parametrize("tells", TOLD)
def test_edit_on_a_server_is_seen_by_what_the_server_tells(
    tells: tuple[Tells, ...], tmp_path: Path
) -> None:
    path = write_input(tmp_path, "archive")
    with serving(tmp_path, tells=tells) as server:
        runs = runs_at(tmp_path, server.url, "archive")
        edit(path, path.stat().st_size // 2)
        assert runs.read() == [2]
        touch(path, 99)
        assert runs.read() == runs.read() == []
    assert len(runs.hashed) == (10 if "modified" in tells else 5)
    assert runs.sentences == []


def test_edit_on_a_server_within_a_second_is_seen(tmp_path: Path) -> None:
    path = write_input(tmp_path, "archive")
    now = int(time.time())
    os.utime(path, (now, now))
    with serving(tmp_path, tells=("modified",)) as server:
        runs = runs_at(tmp_path, server.url, "archive")
        edit(path, path.stat().st_size // 2)
        os.utime(path, (now, now))
        assert runs.read() == [2]


def test_silent_server_costs_no_reading_but_a_sentence(tmp_path: Path) -> None:
    path = write_input(tmp_path, "archive")
    with serving(tmp_path) as server:
        runs = runs_at(tmp_path, server.url, "archive")
        edit(path, path.stat().st_size // 2)
        assert runs.read() == []
    assert runs.hashed == []
    assert len(runs.sentences) == 1


@pytest.mark.parametrize("pattern", ["s3://crawl/archive/*.gz", "s3://crawl/archive/a.warc.gz"])
def test_edit_in_a_store_is_seen(
    pattern: str, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = bucket(store, monkeypatch)
    path = write_input(tmp_path, "archive")

    def put() -> None:
        client.put_object(Bucket="crawl", Key="archive/a.warc.gz", Body=path.read_bytes())

    put()
    runs = Runs(tmp_path, Source(name="archive", paths=(pattern,)))
    assert runs.read() == runs.read() == []
    edit(path, path.stat().st_size // 2)
    put()
    assert runs.read() == [2]
    assert runs.read() == []
    assert len(runs.hashed) == 5
