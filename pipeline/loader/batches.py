"""The loader's batches and samples as torch tensors: the only file that needs torch.

`TokenBatches` is the loader itself: a rank's own batches, read ahead by one thread, so a trainer
never waits for the disk and no worker process is needed. The state is that of the batches handed
out, never of those read ahead.

`TokenSamples` is for trainers that divide samples among processes themselves (DistributedSampler,
accelerate, Hugging Face's Trainer): a sample by its number, the same in every process.
"""

import os
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from operator import index
from os import PathLike
from threading import Lock
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset, IterableDataset, get_worker_info

from pipeline.errors import UsageError
from pipeline.loader.block_caches import CACHE_BYTES
from pipeline.loader.block_index import Check
from pipeline.loader.phases import Phase
from pipeline.loader.plan import MixPlan
from pipeline.loader.samples.packing import IGNORED
from pipeline.loader.state import LoaderState
from pipeline.loader.token_batch import TokenBatch
from pipeline.loader.token_loader import TokenLoader

Tensors = dict[str, Any]

# Of torch, transformers and accelerate: what divides among processes what it reads of a set, and
# what reads a batch before it hands one out, so that no state is that of what was handed out.
_SHARD = "IterableDatasetShard"
_PREPARED = ("DataLoaderDispatcher", "DataLoaderShard")
_FETCHER = "_IterableDatasetFetcher"  # of torch's DataLoader


class TokenBatches(IterableDataset):  # type: ignore[misc]
    """Batches of a TokenLoader as dictionaries of tensors.

    tokens int32 (n, T), labels int64 (n, T), loss_mask bool (n, T), positions int32 (n, T),
    cu_seqlens int32, groups int32 (n,), samples int64 (n,); max_seqlen and step are ints. With
    `pin_memory` the tensors are pinned, so that copies to a GPU need not wait. In a DataLoader:
    batch_size=None, num_workers=0. Raises UsageError where batches would be read twice or not at
    all: in worker processes, and below what divides among processes what a rank has for its own.
    """

    def __init__(self, loader: TokenLoader, prefetch: int = 4, pin_memory: bool = False) -> None:
        if prefetch < 1:
            raise UsageError(f"prefetch = {prefetch} reads nothing ahead; set at least 1")
        self.loader, self.prefetch, self.pin_memory = loader, prefetch, pin_memory
        self._handed_out = loader.state
        self._lock = Lock()  # the loader's state belongs to who reads ahead, or to who changes it
        self._turn = 0  # how often that was changed
        self._reading: object = None  # the iteration that goes on

    def state_dict(self) -> dict[str, Any]:
        """The state after the last batch handed out, with what was appended and skipped since."""
        read = self.loader.state  # as far as was read ahead
        return replace(self._handed_out, journal=read.journal, skips=read.skips).as_dict()

    def load_state_dict(self, value: Mapping[str, Any]) -> None:
        """Goes on where `value` was taken, an iteration too; see TokenLoader.load_state_dict."""
        with self._lock:
            self._go_to(value)
            self._turn += 1

    def skip(self, from_step: int, to_step: int) -> None:
        """Leaves out what batches [from_step, to_step) would have held; see TokenLoader.skip."""
        with self._lock:
            self._go_to(self.state_dict())
            self.loader.skip(from_step, to_step)
            self._handed_out, self._turn = self.loader.state, self._turn + 1

    def append(self, phase: Phase, step: int | None = None) -> None:
        """Goes over to `phase` at batch `step`, by default the next; see TokenLoader.append."""
        with self._lock:
            self._go_to(self.state_dict())
            self.loader.append(phase, step)
            self._handed_out, self._turn = self.loader.state, self._turn + 1

    def __iter__(self) -> Iterator[Tensors]:
        if get_worker_info() is not None:
            raise UsageError("every worker would read all batches; set num_workers=0")
        _refuse_division(self.loader)
        own = self._reading = object()
        turn = -1
        while turn != self._turn:  # begun, or what is to be read has changed
            with self._lock:
                turn = self._turn
                self._go_to(self.state_dict())
            for batch in self._ahead(turn):
                yield batch
                if self._reading is not own:
                    raise UsageError("another iteration over these batches has begun; end this one")

    def _ahead(self, turn: int) -> Iterator[Tensors]:
        """Batches read ahead, to the end or until what is to be read changes."""
        pool = ThreadPoolExecutor(1)
        try:
            ahead = deque(pool.submit(self._next) for _ in range(self.prefetch))
            while turn == self._turn and (ready := ahead.popleft().result()) is not None:
                ahead.append(pool.submit(self._next))
                batch, self._handed_out = ready
                yield batch
        finally:
            pool.shutdown(cancel_futures=True)

    def _go_to(self, value: Mapping[str, Any]) -> None:
        self.loader.load_state_dict(value)
        self._handed_out = self.loader.state

    def _next(self) -> tuple[Tensors, LoaderState] | None:
        """The next batch and the state behind it; None at the end."""
        with self._lock:
            batch = next(self.loader, None)
            return None if batch is None else (self._pinned(batch), self.loader.state)

    def _pinned(self, batch: TokenBatch) -> Tensors:
        tensors = {**_tensors(batch), "cu_seqlens": torch.from_numpy(batch.cu_seqlens)}
        if self.pin_memory:
            tensors = {name: tensor.pin_memory() for name, tensor in tensors.items()}
        return {**tensors, "max_seqlen": batch.max_seqlen, "step": batch.step}


class TokenSamples(Dataset):  # type: ignore[misc]
    """The samples of a plan by their numbers, 0 to `len`, as dictionaries of tensors.

    tokens int32 (T,), labels int64 (T,), loss_mask bool (T,), positions int32 (T,): where these are
    0 a document starts; groups and samples, one number each. With `shifts`, for models that shift
    labels themselves, as Hugging Face's do: input_ids, labels (those of the tokens themselves,
    IGNORED where nothing before them tells them), position_ids, all int64 (T,).

    The plan's order is that of the numbers: read them with a SequentialSampler (of Trainer:
    train_sampling_strategy="sequential"), or phases are mixed up. Worker processes open the dataset
    for themselves. `check`, `cache_bytes` and `cache_folder` are those of TokenReader.
    """

    def __init__(
        self,
        plan: MixPlan,
        *,
        shifts: bool = False,
        check: Check = "first",
        cache_bytes: int = CACHE_BYTES,
        cache_folder: str | PathLike[str] = "",
    ) -> None:
        self.plan, self.shifts = plan, shifts
        self._check: Check = check
        self._cache = (cache_bytes, cache_folder)
        self._opened: tuple[int, TokenLoader] | None = None

    def __len__(self) -> int:
        return self.plan.samples

    def __getitem__(self, number: int) -> Tensors:
        return self.__getitems__([number])[0]

    def __getitems__(self, numbers: Sequence[int]) -> list[Tensors]:
        """Several samples, in the order that is asked for; what a DataLoader asks for its batch."""
        wanted = np.array([index(number) for number in numbers], np.int64)
        if len(wanted) and not 0 <= wanted.min() <= wanted.max() < len(self):
            raise IndexError(f"samples {wanted.min()} to {wanted.max()} of {len(self)}")
        ascending, places = np.unique(wanted, return_inverse=True)
        tensors = _tensors(self._loader().samples(ascending))
        if self.shifts:
            tensors = _unshifted(tensors)
        return [{name: tensor[row] for name, tensor in tensors.items()} for row in places.tolist()]

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_opened": None}

    def _loader(self) -> TokenLoader:
        """This process's own: maps and threads do not outlive a fork."""
        if self._opened is None or self._opened[0] != os.getpid():
            size, folder = self._cache
            loader = TokenLoader(
                self.plan,
                1,
                drop_last=False,
                check=self._check,
                cache_bytes=size,
                cache_folder=folder,
            )
            self._opened = (os.getpid(), loader)
        return self._opened[1]


def _tensors(batch: TokenBatch) -> Tensors:
    """What of a batch has a row for every sample.

    NumPy converts: torch would wake its threads for it, which then wait by spinning.
    """
    return {
        "tokens": torch.from_numpy(np.ascontiguousarray(batch.tokens)),
        "labels": torch.from_numpy(batch.labels.astype(np.int64)),
        "positions": torch.from_numpy(batch.positions),
        "loss_mask": torch.from_numpy(batch.loss_mask),
        "groups": torch.from_numpy(batch.groups),
        "samples": torch.from_numpy(batch.samples),
    }


def _unshifted(tensors: Tensors) -> Tensors:
    """The same for a model that holds its answer at place i against the label at i + 1."""
    labels = torch.full_like(tensors["labels"], IGNORED)
    known = tensors["loss_mask"][:, :-1]
    labels[:, 1:][known] = tensors["labels"][:, :-1][known]
    ids, positions = tensors["tokens"].long(), tensors["positions"].long()
    return {"input_ids": ids, "labels": labels, "position_ids": positions}


def _refuse_division(loader: TokenLoader) -> None:
    """Raises UsageError below what would divide a rank's own batches once more, or run ahead.

    None of these tells a set what it does, so who asks is looked for among the callers.
    """
    frame, found = sys._getframe(1), set()
    while frame is not None:
        own = frame.f_locals.get("self")
        found |= {kind.__name__ for kind in type(own).__mro__}
        if _FETCHER in found and getattr(own, "auto_collation", False):
            raise UsageError("a DataLoader would stack batches; set batch_size=None")
        frame = frame.f_back  # type: ignore[assignment]
    divides = (_SHARD,) if loader.world > 1 else ()
    for name in (*_PREPARED, *divides):
        if name in found:
            raise UsageError(
                f"{name} would divide among processes the batches that are rank {loader.rank}'s "
                "own, or read them ahead; give it TokenSamples, or do not prepare the loader and "
                "give it rank and world"
            )
