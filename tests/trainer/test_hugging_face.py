"""Hugging Face's Trainer on several processes trains on every sample once."""

import json
from pathlib import Path

import pytest
from support_launched import finished, launched

from pipeline.loader.plan import MixPlan

pytest.importorskip("transformers")
pytestmark = [pytest.mark.trainer, pytest.mark.timeout(300)]


@pytest.mark.parametrize("cached", [False, True])
def test_positions_part_documents_for_a_model_that_keeps_no_cache(cached: bool) -> None:
    """As the docs say: with a cache, transformers takes them for those of one text."""
    import torch
    from hugging_face import model_of

    torch.manual_seed(2)
    model = model_of(100, 32).eval()
    ids = torch.randint(0, 100, (1, 32))
    positions = torch.cat([torch.arange(12), torch.arange(20)])[None]
    other = ids.clone()
    other[:, :12] = (ids[:, :12] + 1) % 100
    first, second = (
        model(input_ids=one, position_ids=positions, use_cache=cached).logits[:, 12:]
        for one in (ids, other)
    )
    assert torch.allclose(first, second, atol=1e-6) is not cached


HERE = Path(__file__).parent


@pytest.mark.parametrize("world", [1, 2])
def test_trainer_sees_every_sample_once_in_the_plans_order(
    folder: Path, plan: MixPlan, tmp_path: Path, world: int
) -> None:
    finished(launched(world, HERE / "seen_by_trainer.py", folder, tmp_path))
    told = [json.loads((tmp_path / f"{rank}.json").read_text()) for rank in range(world)]
    whole = plan.samples // (16 * world) * 16 * world  # dataloader_drop_last
    assert whole > 20 * 16 * world
    assert sorted(number for mine in told for number in mine) == list(range(whole))
    steps = [range(at, at + 16) for at in range(0, whole // world, 16)]
    in_turn = [mine[place] for step in steps for mine in told for place in step]
    assert in_turn == list(range(whole))
