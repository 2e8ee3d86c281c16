"""The map-style set: samples by their numbers, the same in every process."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.loader.dataset import Dataset
from pipeline.loader.plan import MixPlan
from pipeline.loader.samples.packing import IGNORED
from pipeline.loader.token_loader import TokenLoader

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.trainer


def samples(plan: MixPlan, **options: Any):  # type: ignore[no-untyped-def]
    from pipeline.loader.batches import TokenSamples

    return TokenSamples(plan, **options)


def test_samples_are_the_rows_of_the_batches(plan: MixPlan) -> None:
    found = samples(plan)
    assert len(found) == plan.samples > 1_000
    batch = TokenLoader(plan, 16).batch(3)
    for row, number in enumerate(batch.samples.tolist()):
        one = found[number]
        for name in ("tokens", "labels", "positions", "loss_mask"):
            np.testing.assert_array_equal(one[name].numpy(), getattr(batch, name)[row])
        assert (int(one["samples"]), int(one["groups"])) == (number, batch.groups[row])


def test_any_order_and_repetition_can_be_asked_for(plan: MixPlan) -> None:
    found = samples(plan)
    wanted = [700, 3, 3, 41, 700, 0]
    assert [int(one["samples"]) for one in found.__getitems__(wanted)] == wanted
    assert found.__getitems__([]) == []


@pytest.mark.parametrize("number", [-1, 10**9])
def test_numbers_beyond_the_plan_are_refused(plan: MixPlan, number: int) -> None:
    with pytest.raises(IndexError, match=rf"samples {number} to {number} of"):
        samples(plan)[number]


@pytest.mark.parametrize("number", [1.7, "3", None, slice(0, 3)])
def test_what_is_no_number_is_refused(plan: MixPlan, number: object) -> None:
    with pytest.raises(TypeError, match="cannot be interpreted as an integer"):
        samples(plan)[number]


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("packing", ["concat", "bestfit"])
def test_worker_processes_read_every_sample_once(
    folder: Path, tmp_path: Path, method: str, packing: str
) -> None:
    plan = Dataset(str(folder)).plan(64, packing=packing, packings=tmp_path)  # type: ignore[arg-type]
    loader = torch.utils.data.DataLoader(
        samples(plan), 8, num_workers=2, multiprocessing_context=method
    )
    rows = [row for batch in loader for row in batch["tokens"].tolist()]
    wanted = TokenLoader(plan, 8, drop_last=False)
    assert rows == [row for batch in wanted for row in batch.tokens.tolist()]


def test_labels_for_models_that_shift_are_those_of_the_tokens(plan: MixPlan) -> None:
    shifted = samples(plan, shifts=True).__getitems__(range(40))
    plain = samples(plan).__getitems__(range(40))
    for one, other in zip(shifted, plain, strict=True):
        assert set(one) == {"input_ids", "labels", "position_ids"}
        known = other["loss_mask"][:-1]
        assert torch.equal(one["labels"][1:][known], other["labels"][:-1][known])
        assert (one["labels"][1:][~known] == IGNORED).all()
        assert one["labels"][0] == IGNORED
        inner = one["labels"] != IGNORED
        assert torch.equal(one["labels"][inner], one["input_ids"][inner])
        assert (one["labels"][one["position_ids"] == 0] == IGNORED).all()
    assert sum(int((one["labels"] != IGNORED).sum()) for one in shifted) > 400


def test_a_set_goes_to_another_process_without_what_it_has_opened(plan: MixPlan) -> None:
    one = samples(plan)
    first = one[5]["tokens"]
    other = pickle.loads(pickle.dumps(one))  # noqa: S301
    assert other._opened is None
    assert torch.equal(other[5]["tokens"], first)
