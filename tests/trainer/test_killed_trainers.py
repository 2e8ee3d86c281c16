"""A trainer that is killed again and again sees every sample once, on however many processes."""

import random
from pathlib import Path

import pytest
from support_launched import EXAMPLES, SEQ_LEN, finished, joined, kill_when, launched, read_of

from pipeline.loader.plan import MixPlan
from pipeline.loader.token_loader import TokenLoader

pytestmark = [pytest.mark.trainer, pytest.mark.timeout(600)]

BATCH, STEPS, KILLS = 6, 420, 10
WORLDS = (2, 1, 3)  # of the launches, in turn


def test_ten_kills_lose_and_repeat_no_sample(folder: Path, plan: MixPlan, tmp_path: Path) -> None:
    loader = TokenLoader(plan, BATCH)
    wanted = {step: loader.batch(step).samples.tolist() for step in range(STEPS)}
    draws, checkpoint, begun = random.Random(5), tmp_path / "model.pt", [0]
    seen: list[list[int]] = []
    for attempt in range(KILLS + 1):
        world, prefix = WORLDS[attempt % len(WORLDS)], str(tmp_path / f"seen-{attempt}")
        options = ("--seq-len", SEQ_LEN, "--batch", BATCH, "--steps", STEPS, "--every", 5)
        files = ("--checkpoint", checkpoint, "--seen", prefix)
        process = launched(world, EXAMPLES / "plain_torch.py", folder, *map(str, options), *files)
        if attempt < KILLS:
            assert kill_when(process, Path(f"{prefix}-0.jsonl"), draws.randrange(200, 2_000))
        else:
            finished(process)
        read = read_of(prefix, world)
        first = min(read)
        del seen[first:]  # what was read behind the last checkpoint is read again
        assert first == len(seen)
        begun.append(first)
        whole = joined(read, world)
        assert whole == {step: wanted[step] for step in whole}
        seen += [whole[step] for step in range(first, first + len(whole))]
    assert seen == [wanted[step] for step in range(STEPS)]
    assert begun == sorted(begun)
    assert begun[-1] > 100
