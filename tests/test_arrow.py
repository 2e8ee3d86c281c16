"""Joins of tables by id: where a row stands never matters."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import files
from pipeline.arrow import beside, joined, without

Join = Callable[[pa.Table, pa.Table], pa.Table]

IDS = st.lists(st.sampled_from("abcdefgh"), unique=True)
LEFT = pa.table({"id": ["c", "a", "b"], "text": ["C", "A", "B"]})
RIGHT = pa.table({"id": ["b", "x", "c"], "score": [0.5, 9.0, None], "hits": [1, 2, 3]})


def left(ids: list[str]) -> pa.Table:
    texts = pa.array([name.upper() for name in ids], pa.string())
    return pa.table({"id": pa.array(ids, pa.string()), "text": texts})


def right(ids: list[str]) -> pa.Table:
    scores = pa.array([ord(name) for name in ids], pa.int64())
    return pa.table({"id": pa.array(ids, pa.string()), "score": scores})


def test_without_leaves_the_rows_that_are_not_gone() -> None:
    assert without(LEFT, RIGHT).to_pylist() == [{"id": "a", "text": "A"}]


def test_joined_has_the_rows_that_both_know_with_the_columns_of_both() -> None:
    assert joined(LEFT, RIGHT).to_pylist() == [
        {"id": "c", "text": "C", "score": None, "hits": 3},
        {"id": "b", "text": "B", "score": 0.5, "hits": 1},
    ]


def test_beside_keeps_every_row_and_puts_null_where_the_other_lacks_it() -> None:
    assert beside(LEFT, RIGHT).to_pylist() == [
        {"id": "c", "text": "C", "score": None, "hits": 3},
        {"id": "a", "text": "A", "score": None, "hits": None},
        {"id": "b", "text": "B", "score": 0.5, "hits": 1},
    ]


@pytest.mark.parametrize("join", [without, joined, beside])
@given(ids=IDS, others=IDS, order=st.randoms(use_true_random=False))
def test_the_order_of_the_right_side_never_matters(
    join: Join, ids: list[str], others: list[str], order: Any
) -> None:
    shuffled = order.sample(others, len(others))
    assert join(left(ids), right(shuffled)) == join(left(ids), right(others))


@pytest.mark.parametrize("join", [without, joined, beside])
@given(ids=IDS, others=IDS, order=st.randoms(use_true_random=False))
def test_rows_stay_in_the_order_of_the_left_side(
    join: Join, ids: list[str], others: list[str], order: Any
) -> None:
    shuffled = order.sample(ids, len(ids))
    found = join(left(shuffled), right(others)).to_pylist()
    assert [row["id"] for row in found] == [
        name for name in shuffled if name in {row["id"] for row in found}
    ]
    assert sorted(found, key=lambda row: str(row["id"])) == sorted(
        join(left(ids), right(others)).to_pylist(), key=lambda row: str(row["id"])
    )


@pytest.mark.parametrize("join", [without, joined, beside])
def test_chunks_change_nothing(join: Join) -> None:
    chunked = [pa.concat_tables([one.slice(0, 1), one.slice(1)]) for one in (LEFT, RIGHT)]
    assert join(*chunked).to_pylist() == join(LEFT, RIGHT).to_pylist()


@pytest.mark.parametrize("join", [joined, beside])
def test_types_stay_where_nothing_is_joined(
    join: Join,
) -> None:
    assert join(left([]), right([])).schema.types == [pa.string(), pa.string(), pa.int64()]


def test_what_is_missing_may_be_null_whatever_the_other_side_allows(tmp_path: Path) -> None:
    strict = right(["a"]).cast(
        pa.schema([field.with_nullable(False) for field in right([]).schema])
    )
    path = str(tmp_path / "both.parquet")
    files.write_table(path, beside(left(["a", "b"]), strict))
    assert files.read_table(path)["score"].to_pylist() == [97, None]
