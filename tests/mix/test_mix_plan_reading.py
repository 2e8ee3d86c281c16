"""What a plan says to people: rows, where it runs dry, what its tokens are worth."""

from math import exp
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.mix.plan_file import Targets, make_plan
from pipeline.mix.plan_reading import PlanRow, component_rows, group_rows, operations, use_of
from pipeline.mix.shares.seen_groups import Group
from pipeline.recipe_types import LongConfig, MixConfig

R_STAR = 15.387756  # of arXiv 2305.16264


def of_group(name: str, tokens: int) -> Group:
    phase, component, _ = name.split("-")
    return Group(phase, component, 0, 1, 10, 4 * tokens, tokens)


SIZES = {"main-books-0": 1_000, "main-news-0": 3_000, "long-news-0": 500}
NATURAL = {"books": 1_000.0, "news": 4_000.0}  # of news 500 left for a budget
ROOM = {name: 4 * tokens for name, tokens in NATURAL.items()}


def plan(mix: MixConfig, sizes: dict[str, int] = SIZES) -> dict[str, Any]:
    targets = Targets(1, mix.by, False, NATURAL, ROOM, {"books": 0.0, "news": 600.0}, ())
    return make_plan({name: of_group(name, tokens) for name, tokens in sizes.items()}, targets, mix)


WEIGHED = MixConfig(
    tokens=5_000, weights={"books": 0.5}, annealing=False, long=LongConfig(share=0.1)
)


def test_rows_of_components_come_by_share_and_tell_what_there_is_and_is_seen() -> None:
    books, news = component_rows(plan(WEIGHED))
    assert (books.name, news.name) == ("books", "news")
    assert (books.documents, books.tokens, news.documents, news.tokens) == (10, 1_000, 20, 3_500)
    assert (books.natural, news.natural) == pytest.approx((0.2, 0.8))
    assert (books.target, news.target) == pytest.approx((0.5, 0.5))
    assert (books.seen, news.seen) == (2_500, 2_500)
    assert (books.share, news.share) == pytest.approx((0.5, 0.5))
    assert (books.copies, news.copies) == pytest.approx((2.5, 2_500 / 3_500))


def test_rows_tell_how_much_long_text_there_is_and_is_seen_in_its_phase() -> None:
    books, news = component_rows(plan(WEIGHED))
    assert (books.long, books.long_seen) == (0, 0)
    assert (news.long, news.long_seen) == (600, 500)


def test_a_component_runs_dry_where_all_its_copies_fill_its_share() -> None:
    books, news = component_rows(plan(WEIGHED))
    assert (books.dry, news.dry) == (4 * 1_000 / 0.5, 4 * 4_000 / 0.5)


def test_a_component_without_a_share_never_runs_dry() -> None:
    rows = component_rows(plan(WEIGHED.model_copy(update={"weights": {"news": 1.0}})))
    assert {row.name: row.dry is None for row in rows} == {"news": False, "books": True}


def test_rows_of_groups_tell_each_by_its_name() -> None:
    rows = group_rows(plan(WEIGHED))
    assert [row.name for row in rows] == sorted(SIZES)
    assert [row.tokens for row in rows] == [SIZES[row.name] for row in rows]
    assert sum(row.share for row in rows) == pytest.approx(1)
    assert sum(row.natural for row in rows) == pytest.approx(1)
    assert {row.target for row in rows} == {None}


def test_rows_of_a_plan_that_sees_all_once_have_one_copy() -> None:
    rows = component_rows(plan(MixConfig(annealing=False, long=LongConfig())))
    assert [row.copies for row in rows] == [1.0, 1.0]


def test_rows_of_an_empty_plan_are_none() -> None:
    empty = plan(MixConfig(), {})
    assert (group_rows(empty), use_of([]).tokens) == ([], 0)
    assert [(row.documents, row.seen) for row in component_rows(empty)] == [(0, 0), (0, 0)]


def row_of(tokens: int, seen: int) -> PlanRow:
    return PlanRow("a", 1, tokens, 1.0, None, seen, 1.0, None)


def test_tokens_that_are_seen_once_are_worth_themselves() -> None:
    use = use_of([row_of(1_000, 1_000), row_of(500, 200)])
    assert (use.tokens, use.unique, use.worth, use.lost) == (1_200, 1_200, 1_200, 0.0)


@given(st.integers(1, 10**9), st.floats(1, 100))
def test_repeats_are_worth_what_the_closed_formula_says(tokens: int, copies: float) -> None:
    seen = round(copies * tokens)
    use = use_of([row_of(tokens, seen)])
    repeats = seen / tokens - 1
    worth = tokens + tokens * R_STAR * (1 - exp(-repeats / R_STAR))
    assert use.worth == pytest.approx(worth, abs=1)
    assert use.unique == tokens
    assert use.lost == pytest.approx(1 - worth / seen, abs=1 / tokens)


def test_four_epochs_are_worth_nearly_as_much_as_fresh_text_and_many_are_not() -> None:
    """As the paper's abstract says."""
    assert use_of([row_of(10**6, 4 * 10**6)]).lost < 0.08
    assert use_of([row_of(10**6, 100 * 10**6)]).worth < 17 * 10**6


def test_repeats_of_one_group_do_not_count_for_another() -> None:
    apart = use_of([row_of(1_000, 4_000), row_of(4_000, 1_000)])
    assert apart.unique == 2_000
    assert apart.worth < 5_000


def test_a_model_is_told_by_the_tokens_that_it_needs() -> None:
    use = use_of([row_of(3_000_000, 3_000_000)])
    assert (use.optimal, use.cheap) == (150_000, 20_000)
    assert operations(use.optimal, use.tokens) == 6 * 150_000 * 3_000_000


def test_a_rehydrated_component_runs_dry_where_its_copies_end() -> None:
    groups = {"main-a-0-x3": Group("main", "a", 0, 3, 10, 4_000, 1_000)}
    mix = MixConfig(rehydrate=True, annealing=False)
    # As a decision has it: all that is seen where no budget says otherwise.
    targets = Targets(1, "domain", False, {"a": 3_000.0}, {"a": 4_000.0}, {"a": 0.0}, ())
    (row,) = component_rows(make_plan(groups, targets, mix))
    assert row.dry == 4_000
