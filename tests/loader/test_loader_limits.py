"""What a loader refuses, and how many shards it maps."""

import resource
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_dataset import DOCUMENTS, plan_of

from pipeline.errors import CheckError, UsageError
from pipeline.loader.dataset import Dataset
from pipeline.loader.phases import Phase
from pipeline.loader.plan import MixPlan
from pipeline.loader.samples.packing import IGNORED
from pipeline.loader.shard_sources import OTHER_FILES, mappable
from pipeline.loader.state import MAX_BYTES, LoaderState
from pipeline.loader.token_loader import TokenLoader

ONCE = Phase("main", None, dict.fromkeys(DOCUMENTS, 1.0))


def loader(dataset: Path, size: int = 4, **options: Any) -> TokenLoader:
    return TokenLoader(plan_of(dataset, ONCE), size, **options)


def test_a_plan_of_less_than_a_batch_is_refused_where_it_would_give_none(dataset: Path) -> None:
    samples = plan_of(dataset, ONCE).samples
    with pytest.raises(UsageError, match=f"has {samples} samples, fewer than a batch of"):
        loader(dataset, samples + 1)
    (batch,) = loader(dataset, samples + 1, drop_last=False)
    assert len(batch.samples) == samples


@pytest.mark.parametrize("world", [1, 3, 8])
def test_every_rank_has_a_share_of_the_last_batch_that_may_be_empty(
    dataset: Path, world: int
) -> None:
    found = []
    steps = set()
    for rank in range(world):
        mine = list(loader(dataset, 8, rank=rank, world=world, drop_last=False))
        steps.add(len(mine))
        found += [batch.samples for batch in mine]
    assert len(steps) == 1
    samples = np.sort(np.concatenate(found))
    assert samples.tolist() == list(range(plan_of(dataset, ONCE).samples))


@pytest.mark.parametrize(
    "change",
    [
        {"step": -1},
        {"step": "3"},
        {"step": True},
        {"cursor": 10**12},
        {"cursor": 1.5},
        {"batches": []},
        {"batches": [[0, 0, 0]]},
        {"batches": [[5, 20, 4]]},
        {"skips": [[9, 3]]},
        {"skips": [3]},
        {"journal": [[1]]},
    ],
)
def test_a_state_of_numbers_that_cannot_be_is_refused(
    dataset: Path, change: dict[str, Any]
) -> None:
    one = loader(dataset)
    with pytest.raises(CheckError, match="load another checkpoint"):
        one.load_state_dict({**one.state_dict(), **change})


def test_a_state_without_a_key_is_refused_by_its_name(dataset: Path) -> None:
    one = loader(dataset)
    state = {key: value for key, value in one.state_dict().items() if key != "skips"}
    with pytest.raises(UsageError, match="lacks 'skips'"):
        one.load_state_dict(state)


def test_a_state_stays_small_however_often_sizes_change_and_steps_are_skipped(
    dataset: Path,
) -> None:
    state = loader(dataset, 1).state_dict()
    seen: list[int] = []
    for size in [1, 2] * 200:
        one = TokenLoader(plan_of(dataset, ONCE, ONCE, ONCE), size)
        if seen:
            one.load_state_dict(state)
        seen += next(one).samples.tolist()
        one.skip(one.state.step, one.state.step + 1)
        state = one.state_dict()
    assert len(repr(state)) < 1.2 * MAX_BYTES
    assert seen == sorted(set(seen))


def test_a_state_that_let_its_oldest_skips_go_repeats_no_sample() -> None:
    state = LoaderState("dataset", "plan", 0, 0, ((0, 0, 2),))
    seen: list[int] = []
    for step in range(1_500):
        ranges = state.ranges(step, 10**6)
        seen += [sample for start, stop in ranges for sample in range(start, stop)]
        state = state.advanced(ranges)
        if step % 2:
            state = state.with_skip(state.cursor, state.cursor + 3)
        state = LoaderState.from_dict(state.as_dict())
    assert len(state.skips) < 500  # of 750
    assert seen == sorted(set(seen))
    assert seen[-1] == 2 * 1_499 + 1 + 3 * 749


def test_paths_may_be_path_objects(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(
        '{"version": 1, "seed": 1, "groups": {"main-web-0": {"documents": 9}}, "phases": [{"name": '
        '"main", "tokens": null, "weights": {"main-web-0": 1.0}, "max_epochs": {}}]}'
    )
    plan = MixPlan.from_plan(dataset, tmp_path / "plan.json", 64)
    assert plan.samples == MixPlan.from_plan(str(dataset), f"{tmp_path}/plan.json", 64).samples


@pytest.mark.parametrize(
    "text", ["{", "[]", "7", '{"version": 1, "seed": 1, "phases": []}', '{"version": 1}', "\xff"]
)
def test_a_file_that_is_no_plan_is_refused_in_a_sentence(
    dataset: Path, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(CheckError, match=r"is no plan\.json .*; write it anew"):
        MixPlan.from_plan(str(dataset), str(path), 64)
    with pytest.raises(UsageError):
        Dataset(str(tmp_path)).plan(64)


@given(st.integers(1, 100_000))
def test_as_many_shards_are_mapped_as_there_are_if_files_may_be_open(shards: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    found = mappable(shards)
    assert 1 <= found <= min(shards, 30_000)
    if hard == resource.RLIM_INFINITY or hard > 30_000 + OTHER_FILES:
        assert found == min(shards, 30_000)


def test_the_loss_mask_leaves_out_first_tokens_of_documents_and_what_is_no_label(
    dataset: Path,
) -> None:
    plan = plan_of(dataset, ONCE)
    eos = plan.manifest.eos
    for batch in TokenLoader(plan, 7, drop_last=False):
        wanted = (batch.tokens != eos) & (batch.labels != IGNORED)
        wanted[:, -1] = batch.labels[:, -1] != IGNORED
        assert (batch.loss_mask == wanted).all()
