"""What a trainer needs to go on: weights, optimizer, and the state of the loader.

The loader's state names the dataset and the plan, so a checkpoint resumes on these alone; it says
nothing of processes, so it resumes on any number of them. Whole tensors are written, however the
model is divided while it trains.
"""

import os
from pathlib import Path
from pickle import UnpicklingError  # nosec B403 # the error alone: nothing is unpickled
from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_state_dict,
    set_state_dict,
)

from gristmill import CheckError

_WHOLE = StateDictOptions(full_state_dict=True, cpu_offload=True)


def save(path: Path, model: nn.Module, optimizer: Any, loader: dict[str, Any]) -> None:
    """Whole or not at all, by the first process; the others wait for it."""
    weights, moments = get_state_dict(model, optimizer, options=_WHOLE)
    if rank() == 0:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        torch.save({"model": weights, "optimizer": moments, "loader": loader}, temporary)
        os.replace(temporary, path)
    if dist.is_initialized():
        dist.barrier()


def load(path: Path, model: nn.Module, optimizer: Any) -> dict[str, Any]:
    """Sets weights and optimizer; gives the loader's state."""
    try:
        # Tensors and plain values alone: a checkpoint runs no code.
        saved = torch.load(path, map_location="cpu", weights_only=True)
        set_state_dict(
            model,
            optimizer,
            model_state_dict=saved["model"],
            optim_state_dict=saved["optimizer"],
            options=_WHOLE,
        )
    except (RuntimeError, KeyError, EOFError, UnpicklingError) as error:
        what = str(error).strip().splitlines()[-1]
        raise CheckError(
            f"{path} is no checkpoint of this model ({what}); give the sizes that it was trained "
            "with, or another --out"
        ) from error
    state: dict[str, Any] = saved["loader"]
    return state


def rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0
