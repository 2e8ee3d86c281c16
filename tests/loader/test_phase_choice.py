"""A single phase of a dataset's plan, read by itself."""

import json

import numpy as np
import pytest
import small_dataset

from pipeline.errors import UsageError
from pipeline.loader.dataset import Dataset

AGAIN = {"anneal-math-0": 0.5, "main-code-1": 0.5}
PHASES = (
    {"name": "main", "tokens": None, "weights": {"main-web-0": 0.9, "main-code-1": 0.1}},
    {"name": "anneal", "tokens": 9_000, "weights": AGAIN},
)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A dataset of two phases."""
    folder = tmp_path_factory.mktemp("phases")
    small_dataset.write(folder)
    phases = [{**phase, "max_epochs": {}} for phase in PHASES]
    rows = {name: {"documents": count} for name, count in small_dataset.DOCUMENTS.items()}
    plan = {"version": 1, "seed": 7, "phases": phases, "groups": rows}
    (folder / "plan.json").write_text(json.dumps(plan))
    return Dataset(str(folder))


def test_without_a_choice_a_plan_has_all_phases_in_their_order(planned: Dataset) -> None:
    assert [phase.name for phase in planned.plan(64).phases] == ["main", "anneal"]


@pytest.mark.parametrize("name", ["main", "anneal"])
def test_a_phase_is_planned_alone(planned: Dataset, name: str) -> None:
    (whole,) = (phase for phase in planned.plan(64).phases if phase.name == name)
    alone = planned.plan(64, phases=(name,))
    assert alone.phases == (whole,)
    assert alone.seed == planned.plan(64).seed


def test_a_phase_that_is_read_alone_has_its_tokens_and_no_other_groups(planned: Dataset) -> None:
    plan = planned.plan(128, phases=("anneal",))
    order = plan.order(np.arange(plan.samples))
    assert plan.samples == 9_000 // 128
    assert {plan.groups[at] for at in order.group.tolist()} == set(AGAIN)


def test_chosen_phases_come_in_the_order_of_the_plan(planned: Dataset) -> None:
    assert planned.plan(64, phases=("anneal", "main")).digest == planned.plan(64).digest


def test_phases_read_one_by_one_are_as_many_samples_as_at_once(planned: Dataset) -> None:
    apart = [planned.plan(64, phases=(name,)).samples for name in ("main", "anneal")]
    assert sum(apart) == planned.plan(64).samples


def test_an_unknown_phase_is_refused_with_the_known_ones(planned: Dataset) -> None:
    with pytest.raises(UsageError, match=r"has no phase 'long'; it has main, anneal$"):
        planned.plan(64, phases=("anneal", "long"))


def test_a_seed_of_ones_own_goes_with_a_choice(planned: Dataset) -> None:
    plan = planned.plan(64, seed=9, phases=("anneal",))
    assert (plan.seed, len(plan.phases)) == (9, 1)
