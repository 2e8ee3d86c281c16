"""Bits of texts given as tokens: what a comparison of models asks, text by text."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from setup import replacing
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

NATS_TO_BITS = 1 / np.log(2)


def read_texts(path: Path) -> list[Any]:
    """The texts of an .npz: `ids` of all, laid end to end, and `lengths`."""
    with np.load(path, allow_pickle=False) as saved:
        return np.split(saved["ids"].astype(np.int64), np.cumsum(saved["lengths"])[:-1])


def write_bits(trainer: Any) -> None:
    """Writes what a trained model makes of the texts it was asked for, whole or not at all."""
    options = trainer.options
    with trainer.precision():
        shape = options.seq_len, options.micro, trainer.device
        bits = text_bits(trainer.model, read_texts(options.texts), *shape)
    with replacing(options.out / "bits.npy") as temporary, temporary.open("wb") as file:
        np.save(file, bits)


@torch.no_grad()  # type: ignore[untyped-decorator]
def text_bits(
    model: nn.Module, texts: list[Any], seq_len: int, batch: int, device: torch.device
) -> Any:
    """Bits of all tokens of each text but its first, which nothing tells; [texts], float64.

    A text longer than `seq_len` is read in stretches, which do not see each other.
    """
    found = torch.zeros(len(texts), dtype=torch.float64)
    for owners, rows, mask in _batches(list(_stretches(texts, seq_len)), batch):
        ids, labels = rows[:, :-1].to(device), rows[:, 1:].to(device)
        positions = torch.arange(ids.shape[1], device=device).expand_as(ids)
        there = mask.to(device)
        logits = model(ids, positions)[there].float()
        nats = cross_entropy(logits, labels[there], reduction="none").double().cpu()
        found.index_add_(0, owners.repeat_interleave(mask.sum(dim=1)), nats)
    return found.numpy() * NATS_TO_BITS


def _stretches(texts: list[Any], seq_len: int) -> Iterator[tuple[int, Any]]:
    """(text, tokens) by length, longest last; each begins with the last token of the one before."""
    cut = (
        (number, text[start : start + seq_len + 1])
        for number, text in enumerate(texts)
        for start in range(0, len(text) - 1, seq_len)
    )
    return iter(sorted(cut, key=lambda one: len(one[1])))


def _batches(
    stretches: list[tuple[int, Any]], size: int
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Owners [n], rows [n, T] filled up with 0, and which of their labels there are [n, T - 1]."""
    for start in range(0, len(stretches), size):
        chosen = stretches[start : start + size]
        rows = np.zeros((len(chosen), len(chosen[-1][1])), dtype=np.int64)
        for row, (_, tokens) in zip(rows, chosen, strict=True):
            row[: len(tokens)] = tokens
        lengths = torch.tensor([len(tokens) for _, tokens in chosen])
        mask = torch.arange(1, rows.shape[1]) < lengths[:, None]
        yield torch.tensor([owner for owner, _ in chosen]), torch.from_numpy(rows), mask
