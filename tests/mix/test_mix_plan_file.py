"""plan.json from groups: weights, caps and what is told of components."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mix.plan_groups import (
    PHASES,
    PLAIN,
    Groups,
    corpora,
    epochs,
    group,
    planned,
    recipes,
    targets,
)

from pipeline.mix.plan_file import groups_in, make_plan, recounted
from pipeline.mix.plan_reading import seen_by_group
from pipeline.recipe_types import AnnealingConfig, MixConfig


@given(corpora(), recipes())
def test_the_weights_of_every_phase_sum_to_1(groups: Groups, mix: MixConfig) -> None:
    for phase in planned(groups, mix)["phases"]:
        assert sum(phase["weights"].values()) == pytest.approx(1)
        assert min(phase["weights"].values()) > 0


@given(corpora(rehydrated=True), recipes(rehydrate=True))
def test_no_group_is_seen_more_often_than_copies_allow(groups: Groups, mix: MixConfig) -> None:
    plan = planned(groups, mix)
    rounding = len(plan["phases"])  # of the tokens of each, which are whole
    for name, often in epochs(plan, *PHASES).items():
        assert often <= mix.max_copies + rounding / groups[name].tokens + 1e-9
    for phase in plan["phases"]:
        assert phase["max_epochs"] == dict.fromkeys(phase["weights"], mix.max_copies)


@given(corpora(), recipes(replay=False))
def test_what_is_told_of_components_is_what_the_phases_see(groups: Groups, mix: MixConfig) -> None:
    plan = planned(groups, mix)
    told = sum(row["seen"] for row in plan["components"].values())
    phases = sum(sum(seen.values()) for seen in seen_by_group(plan).values())
    assert told == pytest.approx(phases, abs=len(plan["components"]) + len(PHASES))


@given(corpora(), st.floats(0.05, 1.0))
def test_a_counted_plan_has_the_shares_and_the_budget_to_a_token(
    groups: Groups, part: float
) -> None:
    components = sorted({one.component for one in groups.values()})
    weights = dict.fromkeys(components, 1 / len(components))
    main = {
        name: sum(one.tokens for one in groups.values() if one.component == name)
        for name in components
    }
    plain = {name: one for name, one in groups.items() if one.phase == "main"}
    exact = recounted(plain, {name: one.tokens + 7 for name, one in plain.items()})
    scarce = min(4 * sum(o.tokens for o in exact.values() if o.component == c) for c in main)
    tokens = max(int(part * scarce * len(components)), 1)
    plan = planned(exact, PLAIN.model_copy(update={"tokens": tokens, "weights": weights}))
    (phase,) = plan["phases"]
    assert phase["tokens"] == tokens
    for name in components:
        seen = sum(w for g, w in phase["weights"].items() if exact[g].component == name)
        assert seen * tokens == pytest.approx(tokens / len(components), abs=1)


def test_all_that_is_there_once_is_a_phase_without_a_number_of_tokens() -> None:
    groups = group("main", "books", 3_000) | group("anneal", "books", 500)
    mix = MixConfig(annealing=AnnealingConfig(replay=0))
    assert [phase["tokens"] for phase in planned(groups, mix)["phases"]] == [None, None]


@pytest.mark.parametrize(
    "mix",
    [
        PLAIN.model_copy(update={"tokens": 4_000}),
        PLAIN.model_copy(update={"weights": {"books": 0.5}}),
        MixConfig(weights={"books": 0.75}, annealing=AnnealingConfig(replay=0.5)),
    ],
    ids=["budget", "weights", "replay"],
)
def test_a_phase_that_sees_a_document_twice_or_by_a_budget_has_a_number_of_tokens(
    mix: MixConfig,
) -> None:
    groups = group("main", "books", 3_000) | group("main", "news", 1_000)
    groups |= group("anneal", "books", 400) if mix.annealing else {}
    plan = planned(groups, mix)
    assert plan["phases"][-1]["tokens"] is not None


def test_a_phase_of_which_a_group_is_not_seen_has_a_number_of_tokens() -> None:
    groups = group("main", "books", 3_000) | group("main", "news", 1_000)
    plan = planned(groups | group("anneal", "news", 3_000), MixConfig(weights={"news": 0.1}))
    assert plan["phases"][0]["weights"]["main-books-0"] == pytest.approx(1.0)
    assert plan["phases"][0]["tokens"] is not None


@pytest.mark.parametrize("by", ["domain", "source", "language"])
def test_rows_name_what_is_mixed_by_and_are_read_back(by: str) -> None:
    groups = group("main", "books", 900) | group("anneal", "books", 90)
    plan = planned(groups, MixConfig.model_validate({"by": by}))
    assert plan["by"] == by
    assert {row[by] for row in plan["groups"].values()} == {"books"}
    assert groups_in(plan) == groups


def test_an_empty_mixture_says_so_behind_what_else_is_told() -> None:
    plan = make_plan({}, targets({}, "domain", "There is no text."), MixConfig())
    assert plan["notes"] == [
        "There is no text.",
        "The mixture is empty: no document is left for it.",
    ]
    assert (plan["phases"], plan["groups"], plan["components"]) == ([], {}, {})


@pytest.mark.parametrize("counted", [False, True])
def test_a_plan_says_whether_its_tokens_are_counted(counted: bool) -> None:
    assert planned(group("main", "books", 900), counted=counted)["counted"] is counted
