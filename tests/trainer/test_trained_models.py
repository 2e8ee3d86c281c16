"""The trainer of `deploy/`: its loss falls, kills change nothing, a leap of it is left out."""

import json
import random
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from support_launched import SEQ_LEN, TRAINER, finished, joined, kill_when, launched, read_of

from pipeline.loader.plan import MixPlan
from pipeline.loader.token_loader import TokenLoader

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.trainer, pytest.mark.timeout(900)]

BATCH, STEPS = 6, 60
SIZES = ("--width", "32", "--layers", "2", "--heads", "2", "--rate", "2e-3", "--warm", "5")


def options(folder: Path, out: Path, *more: str) -> list[str]:
    given = ("--seq-len", SEQ_LEN, "--batch", BATCH, "--micro", "2", "--steps", STEPS, *SIZES)
    return [str(folder), "--out", str(out), *map(str, given), "--log-every", "1", *more]


def log_of(out: Path) -> list[dict[str, Any]]:
    lines = (out / "log.jsonl").read_text().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def losses(out: Path) -> dict[int, float]:
    """By step, the last that was told."""
    return {row["step"]: row["loss"] for row in log_of(out) if "loss" in row}


def trained(folder: Path, out: Path, *more: str) -> Any:
    """A trainer in this process, to its end."""
    from options import parsed
    from train import Trainer

    out.mkdir(parents=True, exist_ok=True)
    given: Namespace = parsed(options(folder, out, *more))
    trainer = Trainer(given)
    trainer.run()
    return trainer


def test_the_loss_falls_and_the_log_tells_how_fast(folder: Path, tmp_path: Path) -> None:
    trained(folder, tmp_path, "--held-out", str(folder))
    *rows, last = log_of(tmp_path)
    assert [row["step"] for row in rows] == list(range(1, STEPS + 1))
    assert rows[-1]["loss"] < rows[0]["loss"] - 0.5
    assert all(row["tokens_per_second"] > 0 and 0 <= row["waiting"] < 1 for row in rows)
    assert all(0 < row["mfu"] < 2 for row in rows)
    assert 0.5 < last["bits_per_byte"] < 8


def test_rates_and_phases_are_those_of_the_plan(folder: Path, tmp_path: Path) -> None:
    trainer = trained(folder, tmp_path)
    for row in log_of(tmp_path):
        sample = (row["step"] - 1) * BATCH
        assert row["rate"] == trainer.schedule.rate(sample)
        assert row["phase"] == "main"
    rates = [row["rate"] for row in log_of(tmp_path)]
    assert max(rates) == 2e-3 == rates[10] > rates[-1]


def test_small_pieces_give_the_gradients_of_whole_batches(folder: Path, tmp_path: Path) -> None:
    for name, micro in (("pieces", "1"), ("whole", "6")):
        trained(folder, tmp_path / name, "--micro", micro)
    pieces, whole = (losses(tmp_path / name) for name in ("pieces", "whole"))
    assert max(abs(pieces[step] - whole[step]) for step in whole) < 1e-3


def test_a_leap_is_left_out_and_training_goes_on_before_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from options import parsed
    from train import Trainer

    trainer = Trainer(parsed(options(folder, tmp_path, "--every", "10")))
    own, learn, bad = trainer.spikes.is_spike, trainer.learn, 33 * BATCH + 2
    seen: list[list[int]] = []

    def learnt(batch: dict[str, Any], rate: float) -> float | None:
        seen.append(batch["samples"].tolist())
        return learn(batch, rate)

    monkeypatch.setattr(trainer, "learn", learnt)
    monkeypatch.setattr(trainer.spikes, "is_spike", lambda loss: bad in seen[-1] or own(loss))
    trainer.run()
    (leap,) = [row for row in log_of(tmp_path) if row.get("leap")]
    assert leap == {"step": 33, "leap": True, "left_out": [31, 36], "back_to": 30}
    kept = [at for at in range(STEPS * BATCH + 5 * BATCH) if not 31 * BATCH <= at < 36 * BATCH]
    behind = [number for samples in seen[34:] for number in samples]
    assert behind == kept[30 * BATCH : 30 * BATCH + len(behind)]
    assert len(behind) == (STEPS - 30) * BATCH
    assert max(losses(tmp_path)) == STEPS


def leaping(  # type: ignore[no-untyped-def]
    folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch, leaps: Callable[[int], bool]
):
    """A trainer to whom batches leap by their steps."""
    from options import parsed
    from train import Trainer

    out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(parsed(options(folder, out, "--every", "10")))
    learn, at = trainer.learn, [0]

    def learnt(batch: dict[str, Any], rate: float) -> float | None:
        at[0] = batch["samples"][0].item() // BATCH
        return learn(batch, rate)

    monkeypatch.setattr(trainer, "learn", learnt)
    monkeypatch.setattr(trainer.spikes, "is_spike", lambda loss: leaps(at[0]))
    return trainer


def test_several_leaps_are_all_left_out_and_stay_so_after_a_kill(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaping(folder, tmp_path, monkeypatch, lambda step: step in (23, 28)).run()
    rows = log_of(tmp_path)
    assert [row["back_to"] for row in rows if "leap" in row] == [20, 20]
    steps = [row["step"] for row in rows if "loss" in row]
    assert steps == list(range(1, STEPS + 1))
    saved = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert [*map(list, saved["loader"]["skips"])] == [[21 * BATCH, 31 * BATCH]]


def test_a_loss_that_stays_high_is_learnt_from_in_the_end(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaping(folder, tmp_path, monkeypatch, lambda step: step >= 33).run()
    assert sum("leap" in row for row in log_of(tmp_path)) < 12
    assert max(losses(tmp_path)) == STEPS


def test_gradients_that_are_no_numbers_end_the_training_in_a_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gristmill import CheckError

    trainer = leaping(folder, tmp_path, monkeypatch, lambda step: False)
    clip = torch.nn.utils.clip_grad_norm_

    def broken(weights: Any, most: float) -> Any:
        return clip(weights, most) * (float("nan") if trainer.step >= 20 else 1.0)

    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", broken)
    with pytest.raises(CheckError, match="lower --rate"):
        trainer.run()
    saved = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert all(weight.isfinite().all() for weight in saved["model"].values())


def test_a_checkpoint_of_other_batches_is_refused(folder: Path, tmp_path: Path) -> None:
    from gristmill import UsageError

    trained(folder, tmp_path, "--steps", "5")
    with pytest.raises(UsageError, match=f"of batches of {BATCH}, not 3; give --batch {BATCH}"):
        trained(folder, tmp_path, "--batch", "3")


def test_another_dataset_or_tokenizer_is_refused(folder: Path, tmp_path: Path) -> None:
    from pipeline.errors import CheckError

    with pytest.raises(CheckError, match="is dataset"):
        trained(folder, tmp_path, "--identity", "0" * 32)


def run(folder: Path, out: Path, world: int, *more: str) -> Any:
    return launched(world, TRAINER / "train.py", *options(folder, out, "--every", "3", *more))


@pytest.fixture(scope="module")
def unbroken(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[int, float]:
    """The losses of a run on two processes that nobody kills."""
    out = tmp_path_factory.mktemp("unbroken")
    finished(run(folder, out, 2))
    found = losses(out)
    assert sorted(found) == list(range(1, STEPS + 1))
    return found


@pytest.mark.parametrize(("worlds", "most"), [((2,), 1e-5), ((2, 1, 2, 3), 1e-3)])
def test_ten_kills_change_no_sample_and_no_loss(
    folder: Path,
    plan: MixPlan,
    unbroken: dict[int, float],
    tmp_path: Path,
    worlds: tuple[int, ...],
    most: float,
) -> None:
    kills = 10
    loader = TokenLoader(plan, BATCH)
    draws, out = random.Random(8), tmp_path / "killed"
    read: dict[int, set[tuple[int, ...]]] = {}
    for attempt in range(kills + 1):
        world, prefix = worlds[attempt % len(worlds)], tmp_path / f"seen-{attempt}"
        process = run(folder, out, world, "--seen", str(prefix))
        if attempt < kills:
            assert kill_when(process, Path(f"{prefix}-0.jsonl"), draws.randrange(60, 300))
        else:
            finished(process)
        for step, samples in joined(read_of(prefix, world), world).items():
            read.setdefault(step, set()).add(tuple(samples))
    for step in range(STEPS):
        assert read[step] == {tuple(loader.batch(step).samples.tolist())}
    found = losses(out)
    assert max(abs(found[step] - unbroken[step]) for step in unbroken) < most


def test_a_divided_model_learns_what_a_whole_one_does(folder: Path, tmp_path: Path) -> None:
    """FSDP on CPUs, with gloo, and DDP go on from the same checkpoint of one process."""
    begun = tmp_path / "begun"
    finished(run(folder, begun, 1, "--steps", "30"))
    for how in ("ddp", "fsdp"):
        finished(run(folder, copytree(begun, tmp_path / how), 2, "--divide", how))
    whole, divided = (losses(tmp_path / how) for how in ("ddp", "fsdp"))
    assert sorted(whole) == sorted(divided) == list(range(1, STEPS + 1))
    assert max(abs(whole[step] - divided[step]) for step in whole) < 1e-3
