"""The order of a run: phases, epochs, seeds, the literal digest."""

import json
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest
from small_dataset import DOCUMENTS, manifest_of, plan_of

from pipeline.errors import UsageError
from pipeline.loader.phases import Phase
from pipeline.loader.plan import MixPlan, Order

BIG = {"anneal-math-0": 300_000_000, "main-code-1": 700_000_000, "main-web-0": 2_000_000_000}
PHASES = (
    Phase("main", 1_200_000_000, {"main-web-0": 0.7, "main-code-1": 0.3}),
    Phase("mid", 300_000_000, {"main-web-0": 0.31, "main-code-1": 0.69}),
    Phase("anneal", 600_000_000, {"anneal-math-0": 0.55, "main-web-0": 0.25, "main-code-1": 0.2}),
)
# Order of the first 10^6 samples of BIG and PHASES at T = 2,048 and seed 1729. It changes only
# with a line in the changelog: every checkpoint relies on it.
GOLDEN = "5530465a687f1947a1e6cb182df87cf9"


def big_plan(*phases: Phase, seq_len: int = 2_048, seed: int = 1729) -> MixPlan:
    return MixPlan("", manifest_of(BIG), phases or PHASES, seq_len, seed)


def whole_order(plan: MixPlan) -> Order:
    return plan.order(np.arange(plan.samples))


def test_order_of_the_first_million_samples_is_the_literal_one() -> None:
    order = big_plan().order(np.arange(1_000_000))
    pairs = np.stack([order.group.astype("<i8"), order.epoch, order.index.astype("<i8")])
    assert blake2b(pairs.tobytes(), digest_size=16).hexdigest() == GOLDEN


def test_mixture_over_three_phases_is_within_one_sample_at_block_borders() -> None:
    plan = big_plan()
    order = whole_order(plan)
    assert len(plan.spans) == 3
    assert min(span.mixture.blocks for span in plan.spans) > 10
    for span in plan.spans:
        weights = [span.phase.weights[plan.groups[g]] for g in span.groups]
        mine = order.group[span.start : span.stop]
        running = np.cumsum(mine[:, None] == span.groups, axis=0)
        for block in range(1, span.mixture.blocks + 1):
            border = span.mixture.border(block)
            away = running[border - 1] - border * np.array(weights) / sum(weights)
            assert np.abs(away).max() < 1.001


def test_nothing_repeats_over_phases_before_a_group_is_exhausted() -> None:
    plan = big_plan()
    order = whole_order(plan)
    assert order.epoch.max() >= 1
    for group, size in enumerate(plan.sizes):
        mine = np.flatnonzero(order.group == group)
        for epoch in range(int(order.epoch[mine].max()) + 1):
            index = order.index[mine][order.epoch[mine] == epoch]
            assert len(np.unique(index)) == len(index)
            if epoch < order.epoch[mine].max():
                assert len(index) == size


def test_epochs_of_a_group_have_different_orders() -> None:
    plan = big_plan(Phase("main", 2_048 * 3_000, {"anneal-math-0": 1.0}), seq_len=300_000)
    order = plan.order(np.arange(20))
    size = int(plan.sizes[0])
    assert size == 1_000
    many = big_plan(Phase("main", 300_000 * 3_000, {"anneal-math-0": 1.0}), seq_len=300_000)
    index = whole_order(many).index.reshape(3, size)
    assert len(order.index) == 20
    assert not (index[0] == index[1]).all()
    assert not (index[1] == index[2]).all()
    np.testing.assert_array_equal(np.sort(index, axis=1), np.tile(np.arange(size), (3, 1)))


def test_epoch_one_of_a_seed_is_not_epoch_zero_of_the_next() -> None:
    phase = Phase("main", 300_000 * 2_000, {"anneal-math-0": 1.0})
    seven, eight = (whole_order(big_plan(phase, seq_len=300_000, seed=s)) for s in (7, 8))
    assert not (seven.index[1_000:] == eight.index[:1_000]).all()


def test_order_asked_sample_by_sample_equals_the_order_at_once() -> None:
    plan = big_plan()
    places = np.array([0, 1, 4_095, 4_096, 600_000, plan.spans[1].start, plan.samples - 1])
    together = plan.order(places)
    for at, place in enumerate(places):
        alone = big_plan().order(np.array([place]))
        assert (alone.group[0], alone.epoch[0], alone.index[0]) == (
            together.group[at],
            together.epoch[at],
            together.index[at],
        )


def test_one_pass_holds_every_sample_of_every_group_once() -> None:
    plan = big_plan(Phase("main", None, dict.fromkeys(BIG, 0.1)))
    order = whole_order(plan)
    assert plan.samples == plan.sizes.sum()
    assert not order.epoch.any()
    np.testing.assert_array_equal(np.bincount(order.group), plan.sizes)


def test_max_epochs_shortens_a_group_and_lengthens_the_others() -> None:
    weights = {"anneal-math-0": 0.5, "main-web-0": 0.5}
    plan = big_plan(Phase("main", 1_000_000_000, weights, {"anneal-math-0": 1.0}))
    assert plan.counts[0] == plan.sizes[0]
    assert plan.counts.sum() == 1_000_000_000 // 2_048


def test_max_epochs_counts_what_earlier_phases_have_used() -> None:
    plan = big_plan(
        Phase("main", 200_000_000, {"anneal-math-0": 1.0}),
        Phase("anneal", 300_000_000, {"anneal-math-0": 1.0}, {"anneal-math-0": 1.5}),
    )
    assert plan.counts[0] == int(1.5 * plan.sizes[0])


def test_appended_phase_leaves_the_past_and_carries_counters_on() -> None:
    plan = big_plan()
    at = 123_457
    changed = plan.with_phase(Phase("rescue", 100_000_000, {"main-code-1": 1.0}), at)
    before, after = plan.order(np.arange(at)), changed.order(np.arange(at))
    np.testing.assert_array_equal(before.index, after.index)
    np.testing.assert_array_equal(before.group, after.group)
    order = whole_order(changed)
    code = order.index[order.group == plan.groups.index("main-code-1")]
    assert len(np.unique(code)) == len(code)
    assert changed.samples == at + 100_000_000 // 2_048


def test_appended_phase_past_the_end_is_refused() -> None:
    plan = big_plan()
    with pytest.raises(UsageError, match="cannot start"):
        plan.with_phase(PHASES[0], plan.samples + 1)


def test_phase_of_an_unknown_group_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"'wiki', which the dataset lacks.*main-web-0"):
        _ = big_plan(Phase("main", 1_000_000, {"wiki": 1.0}))


def test_plan_from_plan_json_follows_its_phases_and_seed(dataset: Path, tmp_path: Path) -> None:
    rows = {name: {"documents": count} for name, count in DOCUMENTS.items()}
    value = {
        "version": 1,
        "seed": 77,
        "phases": [
            {"name": "main", "tokens": None, "weights": {"main-web-0": 0.9, "main-code-1": 0.1}},
            {"name": "anneal", "tokens": 4_000, "weights": {"anneal-math-0": 1.0, "none": 0.5}},
        ],
        "groups": {**rows, "none": {"documents": 0}},
    }
    for phase in value["phases"]:  # type: ignore[attr-defined]
        phase["max_epochs"] = {}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(value))
    plan = MixPlan.from_plan(str(dataset), str(path), 64)
    main = Phase("main", None, {"main-web-0": 0.9, "main-code-1": 0.1})
    wanted = plan_of(dataset, main, Phase("anneal", 4_000, {"anneal-math-0": 1.0}), seed=77)
    assert plan.digest == wanted.digest


def test_plan_from_nowhere_is_refused(dataset: Path) -> None:
    with pytest.raises(UsageError, match="no plan at"):
        MixPlan.from_plan(str(dataset), "nowhere.json", 64)
