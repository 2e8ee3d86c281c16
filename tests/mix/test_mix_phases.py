"""Main, long and annealing documents of a corpus, by its columns alone."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from support_columns import part

from pipeline.document import digest
from pipeline.mix.assign import Assigned, assign, count_groups
from pipeline.mix.columns import BINS, Mixable, mixable
from pipeline.mix.decision import Decision, decide, long_characters
from pipeline.mix.inventory import Summary, merge, summarise
from pipeline.mix.plan_file import groups_of, make_plan, targets_of
from pipeline.mix.shares.rehydration import COPIES
from pipeline.mix.token_rates import TokenRates
from pipeline.recipe import ClassifyConfig
from pipeline.recipe_types import AnnealingConfig, LongConfig, MixConfig

NAMES = ("books", "forum", "news")
OFF = ClassifyConfig(gate="off")
LONG = LongConfig(share=0.2, min_tokens=200, max_share=0.5)
# Books have half a token a character, news a fifth, and forum what all of them have.
RATES = TokenRates(
    ("books", "news"),
    np.full((2, BINS), 10_000.0),
    np.array([[5_000.0], [2_000.0]]) * np.ones(BINS),
)
Indices = NDArray[np.int64]


@cache
def corpus(size: int = 12_000) -> Mixable:
    """Documents of three components, scores by component, from 100 to 1,900 characters."""
    rng = np.random.Generator(np.random.PCG64(3))
    component = rng.integers(0, 3, size)
    return mixable(
        [digest("phases", str(i)) for i in range(size)],
        [NAMES[i] for i in component],
        np.clip(rng.normal(0.3 + 0.2 * component, 0.15), 0, 1),
        rng.integers(100, 1_900, size),
        (rng.random(size) < 0.01).astype(np.int64),
        np.zeros(size, dtype=bool),
        np.zeros(size, dtype=bool),
        rng.integers(0, len(COPIES), size),
    )


def summary_of(parts: list[Mixable], config: MixConfig) -> Summary:
    """As the job has it: what is long is known from what there is."""
    first = merge([summarise(one) for one in parts])
    least = long_characters(first.names, RATES, config)
    return merge([summarise(one, least) for one in parts])


def mixed(
    config: MixConfig, classify: ClassifyConfig = OFF, columns: Mixable | None = None
) -> tuple[Decision, Assigned]:
    columns = corpus() if columns is None else columns
    decision = decide(summary_of([columns], config), RATES, config, classify, 1)
    return decision, assign(columns, decision)


def tokens_of(columns: Mixable) -> NDArray[np.float64]:
    """Tokens by the rates: a rate for each component, and an end of text."""
    found: NDArray[np.float64] = RATES.of(columns.names)[columns.component] * columns.characters + 1
    return found


PHASED = MixConfig(long=LONG, annealing=AnnealingConfig(share=0.1))


def test_phases_and_drops_are_all_documents_and_each_has_one_of_them() -> None:
    _, found = mixed(PHASED.model_copy(update={"tokens": 500_000}), ClassifyConfig())
    ways = [found.phase == phase for phase in ("main", "long", "anneal")]
    ways.append(found.reason != "")
    assert (np.sum(ways, axis=0) == 1).all()
    assert all(way.any() for way in ways)


def test_groups_of_a_phase_begin_with_its_name() -> None:
    _, found = mixed(PHASED)
    chosen = found.group != ""
    starts = np.array([name.partition("-")[0] for name in found.group[chosen].tolist()])
    assert (starts == found.phase[chosen]).all()


def test_the_long_phase_has_only_documents_of_so_many_tokens() -> None:
    _, found = mixed(PHASED)
    columns = corpus()
    sizes = RATES.of(columns.names)[columns.component] * columns.characters
    assert sizes[found.phase == "long"].min() >= LONG.min_tokens
    assert set(columns.component[found.phase == "long"].tolist()) == {0, 1, 2}


def test_the_long_phase_has_its_share_of_the_tokens() -> None:
    _, found = mixed(PHASED.model_copy(update={"annealing": False}))
    sizes = tokens_of(corpus())
    clean = corpus().hits == 0
    assert sizes[found.phase == "long"].sum() / sizes[clean].sum() == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("most", [0.1, 0.5])
def test_the_long_phase_has_at_most_its_part_of_the_long_text_of_a_component(most: float) -> None:
    greedy = LongConfig(share=0.9, min_tokens=200, max_share=most)
    decision, found = mixed(MixConfig(long=greedy, annealing=False))
    assert decision.long.max() <= most + 1e-9
    columns = corpus()
    sizes = tokens_of(columns)
    for at in range(3):
        long = (columns.component == at) & (sizes - 1 >= 200) & (columns.hits == 0)
        taken = sizes[long & (found.phase == "long")].sum() / sizes[long].sum()
        assert taken == pytest.approx(most, abs=0.03)


def test_without_documents_of_such_length_there_is_no_long_phase_and_a_note() -> None:
    decision, found = mixed(MixConfig(long=LongConfig(min_tokens=100_000), annealing=False))
    assert "long" not in found.phase
    assert "No long phase: no document has 100,000 tokens." in decision.notes


@pytest.mark.parametrize("most", [0.1, 0.4])
def test_annealing_takes_at_most_its_part_of_a_component(most: float) -> None:
    greedy = AnnealingConfig(share=0.9, min_score=0.1, max_share=most, replay=0)
    _, found = mixed(MixConfig(annealing=greedy))
    columns = corpus()
    sizes = tokens_of(columns)
    for at in range(3):
        mine = (columns.component == at) & (columns.hits == 0)
        taken = sizes[mine & (found.phase == "anneal")].sum() / sizes[mine].sum()
        assert taken == pytest.approx(most, abs=0.02)


def test_annealing_takes_what_scores_more_before_the_gate_is_asked() -> None:
    columns = corpus()
    _, found = mixed(PHASED, ClassifyConfig(gate="cut", keep=0.05))
    assert columns.score[found.phase == "anneal"].min() >= 0.5
    assert (found.phase == "main").any()


def test_weights_by_source_speak_of_sources() -> None:
    named = MixConfig(by="source", weights={"books": 0.5}, annealing=False)
    decision, found = mixed(named)
    groups = groups_of(decision, count_groups(corpus(), found))
    plan = make_plan(groups, targets_of(decision), named)
    assert decision.by == plan["by"] == "source"
    assert {row["source"] for row in plan["groups"].values()} == set(NAMES)
    (phase,) = plan["phases"]
    books = sum(w for g, w in phase["weights"].items() if plan["groups"][g]["source"] == "books")
    assert books == pytest.approx(0.5)


def bucket_tokens(columns: Mixable, found: Assigned, name: str) -> NDArray[np.float64]:
    """Tokens of the buckets of a component, from the worst to the best."""
    sizes = tokens_of(columns)
    by_bucket: dict[int, float] = {}
    for group in sorted(set(found.group.tolist())):
        if group.startswith(f"main-{name}-"):
            bucket = int(group.split("-")[2])
            total = float(sizes[found.group == group].sum())
            by_bucket[bucket] = by_bucket.get(bucket, 0.0) + total
    return np.array([by_bucket[bucket] for bucket in sorted(by_bucket)])


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize(("keep", "buckets"), [(1.0, 20), (0.6, 12)])
def test_a_curve_parts_what_it_keeps_into_buckets_of_equal_tokens(
    keep: float, buckets: int, tied: bool
) -> None:
    columns = corpus(60_000)
    columns = replace(columns, score=np.full(len(columns), 0.4)) if tied else columns
    _, found = mixed(MixConfig(annealing=False), ClassifyConfig(keep=keep), columns)
    for name in NAMES:
        sizes = bucket_tokens(columns, found, name)
        assert len(sizes) == buckets
        # Tied scores are parted by hashes of a thousand documents and more.
        assert sizes == pytest.approx(sizes.mean(), rel=0.15 if tied else 0.05)
        assert np.abs(sizes / sizes.mean() - 1).mean() < (0.05 if tied else 0.02)


def test_a_curve_lets_the_lowest_scores_go_and_orders_its_buckets_by_score() -> None:
    columns = corpus()
    _, found = mixed(MixConfig(annealing=False), ClassifyConfig())
    sizes = tokens_of(columns)
    for at, name in enumerate(NAMES):
        mine = (columns.component == at) & (columns.hits == 0)
        low = mine & (found.reason == "low_score")
        assert sizes[low].sum() / sizes[mine].sum() == pytest.approx(0.4, abs=0.01)
        worst = columns.score[low].max()
        for bucket in range(12):
            inside = np.char.startswith(found.group, f"main-{name}-{bucket}-")
            inside |= found.group == f"main-{name}-{bucket}"
            assert columns.score[inside].min() >= worst - 1 / BINS
            worst = columns.score[inside].max()


def test_a_component_of_few_documents_has_few_buckets() -> None:
    few = part(corpus(), np.arange(600))
    _, found = mixed(MixConfig(annealing=False), ClassifyConfig(keep=1.0), few)
    for name in NAMES:
        documents = int((np.array(few.names)[few.component] == name).sum())
        assert len(bucket_tokens(few, found, name)) <= max(documents // 50, 1)


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 6), st.integers(0, 99), st.sampled_from([0, 200_000, 6_000_000]))
def test_phases_and_groups_are_the_same_whatever_the_parts_and_their_order(
    parts: int, seed: int, tokens: int
) -> None:
    columns = part(corpus(), np.arange(3_000))
    config = PHASED.model_copy(update={"rehydrate": True, "tokens": tokens})
    decision, whole = mixed(config, ClassifyConfig(), columns)
    order = np.random.default_rng(seed).permutation(len(columns)).astype(np.int64)
    pieces = [part(columns, rows) for rows in np.array_split(order, parts)]
    again = decide(summary_of(pieces[::-1], config), RATES, config, ClassifyConfig(), 1)
    groups = np.concatenate([assign(piece, again).group for piece in pieces])
    assert (groups == whole.group[order]).all()
    assert (again.seen == decision.seen).all()
