"""Graphs: the same elements here and by Beam, CPU counted, and a defect that names its unit."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_graph import by_beam, here

from pipeline.document import Batch, Unit
from pipeline.frame.engines import in_process
from pipeline.frame.graph import (
    Branches,
    Combine,
    Each,
    Function,
    Gather,
    Join,
    Map,
    Shuffle,
    Source,
    Transform,
    applied,
    of_chunks,
    of_pieces,
    steps,
)
from pipeline.frame.range_files import range_of
from pipeline.frame.row_groups import Group, Rows

ROW = np.dtype([("key", "<u8"), ("value", "<i8")])
OTHER = np.dtype([("key", "<u8"), ("name", "<u4")])
NUMBERS = st.lists(st.integers(0, 50), max_size=20)
RANGES = 3


@dataclass(frozen=True)
class Times(Each):
    """Every number so many times."""

    count: int

    def start(self) -> Function:
        return lambda number: [number] * self.count


def rows_of(number: int) -> Rows:
    """As many rows as the number says, of keys that others have too."""
    return np.array([(at % 5, number) for at in range(number)], ROW)


def others_of(number: int) -> Rows:
    """A row of odd numbers, none of even ones."""
    return np.array([(number, number)] * (number % 2), OTHER)


def negative(number: int) -> int:
    return -number


def summed(rows: Rows) -> tuple[int, int]:
    return len(rows), int(rows["value"].sum())


def each_chunk(chunks: Iterable[Rows]) -> Iterator[int]:
    """Reads them twice."""
    count = sum(map(len, chunks))
    for rows in chunks:
        yield from (count + value for value in rows["value"].tolist())


def whole(number: int, group: Group) -> list[tuple[int, Rows]]:
    return [(number, group.whole())]


def whole_groups(number: int, groups: Mapping[str, Group]) -> list[tuple[int, dict[str, Rows]]]:
    return [(number, {name: group.whole() for name, group in groups.items()})]


def merged(rows: Rows) -> Rows:
    """The greatest value of each key."""
    rows = np.sort(rows)
    greatest: Rows = rows[[*(rows["key"][1:] != rows["key"][:-1]), *[True] * min(1, len(rows))]]
    return greatest


def of_join(pair: tuple[int, dict[str, Rows]]) -> list[int]:
    return [len(rows) for rows in pair[1].values()]


def total(values: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(value[0] for value in values), sum(value[1] for value in values)


def encoded(value: object) -> bytes:
    return repr(value).encode()


ROWS, OTHERS = Map(rows_of), Map(others_of)
KEY = ("key",)
SHUFFLED = ROWS | Shuffle(KEY, RANGES, ROW, whole)
SOURCES = {"rows": Source(ROWS, KEY, ROW), "others": Source(Times(2) | OTHERS, KEY, OTHER)}
JOINED = Join(RANGES, SOURCES, whole_groups)
SUMMED = ROWS | Shuffle(KEY, RANGES, ROW, partial(of_pieces, summed))
GRAPHS: dict[str, Transform] = {
    "each": Times(2) | Times(3),
    "map": Times(2) | Map(negative),
    "shuffle": SHUFFLED,
    "pieces": SUMMED,
    "chunks": ROWS | Shuffle(KEY, RANGES, ROW, partial(of_chunks, each_chunk)),
    "combine": Times(2) | ROWS | Combine(KEY, RANGES, ROW, merged),
    "join": JOINED,
    "branches": Times(2) | Branches({"numbers": Map(negative), "rows": SHUFFLED}),
    "branches of a join": JOINED | Branches({"sizes": Map(of_join), "all": Times(2)}),
}


def told(found: list[Any]) -> Counter[str]:
    """Elements in no order; rows are in none either."""
    return Counter(repr(plain(one)) for one in found)


def plain(value: Any) -> Any:
    match value:
        case np.ndarray():
            return [str(value.dtype), *sorted(value.tolist())]
        case tuple():
            return tuple(map(plain, value))
        case dict():
            return {name: plain(one) for name, one in sorted(value.items())}
    return value


@pytest.mark.parametrize("name", GRAPHS)
def test_beam_makes_the_same_of_a_graph(name: str, tmp_path: Path) -> None:
    numbers = [7, 0, 3, 3, 12]
    found = here(GRAPHS[name], *numbers)
    assert len(found) > 1
    assert told(by_beam(GRAPHS[name], *numbers, folder=tmp_path)) == told(found)


def test_beam_gathers_the_same_file(tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in ("here", "beam")]
    graphs = [SUMMED | Gather(path, total, encoded) for path in paths]
    assert here(graphs[0], 7, 3) == [paths[0]]
    (tmp_path / "noted").mkdir()
    assert by_beam(graphs[1], 7, 3, folder=tmp_path / "noted") == [paths[1]]
    assert [Path(path).read_text() for path in paths] == ["(10, 58)"] * 2


@pytest.mark.parametrize("here_too", [True, False])
def test_no_value_is_no_file(tmp_path: Path, here_too: bool) -> None:
    graph = Times(0) | Gather(str(tmp_path / "value"), total, encoded)
    (tmp_path / "noted").mkdir()
    found = here(graph, 1, 2) if here_too else by_beam(graph, 1, 2, folder=tmp_path / "noted")
    assert found == []
    assert not (tmp_path / "value").exists()


@given(NUMBERS)
def test_an_element_becomes_any_number_in_order(numbers: list[int]) -> None:
    assert here(Times(2), *numbers) == [number for number in numbers for _ in range(2)]


def test_a_chain_is_the_same_however_it_is_put_together() -> None:
    one, two, three = Times(1), Times(2), Times(3)
    assert steps((one | two) | three) == steps(one | (two | three)) == (one, two, three)


@given(NUMBERS)
def test_a_join_has_all_rows_of_all_sources_in_their_ranges(numbers: list[int]) -> None:
    found = dict(here(JOINED, *numbers))
    for name, dtype, times, make in (("rows", ROW, 1, rows_of), ("others", OTHER, 2, others_of)):
        groups = {number: each[name] for number, each in found.items()}
        assert all((range_of(rows, ("key",), RANGES) == at).all() for at, rows in groups.items())
        assert {rows.dtype for rows in groups.values()} <= {dtype}
        every = [row for rows in groups.values() for row in rows.tolist()]
        assert Counter(every) == Counter(
            row for number in numbers * times for row in make(number).tolist()
        )


@given(NUMBERS)
def test_every_branch_has_all_elements(numbers: list[int]) -> None:
    found = here(Branches({"one": Times(1), "two": Map(negative)}), *numbers)
    assert found == [*numbers, *map(negative, numbers)]


def test_nothing_is_made_before_it_is_asked_for() -> None:
    asked: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(9):
            asked.append(number)
            yield number

    made = in_process.over(Times(1) | Times(2), numbers(), lambda *_: None)
    assert [next(made), next(made), next(made)] == [0, 0, 1]
    assert asked == [0, 1]


def test_what_is_no_transform_is_refused() -> None:
    with pytest.raises(TypeError, match="no transform"):
        here(Transform(), 1)


def burnt(element: Any, milliseconds: int = 20) -> Iterator[Any]:
    """Two elements, with so much work before each."""
    for _ in range(2):
        end = time.thread_time() + milliseconds / 1e3
        while time.thread_time() < end:
            pass
        yield element


def test_cpu_is_counted_element_by_element() -> None:
    counts: list[tuple[str, int]] = []
    list(applied(burnt, 1, "Burn", lambda *count: counts.append(count)))
    assert {label for label, _ in counts} == {"Burn"}
    assert sum(microseconds >= 20_000 for _, microseconds in counts) == 2


def test_cpu_of_those_who_take_what_was_made_is_not_counted() -> None:
    counts: list[int] = []
    for _ in applied(lambda one: [one, one], 1, "Make", lambda _, count: counts.append(count)):
        list(burnt(1))
    assert sum(counts) < 20_000


UNIT = Unit("one", ("one.warc", "two.warc"))


def broken(_: Any) -> Iterable[Any]:
    raise ZeroDivisionError("a defect")


def broken_late(element: Any) -> Iterator[Any]:
    yield element
    raise ZeroDivisionError("a defect")


@pytest.mark.parametrize("function", [broken, broken_late])
@pytest.mark.parametrize(
    ("element", "notes"),
    [
        (UNIT, ["while working on unit one (one.warc)"]),
        (Unit("range", ()), ["while working on unit range (no file)"]),
        (Batch(UNIT, 0, True, ()), ["while working on unit one (one.warc)"]),
        (7, []),
    ],
)
def test_a_defect_names_the_unit_that_was_worked_on(
    function: Function, element: Any, notes: list[str]
) -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        list(applied(function, element, "Break", lambda *_: None))
    assert getattr(raised.value, "__notes__", []) == notes
