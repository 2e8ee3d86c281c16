"""Whatever divides samples among processes gets each once, or is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from support_launched import finished, launched

from pipeline.loader.plan import MixPlan

pytest.importorskip("accelerate")
pytestmark = [pytest.mark.trainer, pytest.mark.timeout(300)]

WORLD = 2


@pytest.fixture(scope="module")
def told(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What each of two processes reads, by way of dividing."""
    out = tmp_path_factory.mktemp("divided")
    finished(launched(WORLD, Path(__file__).parent / "divided.py", folder, out))
    return [json.loads((out / f"{rank}.json").read_text()) for rank in range(WORLD)]


WAYS = ("own", "own in a DataLoader", "DistributedSampler", "prepared samples", "shard of all")


@pytest.mark.parametrize("way", WAYS)
def test_every_sample_is_read_once(told: list[dict[str, Any]], plan: MixPlan, way: str) -> None:
    """But for the few with which torch and accelerate fill up the last round."""
    read = [number for mine in told for number in mine[way]]
    assert sorted(set(read)) == list(range(plan.samples))
    assert len(read) - plan.samples < (8 if way == "shard of all" else 4) * WORLD


def test_a_ranks_own_batches_are_not_divided_again(told: list[dict[str, Any]]) -> None:
    for rank, mine in enumerate(told):
        sentence = f"would divide among processes the batches that are rank {rank}'s own"
        assert f"IterableDatasetShard {sentence}" in mine["shard of own"]
    assert "DataLoaderDispatcher would divide" in told[0]["dispatched own"]
