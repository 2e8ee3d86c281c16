"""Files that change between planning and the end of their reading: nothing of them is kept."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support_archives import gzipped, pages
from support_inputs import CONFIG, KINDS, LONG_AGO, edit, source_at, touch, write_input

from pipeline.document import Batch, Unit
from pipeline.errors import CheckError
from pipeline.ingest import sources
from pipeline.ingest.sources import plan_units, read_unit
from pipeline.recipe import Source

pytestmark = pytest.mark.usefixtures("small_ranges")


def planned(folder: Path, kind: str) -> tuple[Source, Unit, Path]:
    path = write_input(folder, kind)
    (source,) = source_at(folder, kind)
    return source, plan_units(source, CONFIG, "")[0], path


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-70_000])


def grown(path: Path) -> None:
    path.write_bytes(path.read_bytes() * 2)


def replaced(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes()[::-1])
    os.utime(other, (LONG_AGO, LONG_AGO))
    other.replace(path)


def edited_inside(path: Path) -> None:
    edit(path, 100_000)


CHANGES = [truncated, grown, replaced]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_changed_after_planning_is_not_read(
    kind: str, change: Callable[[Path], None], tmp_path: Path
) -> None:
    source, unit, path = planned(tmp_path, kind)
    change(path)
    with pytest.raises(CheckError, match="run again once it is whole"):
        next(read_unit(unit, source, CONFIG))


@pytest.mark.parametrize("change", [*CHANGES, edited_inside])
@pytest.mark.parametrize("kind", KINDS)
def test_what_changes_while_it_is_read_has_no_last_batch(
    kind: str, change: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, unit, path = planned(tmp_path, kind)
    found: list[Batch] = []
    items = sources._items

    def then_changed(*arguments: object) -> Iterator[object]:
        yield from items(*arguments)  # type: ignore[arg-type]
        change(path)

    monkeypatch.setattr(sources, "_items", then_changed)
    with pytest.raises(CheckError, match="run again once it is whole"):
        found.extend(read_unit(unit, source, CONFIG))
    assert not any(batch.last for batch in found)


@pytest.mark.parametrize("kind", KINDS)
def test_a_touch_while_it_is_read_changes_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, unit, path = planned(tmp_path, kind)
    expected = list(read_unit(unit, source, CONFIG))
    items = sources._items

    def then_touched(*arguments: object) -> Iterator[object]:
        yield from items(*arguments)  # type: ignore[arg-type]
        touch(path)

    monkeypatch.setattr(sources, "_items", then_touched)
    assert list(read_unit(unit, source, CONFIG)) == expected


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    source, unit, path = planned(tmp_path, "lines")
    path.unlink()
    with pytest.raises(Exception, match="does not exist"):
        list(read_unit(unit, source, CONFIG))


def test_a_unit_that_nobody_planned_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzipped(pages(2)))
    (batch,) = read_unit(Unit("u", (str(path),)), Source(name="s", paths=("x",)), CONFIG)
    assert len(batch.records) == 2
