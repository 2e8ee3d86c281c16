"""Joins of tables by id: where a row stands never matters."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import files
from pipeline.arrow import beside, documents, documents_table, joined, without
from pipeline.document import Document

Join = Callable[[pa.Table, pa.Table], pa.Table]

IDS = st.lists(st.sampled_from("abcdefgh"), unique=True)
MANY = st.lists(st.sampled_from("abcdefgh"))  # a record may have come twice
CUTS = st.lists(st.integers(0, 8), max_size=3)
LEFT = pa.table({"id": ["c", "a", "b"], "text": ["C", "A", None]})
RIGHT = pa.table({"id": ["b", "x", "c"], "score": [0.5, 9.0, None], "hits": [1, 2, 3]})


def left(ids: list[str]) -> pa.Table:
    texts = pa.array([name.upper() for name in ids], pa.string())
    return pa.table({"id": pa.array(ids, pa.string()), "text": texts})


def right(ids: list[str]) -> pa.Table:
    scores = pa.array([ord(name) for name in ids], pa.int64())
    return pa.table({"id": pa.array(ids, pa.string()), "score": scores})


def chunked(table: pa.Table, cuts: list[int]) -> pa.Table:
    """The same rows in chunks, some of them empty."""
    edges = [0, *sorted(min(cut, len(table)) for cut in cuts), len(table)]
    pieces = [table.slice(a, b - a) for a, b in pairwise(edges)]
    return pa.concat_tables(pieces)


def without_chunks(table: pa.Table) -> pa.Table:
    """A table of no rows whose columns hold not even one empty chunk."""
    return pa.table([pa.chunked_array([], field.type) for field in table.schema], table.schema)


def test_without_leaves_the_rows_that_are_not_gone() -> None:
    assert without(LEFT, RIGHT).to_pylist() == [{"id": "a", "text": "A"}]


def test_joined_has_the_rows_that_both_know_with_the_columns_of_both() -> None:
    assert joined(LEFT, RIGHT).to_pylist() == [
        {"id": "c", "text": "C", "score": None, "hits": 3},
        {"id": "b", "text": None, "score": 0.5, "hits": 1},
    ]


def test_beside_keeps_every_row_and_puts_null_where_the_other_lacks_it() -> None:
    assert beside(LEFT, RIGHT).to_pylist() == [
        {"id": "c", "text": "C", "score": None, "hits": 3},
        {"id": "a", "text": "A", "score": None, "hits": None},
        {"id": "b", "text": None, "score": 0.5, "hits": 1},
    ]


@given(ids=MANY, others=IDS)
def test_joins_say_what_a_dictionary_says(ids: list[str], others: list[str]) -> None:
    known = {name: ord(name) for name in others}
    assert without(left(ids), right(others)) == left([name for name in ids if name not in known])
    assert beside(left(ids), right(others))["score"].to_pylist() == [known.get(n) for n in ids]
    both = joined(left(ids), right(others))
    assert both.drop_columns(["score"]) == left([name for name in ids if name in known])
    assert both["score"].to_pylist() == [known[name] for name in ids if name in known]


@pytest.mark.parametrize("join", [without, joined, beside])
@given(ids=MANY, others=IDS, order=st.randoms(use_true_random=False))
def test_the_order_of_the_right_side_never_matters(
    join: Join, ids: list[str], others: list[str], order: Any
) -> None:
    shuffled = order.sample(others, len(others))
    assert join(left(ids), right(shuffled)) == join(left(ids), right(others))


@pytest.mark.parametrize("join", [without, joined, beside])
@given(ids=MANY, others=IDS, order=st.randoms(use_true_random=False))
def test_rows_in_another_order_on_the_left_give_the_same_in_that_order(
    join: Join, ids: list[str], others: list[str], order: Any
) -> None:
    shuffled = order.sample(ids, len(ids))
    rows = {row["id"]: row for row in join(left(ids), right(others)).to_pylist()}
    assert join(left(shuffled), right(others)).to_pylist() == [
        rows[name] for name in shuffled if name in rows
    ]


@pytest.mark.parametrize("join", [without, joined, beside])
@given(ids=MANY, others=IDS, cuts=CUTS, other_cuts=CUTS)
def test_chunks_change_nothing(
    join: Join, ids: list[str], others: list[str], cuts: list[int], other_cuts: list[int]
) -> None:
    pieces = chunked(left(ids), cuts), chunked(right(others), other_cuts)
    assert join(*pieces) == join(left(ids), right(others))


@pytest.mark.parametrize("join", [without, joined, beside])
@pytest.mark.parametrize(("ids", "others"), [("", "ab"), ("ab", ""), ("", "")])
def test_a_side_without_a_chunk_is_a_side_without_rows(join: Join, ids: str, others: str) -> None:
    sides = left([*ids]), right([*others])
    bare = [side if len(side) else without_chunks(side) for side in sides]
    assert join(*bare) == join(*sides)


@pytest.mark.parametrize("join", [joined, beside])
@pytest.mark.parametrize("rows", [0, 3])
def test_columns_of_the_left_come_first_and_keep_their_types(join: Join, rows: int) -> None:
    fields = [*LEFT.schema, *[*RIGHT.schema][1:]]
    assert join(LEFT.slice(0, rows), RIGHT.slice(0, rows)).schema == pa.schema(fields)


def test_what_may_not_be_null_still_may_not_where_both_know_the_row() -> None:
    strict = pa.schema([field.with_nullable(False) for field in RIGHT.schema])
    rows = RIGHT.slice(0, 2).cast(strict)
    assert [*joined(LEFT, rows).schema][2:] == [*strict][1:]


def test_what_is_missing_may_be_null_whatever_the_other_side_allows(tmp_path: Path) -> None:
    strict = right(["a"]).cast(
        pa.schema([field.with_nullable(False) for field in right([]).schema])
    )
    path = str(tmp_path / "both.parquet")
    files.write_table(path, beside(left(["a", "b"]), strict))
    assert files.read_table(path)["score"].to_pylist() == [97, None]


def test_documents_of_an_older_table_have_what_can_be_left_out() -> None:
    document = Document("a" * 32, "http://mill.example/", "test", "Rye.", page_share=0.5)
    table = documents_table([document])
    assert documents(table) == [document]
    (older,) = documents(table.drop_columns(["page_share", "link_share", "redacted_email"]))
    assert (older.id, older.page_share, older.link_share) == (document.id, 1.0, 0.0)
    with pytest.raises(KeyError):
        documents(table.drop_columns(["text"]))
