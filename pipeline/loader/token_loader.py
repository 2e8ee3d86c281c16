"""Batches of tokens for one rank, in the same order on any number of ranks.

A batch is a run of global samples; rank r of w takes the r-th of w nearly equal shares of it, in
order, so the batches of all ranks put together are the same for every w. No processes, no shared
memory: reading costs a few microseconds a sample.
"""

from collections.abc import Mapping
from dataclasses import replace
from operator import index
from os import PathLike
from typing import Any

import numpy as np

from pipeline.errors import UsageError
from pipeline.loader.block_caches import CACHE_BYTES
from pipeline.loader.block_index import Check
from pipeline.loader.phases import Phase
from pipeline.loader.plan import MixPlan
from pipeline.loader.reader import TokenReader
from pipeline.loader.samples.concat_rows import ConcatRows
from pipeline.loader.samples.fitted_rows import FittedRows
from pipeline.loader.samples.sample_rows import Longs, RowSource
from pipeline.loader.state import LoaderState
from pipeline.loader.token_batch import Seen, TokenBatch


class TokenLoader:
    """Iterates over the batches of a plan for rank `rank` of `world`.

    `global_batch` samples make a batch over all ranks. `drop_last` leaves out a last batch that is
    not full. Without `boundaries`, cu_seqlens has the samples' starts only. `check`, `cache_bytes`
    and `cache_folder` are those of TokenReader; the cache of a dataset in a store should hold what
    a share of a batch touches, at best all of the dataset. Raises UsageError for ranks that cannot
    be, CheckError for a dataset that is not the plan's any more.
    """

    def __init__(
        self,
        plan: MixPlan,
        global_batch: int,
        rank: int = 0,
        world: int = 1,
        *,
        boundaries: bool = True,
        drop_last: bool = True,
        check: Check = "first",
        cache_bytes: int = CACHE_BYTES,
        cache_folder: str | PathLike[str] = "",
    ) -> None:
        global_batch, rank, world = index(global_batch), index(rank), index(world)
        if not 0 <= rank < world <= global_batch:
            raise UsageError(
                f"rank {rank} of {world} with batches of {global_batch}: "
                "need 0 <= rank < world <= global_batch"
            )
        if drop_last and plan.samples < global_batch:
            raise UsageError(
                f"the plan has {plan.samples} samples, fewer than a batch of {global_batch}; make "
                "batches smaller, or set drop_last=False"
            )
        self.reader = TokenReader(
            plan.folder, check, plan.manifest, cache_bytes=cache_bytes, cache_folder=cache_folder
        )
        self.plan = self._first_plan = plan
        self.rank, self.world, self.global_batch = rank, world, global_batch
        self.boundaries, self.drop_last = boundaries, drop_last
        self._rows: RowSource = (
            ConcatRows(self.reader, plan.seq_len)
            if plan.packed is None
            else FittedRows(self.reader, plan.packed)
        )
        start = ((0, 0, global_batch),)
        self.state = LoaderState(plan.manifest.identity, plan.digest, 0, 0, start)

    def __iter__(self) -> "TokenLoader":
        return self

    def __next__(self) -> TokenBatch:
        ranges = self.state.ranges(self.state.step, self.plan.samples)
        whole = sum(stop - start for start, stop in ranges) == self.global_batch
        if not ranges or (self.drop_last and not whole):
            raise StopIteration
        batch = self._read(self.state.step, self._share(ranges))
        self.state = self.state.advanced(ranges)
        return batch

    def batch(self, step: int) -> TokenBatch:
        """This rank's share of batch `step`. Raises UsageError past the end."""
        return self._read(step, self._share(self._ranges(step)))

    def samples(self, numbers: Longs) -> TokenBatch:
        """Any global samples, ascending and below the plan's; of step -1, as they make no batch."""
        return self._read(-1, numbers)

    def explain(self, step: int) -> list[Seen]:
        """The documents in this rank's share of batch `step`, in order."""
        samples = self._share(self._ranges(step))
        order = self.plan.order(samples)
        ranges = self._rows.ranges(order.group, order.index)
        return [
            Seen(sample, epoch, stretch)
            for sample, epoch, held in zip(
                samples.tolist(), order.epoch.tolist(), ranges, strict=True
            )
            for start, stop in held
            for stretch in self.reader.documents(start, stop)
        ]

    def skip(self, from_step: int, to_step: int) -> None:
        """Leaves out what batches [from_step, to_step) would have held; the state records it."""
        total = self.plan.samples
        first, last = index(from_step), index(to_step)
        start, stop = (self.state.cursor_of(step, total) for step in (first, last))
        if start >= stop:
            raise UsageError(
                f"no batch is left to skip from step {first} to before {last} of a plan of {total} "
                "samples; give the first, and the one behind the last"
            )
        self.state = self.state.with_skip(start, stop)

    def append(self, phase: Phase, step: int | None = None) -> None:
        """Goes over to `phase` at batch `step` (now, by default); the state records it."""
        at = self.state.cursor_of(
            self.state.step if step is None else index(step), self.plan.samples
        )
        if at < self.state.cursor:
            raise UsageError(f"a phase cannot begin in the past, at sample {at}")
        self.plan = self.plan.with_phase(phase, at)
        journal = (*self.state.journal, (at, phase.as_json()))
        self.state = replace(self.state, journal=journal)

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint has to hold: plain values, at most 4 KB."""
        return self.state.as_dict()

    def load_state_dict(self, value: Mapping[str, Any]) -> None:
        """Goes on where `value` was taken, on any rank count and batch size.

        Raises CheckError for the state of another dataset or plan.
        """
        state = LoaderState.from_dict(value)
        state.refuse_other(self.plan.manifest.identity, self._first_plan.digest)
        state.refuse_beyond(self._first_plan.samples)
        plan = self._first_plan
        for at, phase in state.journal:
            plan = plan.with_phase(Phase(**phase), at)
        self.plan, self.state = plan, state.with_batch(self.global_batch)

    def _ranges(self, step: int) -> list[tuple[int, int]]:
        ranges = self.state.ranges(step, self.plan.samples)
        if not ranges:
            raise UsageError(f"batch {step} lies past the plan's {self.plan.samples} samples")
        return ranges

    def _share(self, ranges: list[tuple[int, int]]) -> Longs:
        samples = np.concatenate([np.arange(start, stop) for start, stop in ranges])
        count = len(samples)
        first, last = (count * rank // self.world for rank in (self.rank, self.rank + 1))
        return samples[first:last]

    def _read(self, step: int, samples: Longs) -> TokenBatch:
        order = self.plan.order(samples)
        rows = self._rows.read(order.group, order.index, self.boundaries)
        return TokenBatch(step, rows.tokens, rows.labels, rows.cu_seqlens, order.group, samples)
