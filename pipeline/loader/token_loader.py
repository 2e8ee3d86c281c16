"""Batches of tokens for one rank, in the same order on any number of ranks.

A batch is a run of global samples; rank r of w takes the r-th of w nearly equal shares of it, in
order, so the batches of all ranks put together are the same for every w. No processes, no shared
memory: reading costs a few microseconds a sample.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import UsageError
from pipeline.loader.packing import IGNORED
from pipeline.loader.phases import Phase
from pipeline.loader.plan import MixPlan
from pipeline.loader.reader import Check, Stretch, TokenReader
from pipeline.loader.state import LoaderState

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TokenBatch:
    """One rank's share of a batch: n samples of T tokens.

    tokens, labels: int32 (n, T); a label is the next token, or IGNORED. cu_seqlens: int32, where
    documents start in the n * T tokens laid end to end (every sample starts one), and n * T at the
    end. groups: int32 (n,), numbers in the plan's list. samples: int64 (n,), global samples.
    """

    step: int
    tokens: Ints
    labels: Ints
    cu_seqlens: Ints
    groups: Ints
    samples: Longs

    @cached_property
    def max_seqlen(self) -> int:
        """Tokens of the longest piece of a document."""
        return int(np.diff(self.cu_seqlens).max(initial=0))

    @cached_property
    def positions(self) -> Ints:
        """Place of each token in its piece of a document: int32 (n, T)."""
        starts = np.repeat(self.cu_seqlens[:-1], np.diff(self.cu_seqlens))
        places = np.arange(self.tokens.size, dtype=np.int32) - starts
        return places.astype(np.int32).reshape(self.tokens.shape)


@dataclass(frozen=True)
class Seen:
    """A part of a document in a sample of a batch."""

    sample: int
    epoch: int
    stretch: Stretch


class TokenLoader:
    """Iterates over the batches of a plan for rank `rank` of `world`.

    `global_batch` samples make a batch over all ranks. `drop_last` leaves out a last batch that is
    not full. Without `boundaries`, cu_seqlens has the samples' starts only. Raises UsageError for
    ranks that cannot be, CheckError for a dataset that is not the plan's any more.
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
    ) -> None:
        if not 0 <= rank < world <= global_batch:
            raise UsageError(
                f"rank {rank} of {world} with batches of {global_batch}: "
                "need 0 <= rank < world <= global_batch"
            )
        self.reader = TokenReader(plan.folder, check, plan.manifest)
        self.plan = self._first_plan = plan
        self.rank, self.world, self.global_batch = rank, world, global_batch
        self.boundaries, self.drop_last = boundaries, drop_last
        tokens = np.array([row["tokens"] for row in plan.manifest.groups.values()], np.int64)
        self._stops = np.cumsum(tokens)
        self._starts = self._stops - tokens
        identity = plan.manifest.identity
        self.state = LoaderState(identity, plan.digest, 0, 0, ((0, 0, global_batch),))

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

    def explain(self, step: int) -> list[Seen]:
        """The documents in this rank's share of batch `step`, in order."""
        samples = self._share(self._ranges(step))
        order = self.plan.order(samples)
        starts, stops = self._positions(order.group, order.index)
        return [
            Seen(sample, epoch, stretch)
            for sample, epoch, start, stop in zip(
                samples.tolist(), order.epoch.tolist(), starts.tolist(), stops.tolist(), strict=True
            )
            for stretch in self.reader.documents(start, min(stop, start + self.plan.seq_len))
        ]

    def skip(self, from_step: int, to_step: int) -> None:
        """Leaves out what batches [from_step, to_step) would have held; the state records it."""
        total = self.plan.samples
        start, stop = (self.state.cursor_of(step, total) for step in (from_step, to_step))
        self.state = self.state.with_skip(start, stop)

    def append(self, phase: Phase, step: int | None = None) -> None:
        """Goes over to `phase` at batch `step` (now, by default); the state records it."""
        at = self.state.cursor_of(self.state.step if step is None else step, self.plan.samples)
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

    def _positions(self, group: Ints, index: Longs) -> tuple[Longs, Longs]:
        """Where samples start in the dataset, and where they stop, the last label too."""
        starts = self._starts[group] + index * self.plan.seq_len
        return starts, np.minimum(starts + self.plan.seq_len + 1, self._stops[group])

    def _read(self, step: int, samples: Longs) -> TokenBatch:
        order = self.plan.order(samples)
        starts, stops = self._positions(order.group, order.index)
        tokens = self._tokens(starts, stops)
        labels = tokens[:, 1:]
        short = np.flatnonzero(stops - starts <= self.plan.seq_len)
        if len(short):
            labels = labels.copy()
            for row in short:
                labels[row, stops[row] - starts[row] - 1 :] = IGNORED
        return TokenBatch(
            step=step,
            tokens=tokens[:, :-1],
            labels=labels,
            cu_seqlens=self._boundaries(starts, stops),
            groups=order.group,
            samples=samples,
        )

    def _tokens(self, starts: Longs, stops: Longs) -> Ints:
        """int32 (n, T + 1): the tokens at [start, stop), filled up with the end of text."""
        width = self.plan.seq_len + 1
        out = np.empty((len(starts), width), np.int32)
        blocks = self.reader.locate(starts)
        offsets = starts - self.reader.starts[blocks]
        values = self.reader.values
        for row, (block, at) in enumerate(zip(blocks.tolist(), offsets.tolist(), strict=True)):
            view = values(block)[at : at + width]
            if len(view) < width:  # the sample goes on in the next block, or the group ends
                view = self.reader.read(int(starts[row]), int(stops[row]))
                out[row, len(view) :] = self.plan.manifest.eos
            out[row, : len(view)] = view
        return out

    def _boundaries(self, starts: Longs, stops: Longs) -> Ints:
        width = self.plan.seq_len
        rows = np.arange(len(starts), dtype=np.int64) * width
        parts: list[npt.NDArray[Any]] = [np.append(rows, len(starts) * width)]
        if self.boundaries:
            parts += self._inner_boundaries(starts, stops, rows)
        found = np.concatenate(parts).astype(np.int32)
        found.sort()
        return found

    def _inner_boundaries(self, starts: Longs, stops: Longs, rows: Longs) -> list[npt.NDArray[Any]]:
        """Document starts inside samples, counted from the first sample.

        A block's borders end with its length, so the filling of a short sample counts as a
        document.
        """
        width = self.plan.seq_len
        blocks = self.reader.locate(starts)
        offsets = starts - self.reader.starts[blocks]
        # Keys of the borders' own type: a search with another one would convert the whole array.
        keys = np.stack([offsets + 1, offsets + width], axis=1).astype(np.int32)
        across = starts + width > self.reader.ends[blocks]
        parts, counts = [], []
        for row, (block, more) in enumerate(zip(blocks.tolist(), across.tolist(), strict=True)):
            borders: npt.NDArray[Any] = self.reader.borders(block)
            first, last = borders.searchsorted(keys[row])
            inside = borders[first:last]
            if more and stops[row] > self.reader.ends[block]:
                stop = min(int(starts[row]) + width, int(stops[row]))
                inside = self.reader.document_starts(int(starts[row]), stop)
                inside = inside - self.reader.starts[block]
                if stop < starts[row] + width:
                    inside = np.append(inside, stop - self.reader.starts[block])
            parts.append(inside)
            counts.append(len(inside))
        return [np.concatenate(parts) + np.repeat(rows - offsets, counts)]
