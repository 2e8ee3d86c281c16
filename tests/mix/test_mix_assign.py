"""From columns to phases and groups: gates, budget, annealing, and the same whatever the parts."""

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_columns import part

from pipeline.document import digest
from pipeline.errors import UsageError
from pipeline.mix.assign import Assigned, assign, count_groups
from pipeline.mix.columns import Mixable, chances, mixable
from pipeline.mix.decision import Decision, decide
from pipeline.mix.inventory import merge, summarise
from pipeline.mix.plan_file import groups_of, make_plan, targets_of
from pipeline.mix.token_rates import TokenRates
from pipeline.recipe import ClassifyConfig
from pipeline.recipe_types import AnnealingConfig, MixConfig

DOMAINS = ("books", "forum", "news")
PLAIN = MixConfig(annealing=False)
OFF = ClassifyConfig(gate="off")


def mix(
    columns: Mixable, config: MixConfig, classify: ClassifyConfig, seed: int
) -> tuple[Decision, Assigned]:
    """All three steps for a corpus of one part."""
    decision = decide(merge([summarise(columns)]), TokenRates(), config, classify, seed)
    return decision, assign(columns, decision)


def corpus(size: int, seed: int = 0) -> Mixable:
    """Documents of three domains with scores by domain and lengths from 100 to 1,100."""
    rng = np.random.Generator(np.random.PCG64(seed))
    domain = rng.integers(0, 3, size)
    return mixable(
        [digest(str(seed), str(i)) for i in range(size)],
        [DOMAINS[i] for i in domain],
        np.clip(rng.normal(0.3 + 0.2 * domain, 0.15), 0, 1),
        rng.integers(100, 1_100, size),
        (rng.random(size) < 0.01).astype(np.int64),
        np.zeros(size, dtype=bool),
        np.zeros(size, dtype=bool),
    )


def share_kept(columns: Mixable, assigned: Assigned, domain: int) -> float:
    rows = (columns.component == domain) & (columns.hits == 0)
    kept = rows & (assigned.reason == "")
    return float(columns.characters[kept].sum() / columns.characters[rows].sum())


def test_every_document_has_a_group_or_a_reason_never_both() -> None:
    columns = corpus(2_000)
    _, assigned = mix(columns, MixConfig(tokens=100_000), ClassifyConfig(), 1)
    assert ((assigned.group == "") == (assigned.reason != "")).all()
    assert ((assigned.group == "") == (assigned.phase == "")).all()


def test_benchmark_hits_leave_whatever_their_score() -> None:
    columns = corpus(2_000)
    _, assigned = mix(columns, MixConfig(), ClassifyConfig(), 1)
    assert set(assigned.reason[columns.hits > 0].tolist()) == {"benchmark_hit"}
    assert "benchmark_hit" not in assigned.reason[columns.hits == 0]


@pytest.mark.parametrize("gate", ["curve", "cut", "pareto"])
def test_gate_keeps_its_share_of_every_domain(gate: str) -> None:
    columns = corpus(20_000)
    classify = ClassifyConfig.model_validate({"gate": gate, "keep": 0.6})
    _, assigned = mix(columns, PLAIN, classify, 1)
    for domain in range(3):
        assert share_kept(columns, assigned, domain) == pytest.approx(0.6, abs=0.02)


def test_gate_cut_drops_the_lowest_scores_of_a_domain() -> None:
    columns = corpus(5_000)
    _, assigned = mix(columns, PLAIN, ClassifyConfig(gate="cut", keep=0.5), 1)
    news = columns.component == 2
    worst_kept = columns.score[news & (assigned.reason == "")].min()
    best_dropped = columns.score[news & (assigned.reason == "low_score")].max()
    assert worst_kept >= best_dropped - 0.001


def test_gate_without_any_score_is_off_and_says_so() -> None:
    columns = replace(corpus(500), score=np.full(500, np.nan))
    decision, assigned = mix(columns, MixConfig(), ClassifyConfig(gate="cut"), 1)
    assert "low_score" not in assigned.reason
    assert "The gate is off: no document has a referenced score." in decision.notes


def test_gate_passes_documents_of_declared_domains() -> None:
    columns = corpus(2_000)
    columns = replace(columns, declared=columns.component == 0)
    _, assigned = mix(columns, PLAIN, ClassifyConfig(gate="cut", keep=0.5), 1)
    assert share_kept(columns, assigned, 0) == 1.0
    assert share_kept(columns, assigned, 1) < 0.6


def test_annealing_reserves_its_share_of_the_best_and_main_has_none_of_them() -> None:
    columns = corpus(20_000)
    config = MixConfig(annealing=AnnealingConfig(share=0.1, min_score=0.5, replay=0))
    _, assigned = mix(columns, config, OFF, 1)
    aside = assigned.phase == "anneal"
    clean = columns.hits == 0
    share = columns.characters[aside].sum() / columns.characters[clean].sum()
    assert share == pytest.approx(0.1, abs=0.005)
    assert columns.score[aside].min() >= 0.5
    news = columns.component == 2
    assert columns.score[aside & news].min() >= columns.score[~aside & news & clean].max() - 0.001


def test_annealing_of_named_domains_takes_no_other() -> None:
    columns = corpus(5_000)
    config = MixConfig(annealing=AnnealingConfig(share=0.05, domains=("news",)))
    _, assigned = mix(columns, config, OFF, 1)
    assert set(assigned.group[assigned.phase == "anneal"].tolist()) == {"anneal-news-0"}


def test_weights_become_shares_of_the_plan() -> None:
    columns = corpus(20_000)
    config = MixConfig(
        tokens=1_000_000, weights={"books": 0.6, "forum": 0.2, "news": 0.2}, annealing=False
    )
    plan = planned(columns, config, ClassifyConfig())
    weights = Counter[str]()
    for group, weight in plan["phases"][0]["weights"].items():
        weights[plan["groups"][group]["domain"]] += weight
    assert weights["books"] == pytest.approx(0.6, abs=0.02)
    assert sum(weights.values()) == pytest.approx(1.0)


def test_weights_that_sum_to_1_leave_unnamed_domains_out() -> None:
    columns = corpus(1_000)
    _, assigned = mix(columns, MixConfig(weights={"news": 1.0}), OFF, 1)
    other = (columns.component != 2) & (columns.hits == 0)
    assert set(assigned.reason[other].tolist()) == {"unwanted_domain"}


def test_unnamed_domains_keep_their_proportions_in_what_weights_leave() -> None:
    columns = corpus(20_000)
    natural = Counter[int]()
    for domain, size, hits in zip(columns.component, columns.characters, columns.hits, strict=True):
        natural[int(domain)] += 0 if hits else int(size)
    config = MixConfig(weights={"books": 0.2}, annealing=False)
    decision, assigned = mix(columns, config, OFF, 1)
    plan = plan_of(columns, config, decision, assigned)
    (phase,) = plan["phases"]
    found = {plan["groups"][group]["domain"]: w for group, w in phase["weights"].items()}
    assert found["books"] == pytest.approx(0.2)
    assert found["forum"] / found["news"] == pytest.approx(natural[1] / natural[2], rel=1e-3)
    assert set(assigned.reason[columns.hits == 0].tolist()) == {""}
    groups = plan["groups"]
    # A third of the text: so the others are seen more often.
    assert phase["tokens"] == pytest.approx(groups["main-books-0"]["tokens"] / 0.2, abs=1)


def test_a_weight_of_zero_takes_a_domain_out_and_changes_no_other() -> None:
    columns = corpus(2_000)
    config = MixConfig(weights={"news": 0.0}, annealing=False)
    decision, assigned = mix(columns, config, OFF, 1)
    news = (columns.component == 2) & (columns.hits == 0)
    assert set(assigned.reason[news].tolist()) == {"unwanted_domain"}
    assert "unwanted_domain" not in assigned.reason[~news]
    (phase,) = plan_of(columns, config, decision, assigned)["phases"]
    assert phase["tokens"] is None  # all that is there, once


def test_weights_without_a_budget_are_those_of_what_is_not_reserved() -> None:
    columns = corpus(20_000)
    config = MixConfig(weights={"books": 0.3})
    decision, assigned = mix(columns, config, OFF, 1)
    assert (assigned.phase == "anneal").any()
    phase = plan_of(columns, config, decision, assigned)["phases"][0]
    found = sum(weight for group, weight in phase["weights"].items() if "books" in group)
    assert found == pytest.approx(0.3, abs=0.01)
    assert not {"over_budget", "low_score"} & set(assigned.reason.tolist())


def test_an_empty_corpus_has_an_empty_plan_whatever_the_weights() -> None:
    decision, _ = mix(corpus(0), MixConfig(weights={"books": 0.2, "forum": 0.0}), OFF, 1)
    assert decision.names == ()


def test_weights_beyond_all_copies_are_reached_with_a_part_of_the_others() -> None:
    columns = corpus(2_000)
    config = MixConfig(weights={"books": 0.9}, annealing=False)
    decision, assigned = mix(columns, config, OFF, 1)
    assert "over_budget" not in assigned.reason
    plan = plan_of(columns, config, decision, assigned)
    (phase,) = plan["phases"]
    assert phase["weights"]["main-books-0"] == pytest.approx(0.9)
    epochs = copies(plan, "main")
    assert epochs.pop("main-books-0") == pytest.approx(4)
    assert max(epochs.values()) < 1
    assert decision.notes == ()


def test_weights_that_leave_most_of_the_text_unseen_say_which_is_scarce() -> None:
    columns = corpus(2_000)
    few = columns.hi % np.uint64(20) == 0
    keep = np.flatnonzero((columns.component != 0) | few)
    config = MixConfig(weights={"books": 0.9}, annealing=False)
    decision, _ = mix(part(columns, keep), config, OFF, 1)
    few = part(columns, keep)
    notes = plan_of(few, config, decision, assign(few, decision))["notes"]
    assert re.fullmatch(
        r"The shares are reached with [\d,]+ tokens, as books has no more in 4 copies: of others a "
        r"part is seen alone \([\d.]+% of forum\); lower its weight, or set mix\.tokens\.",
        notes[0].replace("of news", "of forum"),
    )


def test_weights_that_leave_nothing_say_for_whom() -> None:
    decision, _ = mix(corpus(1_000), MixConfig(weights={"news": 1.0}), OFF, 1)
    assert "The weights sum to 1: nothing is left for books, forum." in decision.notes


def test_tokens_below_the_natural_size_thin_out_the_main_phase() -> None:
    columns = corpus(20_000)
    natural = int(columns.characters[columns.hits == 0].sum())
    _, assigned = mix(columns, PLAIN.model_copy(update={"tokens": natural // 8}), OFF, 1)
    kept = columns.characters[assigned.reason == ""].sum()
    assert natural * 0.5 <= kept <= natural * 0.55
    assert "over_budget" in assigned.reason


def test_tokens_above_the_natural_size_repeat_the_best_most() -> None:
    columns = corpus(20_000)
    natural = int(columns.characters.sum())
    config = PLAIN.model_copy(update={"tokens": natural // 3})
    decision, assigned = mix(columns, config, ClassifyConfig(keep=1.0), 1)
    epochs = copies(plan_of(columns, config, decision, assigned), "main")
    for domain in DOMAINS:
        rising = [epochs[f"main-{domain}-{bucket}"] for bucket in range(20)]
        assert (np.diff(rising) > 0).all()
        assert rising[-1] <= 4.0
    assert "over_budget" not in assigned.reason


def test_tokens_beyond_all_copies_are_refused_with_the_reachable_figure() -> None:
    columns = corpus(500)
    for config in (PLAIN, MixConfig()):
        wanted = config.model_copy(update={"tokens": 10**9, "budget": "exact"})
        with pytest.raises(UsageError, match="can be reached") as refusal:
            mix(columns, wanted, ClassifyConfig(), 1)
        numbers = re.findall(r"\d[\d,]+\d", str(refusal.value))
        reachable = int(numbers[1].replace(",", ""))
        reached = config.model_copy(update={"tokens": reachable, "budget": "exact"})
        assert decide_(columns, reached).seen.sum() == pytest.approx(reachable, abs=1)


def test_tokens_beyond_all_copies_become_the_most_that_can_be_reached() -> None:
    columns = corpus(500)
    for config in (PLAIN, MixConfig()):
        beyond = config.model_copy(update={"tokens": 10**9})
        decision, assigned = mix(columns, beyond, ClassifyConfig(), 1)
        total = round(float(decision.seen.sum()))
        plan = plan_of(columns, beyond, decision, assigned)
        reached = sum(phase["tokens"] for phase in plan["phases"])
        told = re.fullmatch(
            r"mix.tokens is 1,000,000,000, of which ([\d,]+) can be reached.", plan["notes"][0]
        )
        assert told
        assert int(told[1].replace(",", "")) == pytest.approx(reached, abs=3)
        assert sum(phase["tokens"] for phase in plan["phases"]) == pytest.approx(total, rel=0.03)
        assert max(copies(plan).values()) == pytest.approx(4.0)


def test_tokens_are_shared_out_between_the_phases() -> None:
    columns = corpus(5_000)
    plan = planned(columns, MixConfig(tokens=500_000), ClassifyConfig())
    assert [phase["name"] for phase in plan["phases"]] == ["main", "anneal"]
    assert [phase["tokens"] for phase in plan["phases"]] == [450_000, 50_000]
    assert all(sum(p["weights"].values()) == pytest.approx(1) for p in plan["phases"])


def test_equal_scores_are_parted_by_hash() -> None:
    columns = replace(corpus(5_000), score=np.full(5_000, 0.7))
    _, assigned = mix(columns, MixConfig(), ClassifyConfig(gate="cut", keep=0.5), 1)
    shares = [float((assigned.phase == phase).mean()) for phase in ("main", "anneal")]
    assert shares == pytest.approx([0.475, 0.05], abs=0.03)


def test_gate_that_keeps_nothing_calls_all_scores_too_low() -> None:
    columns = corpus(300)
    _, assigned = mix(columns, PLAIN, ClassifyConfig(gate="cut", keep=0.0), 1)
    expected = np.where(columns.hits > 0, "benchmark_hit", "low_score")
    assert assigned.reason.tolist() == expected.tolist()


def test_domains_of_one_file_name_are_refused() -> None:
    columns = replace(corpus(100), names=("a b", "a-b", "c"))
    with pytest.raises(UsageError, match="give one file name"):
        mix(columns, PLAIN, OFF, 1)


def test_empty_corpus_gives_an_empty_plan() -> None:
    columns = corpus(0)
    assert planned(columns, MixConfig(), ClassifyConfig())["phases"] == []


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 7))
def test_assign_in_any_parts_and_order_is_the_same(parts: int) -> None:
    columns = corpus(1_000)
    config, classify = MixConfig(tokens=80_000), ClassifyConfig(gate="pareto")
    decision, whole = mix(columns, config, classify, 7)
    order = np.argsort([digest(str(parts), str(i)) for i in range(1_000)])
    pieces = [part(columns, rows) for rows in np.array_split(order, parts)]
    summary = merge([summarise(piece) for piece in reversed(pieces)])
    again = decide(summary, TokenRates(), config, classify, 7)
    groups = np.concatenate([assign(piece, again).group for piece in pieces])
    assert (groups == whole.group[order]).all()
    assert (again.seen == decision.seen).all()


def planned(columns: Mixable, config: MixConfig, classify: ClassifyConfig) -> dict[str, Any]:
    return plan_of(columns, config, *mix(columns, config, classify, 1))


def decide_(columns: Mixable, config: MixConfig) -> Decision:
    summary = merge([summarise(columns)])
    return decide(summary, TokenRates(), config, ClassifyConfig(), 1)


def copies(plan: dict[str, Any], *phases: str) -> dict[str, float]:
    """How often groups are seen, in these phases or all."""
    seen = Counter[str]()
    for phase in plan["phases"]:
        if not phases or phase["name"] in phases:
            sizes = {name: plan["groups"][name]["tokens"] for name in phase["weights"]}
            tokens = phase["tokens"] or sum(sizes.values())
            for name, weight in phase["weights"].items():
                seen[name] += weight * tokens / sizes[name]
    return dict(seen)


def plan_of(
    columns: Mixable, config: MixConfig, decision: Decision, assigned: Assigned
) -> dict[str, Any]:
    groups = groups_of(decision, count_groups(columns, assigned))
    return make_plan(groups, targets_of(decision), config)


def test_plan_counts_what_was_assigned() -> None:
    columns = corpus(3_000)
    decision, assigned = mix(columns, MixConfig(), ClassifyConfig(), 1)
    config = MixConfig(annealing=AnnealingConfig(replay=0))
    plan = plan_of(columns, config, decision, assigned)
    documents = sum(group["documents"] for group in plan["groups"].values())
    assert documents == (assigned.reason == "").sum()
    assert {phase["name"] for phase in plan["phases"]} == {"main", "anneal"}
    assert [phase["tokens"] for phase in plan["phases"]] == [None, None]


def test_chances_of_ids_are_even_and_independent_by_purpose() -> None:
    columns = corpus(20_000)
    a, b = chances(columns, 1, "gate"), chances(columns, 1, "budget")
    assert np.histogram(a, 10, (0, 1))[0] == pytest.approx(2_000, rel=0.1)
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.03


def test_chances_are_frozen() -> None:
    """These move only when every mixture may move."""
    assert chances(corpus(3), 1729, "gate").round(6).tolist() == [0.244041, 0.484587, 0.116524]
