"""The torch adaptor: same batches, state of what was handed out, no thread left behind."""

import json
import threading
from dataclasses import replace
from pathlib import Path
from time import sleep
from uuid import uuid4

import numpy as np
import pytest
import small_dataset
from small_dataset import plan_of

from pipeline.errors import CheckError, UsageError
from pipeline.files import write_bytes_atomic
from pipeline.loader.phases import Phase
from pipeline.loader.token_loader import TokenLoader

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.trainer


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    small_dataset.write(folder)
    return folder


MAIN = Phase("main", 60_000, {"main-web-0": 0.7, "main-code-1": 0.3})


def make(dataset: Path, rank: int = 0, world: int = 1, prefetch: int = 3):  # type: ignore[no-untyped-def]
    from pipeline.loader.batches import TokenBatches

    return TokenBatches(TokenLoader(plan_of(dataset, MAIN), 16, rank, world), prefetch)


def test_tensors_equal_the_arrays(dataset: Path) -> None:
    arrays = list(TokenLoader(plan_of(dataset, MAIN), 16))
    assert len(arrays) > 50
    for tensors, batch in zip(make(dataset), arrays, strict=True):
        np.testing.assert_array_equal(tensors["tokens"].numpy(), batch.tokens)
        np.testing.assert_array_equal(tensors["labels"].numpy(), batch.labels)
        np.testing.assert_array_equal(tensors["positions"].numpy(), batch.positions)
        assert tensors["labels"].dtype == torch.int64
        assert tensors["step"] == batch.step


def test_tensors_from_a_store_equal_the_arrays(dataset: Path) -> None:
    from pipeline.loader.batches import TokenBatches

    folder = f"memory://{uuid4().hex}"
    for path in dataset.rglob("*.*"):
        write_bytes_atomic(f"{folder}/{path.relative_to(dataset)}", path.read_bytes())
    arrays = list(TokenLoader(plan_of(dataset, MAIN), 16))
    loader = TokenLoader(replace(plan_of(dataset, MAIN), folder=folder), 16, cache_bytes=50_000)
    for tensors, batch in zip(TokenBatches(loader), arrays, strict=True):
        np.testing.assert_array_equal(tensors["tokens"].numpy(), batch.tokens)


def test_state_is_of_batches_handed_out_and_resumes_on_other_ranks(dataset: Path) -> None:
    first = make(dataset, prefetch=8)
    batches = iter(first)
    for _ in range(5):
        next(batches)
    state = first.state_dict()
    assert state["step"] == 5
    wanted = next(batches)["tokens"]
    batches.close()
    ranks = [make(dataset, rank, 3) for rank in range(3)]
    for rank in ranks:
        rank.load_state_dict(state)
    together = torch.cat([next(iter(rank))["tokens"] for rank in ranks])
    assert torch.equal(together, wanted)


def test_a_reader_that_leaves_takes_its_thread_along(dataset: Path) -> None:
    before = threading.active_count()
    batches = iter(make(dataset))
    next(batches)
    batches.close()
    assert threading.active_count() == before


def test_iterating_again_goes_on_after_the_last_batch_handed_out(dataset: Path) -> None:
    one = make(dataset)
    first = next(iter(one))
    assert (first["step"], next(iter(one))["step"]) == (0, 1)


def test_damage_met_while_reading_ahead_is_raised_to_the_reader(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make(dataset)

    def broken(block: int) -> None:
        raise CheckError(f"block {block} has changed")

    monkeypatch.setattr(one.loader.reader, "unchecked", broken)
    with pytest.raises(CheckError, match="has changed"):
        next(iter(one))


def test_worker_processes_are_refused(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pipeline.loader.batches as module

    monkeypatch.setattr(module, "get_worker_info", lambda: object())
    with pytest.raises(UsageError, match="num_workers=0"):
        next(iter(make(dataset)))


def steps_of(one, change, at: int = 3) -> list[int]:  # type: ignore[no-untyped-def]
    """The steps that an iteration gives, in which something is changed behind the batch `at`."""
    found = []
    for batch in one:
        found.append(batch["step"])
        if batch["step"] == at and change:
            sleep(0.05)  # all is read ahead that can be
            change()
            change = None
    return found


def test_an_iteration_follows_what_is_skipped_while_it_goes_on(dataset: Path) -> None:
    one, seen = make(dataset, prefetch=8), []
    for batch in one:
        seen.append(batch["samples"].tolist())
        if batch["step"] == 3:
            sleep(0.05)
            one.skip(6, 9)
    arrays = [batch.samples.tolist() for batch in TokenLoader(plan_of(dataset, MAIN), 16)]
    assert seen[: len(arrays) - 3] == [*arrays[:6], *arrays[9:]]
    assert one.state_dict()["skips"]


def test_what_is_appended_begins_behind_the_last_batch_handed_out(dataset: Path) -> None:
    phase = Phase("more", 16 * 64 * 4, {"anneal-math-0": 1.0})
    states = []
    for prefetch in (1, 8):
        one = make(dataset, prefetch=prefetch)
        assert len(steps_of(one, lambda one=one: one.append(phase))) == 8
        states.append(one.state_dict())
    assert states[0] == states[1]
    (first, _), *rest = states[0]["journal"]
    assert (first, rest) == (4 * 16, [])


def test_what_is_changed_on_the_loader_below_is_in_the_state_too(dataset: Path) -> None:
    one = make(dataset)
    one.loader.skip(5, 7)
    one.loader.append(Phase("more", 16 * 64 * 4, {"anneal-math-0": 1.0}), 20)
    again = make(dataset)
    again.load_state_dict(json.loads(json.dumps(one.state_dict())))
    assert len(steps_of(again, None)) == len(steps_of(one, None)) == 24


def test_an_iteration_that_another_has_replaced_says_so(dataset: Path) -> None:
    one = make(dataset)
    first = iter(one)
    next(first)
    next(iter(one))
    with pytest.raises(UsageError, match="another iteration over these batches has begun"):
        next(first)


def test_a_data_loader_that_stacks_is_refused(dataset: Path) -> None:
    with pytest.raises(UsageError, match="set batch_size=None"):
        next(iter(torch.utils.data.DataLoader(make(dataset))))


def test_data_loader_hands_batches_through(dataset: Path) -> None:
    loader = torch.utils.data.DataLoader(make(dataset), batch_size=None, num_workers=0)
    steps = [batch["step"] for batch in loader]
    assert steps == [batch.step for batch in TokenLoader(plan_of(dataset, MAIN), 16)]
    assert len(steps) > 50
