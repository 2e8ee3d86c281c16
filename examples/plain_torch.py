"""Trains a small model on the tokens of a run in plain PyTorch, on any number of processes.

    python examples/plain_torch.py sample-run
    torchrun --standalone --nproc-per-node 2 examples/plain_torch.py sample-run --checkpoint m.pt

A checkpoint holds the loader's state, which names the dataset: killed and started again, on as many
processes as there are then, training goes on with the sample that comes next.
"""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel

import gristmill
from gristmill.torch import TokenBatches


class SmallModel(nn.Module):  # type: ignore[misc]
    """Stands for yours: ids (n, T) to scores of the next id (n, T, vocabulary)."""

    def __init__(self, vocabulary: int, width: int = 64) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.layer = nn.GRU(width, width, batch_first=True)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        hidden, _ = self.layer(self.embedding(ids))
        scores: torch.Tensor = hidden @ self.embedding.weight.T
        return scores


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run", help="the folder of a run, or of a dataset")
    parser.add_argument("--seq-len", type=int, default=256)
    parser.add_argument("--batch", type=int, default=16, help="samples of all processes together")
    parser.add_argument("--packing", choices=("concat", "bestfit"), default="concat")
    parser.add_argument("--steps", type=int, default=100, help="where to end")
    parser.add_argument("--checkpoint", type=Path, help="read where it is there, and written")
    parser.add_argument("--every", type=int, default=20, help="steps from checkpoint to checkpoint")
    parser.add_argument("--seen", help="files, one a process, of what each step has read")
    return parser.parse_args()


def main() -> None:
    options, rank = parsed(), int(os.environ.get("RANK", 0))
    world = int(os.environ.get("WORLD_SIZE", 1))
    if world > 1:
        dist.init_process_group("gloo")
    train(options, rank, world)
    if world > 1:
        dist.destroy_process_group()


def train(options: argparse.Namespace, rank: int, world: int) -> None:
    torch.manual_seed(1)
    dataset = gristmill.open_dataset(options.run)
    plan = dataset.plan(options.seq_len, packing=options.packing)
    batches = TokenBatches(gristmill.TokenLoader(plan, options.batch, rank, world, drop_last=False))
    own = SmallModel(dataset.manifest.vocabulary)
    optimizer = torch.optim.AdamW(own.parameters(), lr=3e-3)
    if options.checkpoint and options.checkpoint.exists():
        # Weights and plain values alone: a checkpoint runs no code.
        saved = torch.load(options.checkpoint, weights_only=True)
        own.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        batches.load_state_dict(saved["loader"])
    model = DistributedDataParallel(own) if world > 1 else own
    for batch in seen(batches, options, rank):
        optimizer.zero_grad()
        loss = learnt(model, batch, world)
        optimizer.step()
        done = batch["step"] + 1
        if rank == 0 and (done % options.every == 0 or done == options.steps):
            print(f"step {done}  loss {loss:.3f}", flush=True)
            if options.checkpoint:
                parts = {"model": own.state_dict(), "optimizer": optimizer.state_dict()}
                write(options.checkpoint, parts | {"loader": batches.state_dict()})


def learnt(model: nn.Module, batch: dict[str, Any], world: int) -> float:
    """Puts gradients into the model; gives the mean loss of all labels that can be known.

    Processes have shares of a batch, and of what can be known in it, that differ; the mean over
    processes, which DDP takes, is made that over labels.
    """
    mask = batch["loss_mask"]
    loss = cross_entropy(model(batch["tokens"])[mask], batch["labels"][mask], reduction="sum")
    sums = torch.stack([loss.detach(), mask.sum()])
    if world > 1:
        dist.all_reduce(sums)
    (loss * world / sums[1].clamp(min=1)).backward()
    return float(sums[0] / sums[1].clamp(min=1))


def seen(batches: TokenBatches, options: argparse.Namespace, rank: int) -> Iterator[dict[str, Any]]:
    """The batches up to the last step; which samples each holds is written before it is used."""
    if batches.state_dict()["step"] >= options.steps:
        return
    with open(f"{options.seen}-{rank}.jsonl" if options.seen else os.devnull, "w") as told:
        for batch in batches:
            row = {"step": batch["step"], "samples": batch["samples"].tolist()}
            print(json.dumps(row), file=told, flush=True)
            yield batch
            if batch["step"] + 1 >= options.steps:
                return


def write(path: Path, value: dict[str, Any]) -> None:
    """Whole or not at all: a run killed here has the checkpoint before."""
    temporary = path.with_suffix(".tmp")
    torch.save(value, temporary)
    os.replace(temporary, path)


if __name__ == "__main__":
    try:
        main()
    except gristmill.GristmillError as error:  # what can be mended is one sentence
        raise SystemExit(f"{error}") from None
