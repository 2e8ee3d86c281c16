"""The loader's batches as torch tensors: the only file that needs torch.

One thread reads ahead, so a trainer never waits for the disk and no worker process is needed. The
state is that of the batches handed out, never of those read ahead.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch.utils.data import IterableDataset, get_worker_info

from pipeline.errors import UsageError
from pipeline.loader.token_batch import TokenBatch
from pipeline.loader.token_loader import TokenLoader


class TokenBatches(IterableDataset):  # type: ignore[misc]
    """Batches of a TokenLoader as dictionaries of tensors.

    tokens int32 (n, T), labels int64 (n, T), loss_mask bool (n, T), positions int32 (n, T),
    cu_seqlens int32, groups int32 (n,), samples int64 (n,); max_seqlen and step are ints. With
    `pin_memory` the tensors are pinned, so that copies to a GPU need not wait. In a DataLoader:
    batch_size=None, num_workers=0.
    """

    def __init__(self, loader: TokenLoader, prefetch: int = 4, pin_memory: bool = False) -> None:
        if prefetch < 1:
            raise UsageError(f"prefetch = {prefetch} reads nothing ahead; set at least 1")
        self.loader, self.prefetch, self.pin_memory = loader, prefetch, pin_memory
        self._state = loader.state_dict()

    def state_dict(self) -> dict[str, Any]:
        """The state after the last batch handed out."""
        return self._state

    def load_state_dict(self, value: Mapping[str, Any]) -> None:
        """Goes on where `value` was taken; see TokenLoader.load_state_dict."""
        self.loader.load_state_dict(value)
        self._state = self.loader.state_dict()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        if get_worker_info() is not None:
            raise UsageError("every worker would read all batches; set num_workers=0")
        self.loader.load_state_dict(self._state)
        pool = ThreadPoolExecutor(1)
        try:
            ahead = deque(pool.submit(self._next) for _ in range(self.prefetch))
            while (ready := ahead.popleft().result()) is not None:
                ahead.append(pool.submit(self._next))
                batch, self._state = ready
                yield batch
        finally:
            pool.shutdown(cancel_futures=True)

    def _next(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The next batch and the state behind it; None at the end."""
        batch = next(self.loader, None)
        return None if batch is None else (self._tensors(batch), self.loader.state_dict())

    def _tensors(self, batch: TokenBatch) -> dict[str, Any]:
        tensors = {
            "tokens": torch.from_numpy(batch.tokens).contiguous(),
            "labels": torch.from_numpy(batch.labels).long(),
            "positions": torch.from_numpy(batch.positions),
            "loss_mask": torch.from_numpy(batch.loss_mask),
            "cu_seqlens": torch.from_numpy(batch.cu_seqlens),
            "groups": torch.from_numpy(batch.groups),
            "samples": torch.from_numpy(batch.samples),
        }
        if self.pin_memory:
            tensors = {name: tensor.pin_memory() for name, tensor in tensors.items()}
        return {**tensors, "max_seqlen": batch.max_seqlen, "step": batch.step}
