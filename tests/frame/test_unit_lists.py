"""Lists of units: one order and number each, dealt evenly, and read back slice by slice."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.arrow import Made
from pipeline.document import Unit
from pipeline.frame import parts, unit_lists
from pipeline.frame.unit_lists import (
    UnitList,
    dealt,
    read_slice,
    slices,
    unit_list,
    units_table,
    write_units,
)

WEIGHTS = st.lists(st.integers(0, 10_000), max_size=40)
UNITS = st.lists(
    st.builds(
        Unit,
        name=st.text(max_size=5),
        paths=st.lists(st.text(max_size=5), max_size=3).map(tuple),
        bytes=st.integers(0, 2**50),
        start=st.integers(0, 2**50),
        stop=st.none() | st.integers(0, 2**50),
        source=st.text(max_size=3),
    ),
    max_size=6,
)


def named(*names: str) -> UnitList:
    return unit_list(Unit(name, (), bytes=len(name)) for name in names)


def names_of(units: UnitList) -> list[str]:
    return [unit.name for unit in units]


@settings(deadline=None)
@given(UNITS, st.randoms(use_true_random=False))
def test_units_are_listed_alike_in_any_order(units: list[Unit], chance: object) -> None:
    by_name = list({unit.name: unit for unit in units}.values())
    shuffled = list(by_name)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert unit_list(shuffled) == unit_list(by_name)


@settings(deadline=None)
@given(UNITS)
def test_listed_units_are_what_they_were_and_numbered_by_name(units: list[Unit]) -> None:
    expected = sorted(units, key=lambda unit: unit.name)
    assert list(unit_list(units)) == [replace(unit, number=at) for at, unit in enumerate(expected)]


def test_units_that_are_added_are_numbered_after_the_others() -> None:
    both = named("c", "b") + named("d", "a")
    assert [(unit.name, unit.number) for unit in both] == [("b", 0), ("c", 1), ("a", 2), ("d", 3)]


def test_units_without_names_that_are_given_keep_their_numbers() -> None:
    left = named("a", "b", "c").without({"b", "none"})
    assert [(unit.name, unit.number) for unit in left] == [("a", 0), ("c", 2)]


def test_a_list_weighs_what_all_its_units_read() -> None:
    assert named("a", "bb", "ccc").bytes == 6


def test_no_units_weigh_nothing() -> None:
    assert (len(unit_list([])), unit_list([]).bytes, list(unit_list([]))) == (0, 0, [])


def test_columns_that_are_not_named_are_empty() -> None:
    (unit,) = units_table({"name": ["a"], "paths": [("one", "two")]})
    assert unit == Unit("a", ("one", "two"))


@given(WEIGHTS, st.integers(1, 9))
def test_every_unit_is_dealt_once(weights: list[int], workers: int) -> None:
    places = dealt(np.array(weights, np.int64), workers).tolist()
    assert sorted(places) == [*range(len(weights))]


@given(WEIGHTS, st.integers(1, 9))
def test_dealt_loads_differ_by_no_more_than_the_heaviest_unit(
    weights: list[int], workers: int
) -> None:
    places = dealt(np.array(weights, np.int64), workers).tolist()
    loads = [sum(weights[at] for at in places[worker::workers]) for worker in range(workers)]
    assert max(loads) - min(loads) <= max(weights, default=0)


def written(folder: Path, units: UnitList, workers: int = 1) -> str:
    path = str(folder / "units.jsonl")
    write_units(path, units, workers)
    return path


def by_slice(path: str, folder: str = "") -> list[list[Unit]]:
    return [list(read_slice(path, some, folder)) for some in slices(path)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(UNITS, st.integers(1, 3), st.sampled_from([3, 10_000]), st.sampled_from([8, 500, 65_536]))
def test_slices_hold_every_unit_once_as_it_was(
    tmp_path: Path, units: list[Unit], workers: int, most: int, short: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unit_lists, "SLICES", most)
        patch.setattr(unit_lists, "SHORT_BYTES", short)
        found = by_slice(written(tmp_path, unit_list(units), workers))
    every = sorted((unit for one in found for unit in one), key=lambda unit: unit.number)
    assert every == list(unit_list(units))
    assert len(found) == min(most, len(units))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(WEIGHTS.filter(bool), st.integers(1, 9))
def test_loads_of_slices_differ_by_no_more_than_the_heaviest_unit(
    tmp_path: Path, weights: list[int], most: int
) -> None:
    units = unit_list(Unit(f"{at:02}", (), bytes=size) for at, size in enumerate(weights))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unit_lists, "SLICES", most)
        loads = [sum(unit.bytes for unit in one) for one in by_slice(written(tmp_path, units))]
    assert max(loads) - min(loads) <= max(weights)


def test_units_that_left_all_their_parts_are_left_out_of_a_slice(tmp_path: Path) -> None:
    path, folder = written(tmp_path, named("a", "b", "c")), str(tmp_path / "job")
    parts.commit(folder, Made("b.000", {}, kept=0))
    parts.commit(folder, Made("c.000", {}, kept=0, last=False))
    assert sorted(unit.name for one in by_slice(path, folder) for unit in one) == ["a", "c"]
