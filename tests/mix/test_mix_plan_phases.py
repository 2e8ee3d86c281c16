"""Phases of a plan: what is replayed, rehydrated and long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mix.plan_groups import (
    NAMES,
    PLAIN,
    Groups,
    corpora,
    epochs,
    group,
    planned,
    recipes,
)
from pydantic import ValidationError

from pipeline.mix.plan_reading import seen_by_group
from pipeline.recipe_types import AnnealingConfig, LongConfig, MixConfig


@given(corpora(), recipes())
def test_replay_takes_the_best_buckets_of_the_main_phase_first(
    groups: Groups, mix: MixConfig
) -> None:
    plan = planned(groups, mix)
    main, again = epochs(plan, "main"), epochs(plan, "anneal")
    for component in NAMES:
        mine = [n for n, one in groups.items() if (one.component, one.phase) == (component, "main")]
        last_open = False
        for name in sorted(mine, key=lambda name: -groups[name].bucket):
            replayed = again.get(name, 0.0)
            slack = 3 / groups[name].tokens
            assert not last_open or not replayed
            room = min(1.0, mix.max_copies - main.get(name, 0.0), main.get(name, 0.0) + replayed)
            assert replayed <= room + slack
            last_open |= replayed < room - slack


@given(corpora(), recipes())
def test_phases_see_their_own_groups_and_annealing_main_ones_too(
    groups: Groups, mix: MixConfig
) -> None:
    for phase in planned(groups, mix)["phases"]:
        allowed = {phase["name"]} | ({"main"} if phase["name"] == "anneal" else set())
        assert {groups[name].phase for name in phase["weights"]} <= allowed


def test_the_annealing_phase_has_the_share_of_replay_that_is_asked() -> None:
    groups = group("main", "books", 30_000) | group("anneal", "books", 1_400)
    mix = MixConfig(annealing=AnnealingConfig(replay=0.3))
    anneal = planned(groups, mix)["phases"][1]
    assert anneal["weights"] == pytest.approx({"main-books-0": 0.3, "anneal-books-0": 0.7})
    assert anneal["tokens"] == 2_000


def test_rehydrated_groups_are_seen_as_often_as_their_names_say() -> None:
    groups = group("main", "news", 900) | group("main", "news", 300, copies=3)
    plan = planned(groups, PLAIN.model_copy(update={"rehydrate": True}))
    assert epochs(plan, "main") == pytest.approx({"main-news-0": 1, "main-news-0-x3": 3})


@given(st.integers(100, 10_000))
def test_rehydrated_groups_keep_their_proportion_under_a_budget_below_the_cap(tokens: int) -> None:
    groups = group("main", "news", 1_900) | group("main", "news", 300, copies=3)
    mix = PLAIN.model_copy(update={"rehydrate": True, "tokens": tokens})
    found = epochs(planned(groups, mix), "main")
    once, thrice = found["main-news-0"], found["main-news-0-x3"]
    if thrice < 4 - 1e-3:
        assert thrice == pytest.approx(3 * once, rel=0.02)
    else:
        assert 4 / 3 - 0.01 <= once <= 4


def test_long_documents_have_a_phase_of_their_share() -> None:
    groups = group("main", "books", 9_000) | group("long", "books", 1_000)
    mix = PLAIN.model_copy(update={"long": LongConfig(share=0.1), "tokens": 8_000})
    plan = planned(groups, mix)
    assert [(phase["name"], phase["tokens"]) for phase in plan["phases"]] == [
        ("main", 7_200),
        ("long", 800),
    ]
    assert plan["phases"][1]["weights"] == {"long-books-0": 1.0}
    assert plan["components"]["books"]["long"] == 1_000


def test_long_documents_are_seen_no_more_often_than_others() -> None:
    groups = group("main", "books", 9_000) | group("long", "books", 1_000)
    for tokens, seen in ((8_000, 1_000), (20_000, 2_000)):
        mix = PLAIN.model_copy(update={"long": LongConfig(share=0.5), "tokens": tokens})
        plan = planned(groups, mix)
        assert plan["phases"][1]["tokens"] == seen
        assert plan["notes"][0].startswith(f"The long phase was to have {tokens // 2:,} tokens")


@pytest.mark.parametrize(
    ("buckets", "copies", "mix"),
    [
        (12, 1, MixConfig(tokens=10**6)),
        (2, 3, MixConfig(rehydrate=True, annealing=AnnealingConfig(replay=0.7))),
    ],
    ids=["near the cap", "rehydrated"],
)
def test_replay_is_told_as_the_phases_see_it(buckets: int, copies: int, mix: MixConfig) -> None:
    groups = group("anneal", "a", 3_000)
    for bucket in range(buckets):
        groups |= group("main", "a", 1_000, bucket, copies)
    plan = planned(groups, mix)
    phases = sum(sum(seen.values()) for seen in seen_by_group(plan).values())
    assert plan["components"]["a"]["seen"] == pytest.approx(phases, abs=buckets + 3)


def test_a_component_that_has_its_share_before_has_no_weight_in_the_main_phase() -> None:
    groups = group("main", "books", 3_000) | group("main", "news", 1_000)
    plan = planned(groups | group("anneal", "news", 3_000), MixConfig(weights={"news": 0.1}))
    assert plan["phases"][0]["weights"] == {"main-books-0": 1.0}


def test_phases_that_ask_for_more_than_all_tokens_are_refused() -> None:
    with pytest.raises(ValidationError, match="sum to more than 1"):
        MixConfig(annealing=AnnealingConfig(share=0.7), long=LongConfig(share=0.7))
