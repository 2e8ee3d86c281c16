"""Trains a decoder-only model on a dataset, on CPUs or GPUs, on any number of processes.

    python deploy/trainer/train.py RUN --out model
    torchrun --standalone --nproc-per-node 8 deploy/trainer/train.py RUN --out model

Killed and started again with the same command, on as many processes as there are then, it goes on
behind its last checkpoint with the sample that comes next. A loss that leaps is not learnt from:
training goes back to the checkpoint and leaves out the batches around the leap.
"""

import argparse
import json
import math
import os
from collections import deque
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import checkpoints
import torch
import torch.distributed as dist
from measures import Clock, Log, bits_per_byte, peak_of
from model import Model, ModelConfig, loss_sum
from options import parsed
from schedule import Spikes, phase_at, schedule_of
from setup import divided, held_out_of, optimizer_of, own_device, place
from texts import write_bits
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from gristmill import CheckError, GristmillError, TokenLoader, UsageError, open_dataset
from gristmill.torch import TokenBatches

CLIP = 1.0  # norm of the gradients at most
BEFORE, BEHIND = 2, 2  # batches that are left out around a leap of the loss
MOST = 3  # leaps from one checkpoint, behind which a loss is no leap any more
_PARTS = ("tokens", "labels", "positions", "loss_mask")


def _split(parts: dict[str, Tensor], pieces: int) -> Iterator[tuple[Tensor, ...]]:
    """The rows of a batch in so many pieces, the same number in every process."""
    return zip(*(torch.tensor_split(parts[name], pieces) for name in _PARTS), strict=True)


class Trainer:
    """A dataset, a model, and where they stand."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, (self.rank, self.world) = options, place()
        self.device, self.path = own_device(options.gpu), options.out / "checkpoint.pt"
        self._open(options)
        self._build(options)
        self.log = Log(options.out / "log.jsonl", self.rank == 0)
        self.leaps = 0  # since the last checkpoint behind which something was learnt
        known = self.path.exists()
        checkpoints.together()  # all have looked before one writes
        if known:
            self._go_on()
        else:
            self.save()

    def _open(self, options: argparse.Namespace) -> None:
        """The dataset, its plan, and what follows of it."""
        self.dataset = open_dataset(options.run, options.identity)
        self.held_out = held_out_of(options.held_out, self.dataset)
        self.plan = self.dataset.plan(options.seq_len, packing=options.packing)
        loader = TokenLoader(self.plan, options.batch, self.rank, self.world)
        self.batches = TokenBatches(loader, pin_memory=self.device.type == "cuda")
        self.steps = min(options.steps or 10**18, self.plan.samples // options.batch)
        samples, warm = self.steps * options.batch, options.warm * options.batch
        self.schedule = schedule_of(self.plan, samples, options.rate, warm)

    def _build(self, options: argparse.Namespace) -> None:
        """The model and its optimizer."""
        torch.manual_seed(options.seed)  # the same weights in every process
        sizes = (options.width, options.layers, options.heads)
        config = ModelConfig(self.dataset.manifest.vocabulary, *sizes)
        self.model = divided(Model(config).to(self.device), options.divide, self.device)
        self.optimizer = optimizer_of(self.model, options)
        self.spikes, self.flops = Spikes(options.spike), config.flops(options.seq_len)
        self.peak = peak_of(self.device) * self.world

    def _go_on(self) -> dict[str, Any]:
        """From the checkpoint; gives the loader's state in it."""
        state, losses = checkpoints.load(self.path, self.model, self.optimizer)
        if (size := state["batches"][-1][2]) != self.options.batch:
            raise UsageError(
                f"{self.path} is of batches of {size}, not {self.options.batch}; give --batch "
                f"{size} or another --out"
            )
        self.batches.load_state_dict(state)
        self.spikes.seen = deque(losses)
        self.log.forget(self.step)
        return state

    def run(self) -> None:
        """Trains to the end."""
        self.clock = Clock()
        while self._until_leap():
            pass
        self.save()
        if self.step < self.options.steps:
            self.log.tell({"step": self.step, "ended": "the plan has no more batches"})
        if self.held_out:
            bits = self._bits()
            self.log.tell({"step": self.step, "bits_per_byte": bits})

    @property
    def step(self) -> int:
        """Batches that are done."""
        return int(self.batches.state_dict()["step"])

    def _until_leap(self) -> bool:
        """Whether it has stopped at a leap of the loss, and gone back behind a checkpoint."""
        if self.step >= self.steps:
            return False
        for batch in self.clock.timed(iter(self.batches)):
            self.note(batch)
            sample = self.first_sample(batch["step"])
            loss = self.learn(batch, self.schedule.rate(sample))
            if loss is None:
                self.go_back(batch["step"])
                return True
            done = batch["step"] + 1
            if done % self.options.log_every == 0 or done >= self.steps:
                self.report(done, sample, loss)
            if done % self.options.every == 0 and done < self.steps:
                self.save()
            if done >= self.steps:
                break
        return False

    def first_sample(self, step: int) -> int:
        """The global sample that a batch begins with, whatever this process has of it."""
        return self.batches.loader.state.cursor_of(step, self.plan.samples)

    def learn(self, batch: dict[str, Any], rate: float) -> float | None:
        """One step of the optimizer; gives the mean loss of all labels that count, in nats, or
        None, and does nothing, where it is a leap.
        """
        parts = {name: batch[name].to(self.device, non_blocking=True) for name in _PARTS}
        count = self._summed(parts["loss_mask"].sum())
        rows = -(-self.options.batch // self.world)  # of the process with the most
        pieces = -(-rows // self.options.micro)
        nats = torch.zeros((), device=self.device)
        cut = [dict(zip(_PARTS, rows, strict=True)) for rows in _split(parts, pieces)]
        for number, piece in enumerate(cut):
            with self._together(number + 1 == pieces), self.precision():
                logits = self.model(piece["tokens"], piece["positions"])
                own = loss_sum(logits, piece["labels"], piece["loss_mask"])
            (own * self.world / count.clamp(min=1)).backward()
            nats += own.detach()
        loss = float(self._summed(nats) / count.clamp(min=1))
        leaps = self.is_leap(loss, nn.utils.clip_grad_norm_(self.model.parameters(), CLIP))
        if not leaps:
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.clock.tokens += self.options.batch * self.options.seq_len
        return None if leaps else loss

    def is_leap(self, loss: float, norm: Any) -> bool:
        """Whether a step with this loss and norm of the gradients is not to be taken.

        After MOST of them without anything learnt between, a loss is what this text costs, and one
        that is no number ends the training: CheckError.
        """
        norm = float(norm.full_tensor() if hasattr(norm, "full_tensor") else norm)
        finite = math.isfinite(loss) and math.isfinite(norm)
        leaps = not finite or bool(self.options.spike and self.spikes.is_spike(loss))
        if leaps and self.leaps >= MOST:
            if not finite:
                raise CheckError(f"loss {loss} and gradients of {norm} stay; lower --rate")
            self.spikes.seen.clear()
            return False
        return leaps

    def go_back(self, step: int) -> None:
        """To the last checkpoint, and leaves out the batches around `step`, from now on."""
        state = self._go_on()
        first, last = max(state["step"], step - BEFORE), step + 1 + BEHIND
        self.batches.skip(first, last)
        self.leaps += 1
        self._keep()
        told = {"step": step, "leap": True, "left_out": [first, last], "back_to": state["step"]}
        self.log.tell(told)

    def save(self) -> None:
        self.leaps = 0
        self._keep()

    def _keep(self) -> None:
        state, losses = self.batches.state_dict(), list(self.spikes.seen)
        checkpoints.save(self.path, self.model, self.optimizer, state, losses)

    def note(self, batch: dict[str, Any]) -> None:
        """Which samples this process learns from next, where it is asked for."""
        if self.options.seen:
            row = {"step": batch["step"], "samples": batch["samples"].tolist()}
            with open(f"{self.options.seen}-{self.rank}.jsonl", "a") as told:
                print(json.dumps(row), file=told, flush=True)

    def report(self, step: int, sample: int, loss: float) -> None:
        rates = self.clock.read(self.flops, self.peak)
        rate, phase = self.optimizer.param_groups[0]["lr"], phase_at(self.plan, sample)
        self.log.tell({"step": step, "loss": loss, "rate": rate, "phase": phase, **rates})

    def _bits(self) -> float:
        shape = self.options.seq_len, self.options.micro
        with self.precision():
            return float(bits_per_byte(self.model, self.held_out, *shape, self.device))

    def _summed(self, value: Tensor) -> Tensor:
        """Over all processes."""
        if self.world > 1:
            dist.all_reduce(value)
        return value

    def _together(self, last: bool) -> Any:
        """Gradients meet after the last piece of a batch alone."""
        if isinstance(self.model, DistributedDataParallel) and not last:
            return self.model.no_sync()
        if self.options.divide == "fsdp" and self.world > 1:
            self.model.set_requires_gradient_sync(last)
        return nullcontext()

    def precision(self) -> Any:
        """bf16 on a GPU; weights and sums stay in float32."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda")


def main() -> None:
    options = parsed()
    if int(os.environ.get("WORLD_SIZE", 1)) > 1:
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        trainer = Trainer(options)
        trainer.run()
        if options.texts:
            write_bits(trainer)
    except GristmillError as error:  # what can be mended is one sentence
        raise SystemExit(f"{error}") from None
    if dist.is_initialized():
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
