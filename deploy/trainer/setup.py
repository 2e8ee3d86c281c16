"""What a trainer begins with: its device, its model among processes, its optimizer."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from model import Model
from torch import nn
from torch.distributed.fsdp import fully_shard
from torch.nn.parallel import DistributedDataParallel

from gristmill import UsageError, open_dataset


def place() -> tuple[int, int]:
    """The number of this process, and how many there are."""
    return (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write that takes the place of `path` when all is written."""
    temporary = path.with_suffix(".tmp")
    yield temporary
    os.replace(temporary, path)


def own_device(needs_gpu: bool = False) -> torch.device:
    """The GPU of this process, or the CPU. Raises UsageError where a GPU is needed and none is."""
    if not torch.cuda.is_available():
        if needs_gpu:
            raise UsageError("PyTorch finds no GPU here; train without one, or where one is")
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
    torch.cuda.set_device(device)
    return device


def held_out_of(run: str, dataset: Any) -> Any:
    """The dataset that is held out. Raises SystemExit for one of another tokenizer."""
    if not run:
        return None
    held = open_dataset(run)
    if held.manifest.tokenizer != dataset.manifest.tokenizer:
        raise SystemExit(f"{run!r} has another tokenizer; run its recipe with tokenize.tokenizer")
    return held


def divided(model: Model, how: str, device: torch.device) -> nn.Module:
    """The model of this process among all."""
    if not dist.is_initialized():
        return model
    if how == "fsdp":
        for layer in model.layers:
            fully_shard(layer)
        fully_shard(model)
        return model
    return DistributedDataParallel(model, [device] if device.type == "cuda" else None)


def optimizer_of(model: nn.Module, options: argparse.Namespace) -> torch.optim.Optimizer:
    """AdamW; norms and embeddings do not decay."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, weight in model.named_parameters():
        decays = weight.dim() > 1 and "embedding" not in name
        (matrices if decays else others).append(weight)
    groups = [
        {"params": matrices, "weight_decay": options.decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=options.rate, betas=(0.9, 0.95))
