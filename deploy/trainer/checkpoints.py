"""What a trainer needs to go on: weights, optimizer, and the state of the loader.

The loader's state names the dataset and the plan, so a checkpoint resumes on these alone; it says
nothing of processes, so it resumes on any number of them. Whole tensors are written, however the
model is divided while it trains.
"""

from pathlib import Path
from pickle import UnpicklingError  # nosec B403 # the error alone: nothing is unpickled
from typing import Any

import torch
import torch.distributed as dist
from setup import place, replacing
from torch import nn
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_model_state_dict,
    get_state_dict,
    set_model_state_dict,
    set_optimizer_state_dict,
)

from gristmill import CheckError

_WHOLE = StateDictOptions(full_state_dict=True, cpu_offload=True)


def save(
    path: Path, model: nn.Module, optimizer: Any, loader: dict[str, Any], losses: list[float]
) -> None:
    """Whole or not at all, by the first process; the others wait for it.

    Before the first step there is nothing of the optimizer: asked for it, it would take one.
    """
    if loader["step"]:
        weights, moments = get_state_dict(model, optimizer, options=_WHOLE)
    else:
        weights, moments = get_model_state_dict(model, options=_WHOLE), None
    if place()[0] == 0:
        path.parent.mkdir(parents=True, exist_ok=True)
        known = {"loader": loader, "losses": losses, "heads": heads_of(model)}
        parts = {"model": weights, "optimizer": moments, **known}
        with replacing(path) as temporary:
            torch.save(parts, temporary)
    together()


def load(path: Path, model: nn.Module, optimizer: Any) -> tuple[dict[str, Any], list[float]]:
    """Sets weights and optimizer; gives the loader's state, and the last losses."""
    try:
        # Tensors and plain values alone: a checkpoint runs no code.
        saved = torch.load(path, map_location="cpu", weights_only=True)
        if saved["heads"] != heads_of(model):  # which change the shape of no tensor
            raise KeyError(f"it has {saved['heads']} heads")
        set_model_state_dict(model, saved["model"], options=_WHOLE)
        if saved["optimizer"] is None:
            optimizer.state.clear()
        else:
            set_optimizer_state_dict(model, optimizer, saved["optimizer"], options=_WHOLE)
        return saved["loader"], saved["losses"]
    except (RuntimeError, KeyError, EOFError, UnpicklingError) as error:
        what = str(error).strip().splitlines()[-1].strip()
        raise CheckError(
            f"{path} is no checkpoint of this model ({what}); give the sizes that it was trained "
            "with, or another --out"
        ) from error


def heads_of(model: Any) -> int:
    """Of attention, however the model is wrapped."""
    return int(getattr(model, "module", model).config.heads)


def together() -> None:
    """All processes wait for each other here."""
    if dist.is_initialized():
        dist.barrier()
