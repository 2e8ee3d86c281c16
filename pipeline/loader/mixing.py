"""Which group each sample of a phase comes from: exact shares, in closed form.

Weights become integer edges 0 = e_0 <= ... <= e_D = scale. Among the first n samples group d has
floor(n e_{d+1} / scale) - floor(n e_d / scale): these sum to n and each is less than one sample
away from its share. That count is kept at the borders of mixing blocks of a few thousand samples;
inside a block every group's samples are spread evenly, each at the middle of its own interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.errors import UsageError

SCALE = 1 << 32
BLOCK_SAMPLES = 4_096
MAX_BLOCK_SAMPLES = 1 << 22


def edges(weights: Sequence[float]) -> tuple[int, ...]:
    """Integer edges of `weights`, from 0 to SCALE. Raises UsageError for weights that are none."""
    total = float(sum(weights))
    if not weights or min(weights) < 0 or not 0 < total < float("inf"):
        raise UsageError(f"weights {list(weights)} are no shares; give numbers above 0")
    sums = np.cumsum(np.array(weights, np.float64) / total)
    return (0, *(round(float(edge) * SCALE) for edge in sums[:-1]), SCALE)


def capped(weights: Sequence[float], samples: int, limits: Sequence[int]) -> list[int] | None:
    """Samples of each group where shares would pass `limits`; None where none does.

    What a group must leave goes to the others by their weights; where all are at their limits, the
    sum stays below `samples`.
    """
    share = np.array(weights, np.float64)
    limit = np.array(limits, np.float64)
    full = np.zeros(len(share), bool)
    counts = samples * share / share.sum()
    while (over := ~full & (counts > limit)).any():
        full |= over
        rest = samples - limit[full].sum()
        counts = np.where(full, limit, rest * share / max(share[~full].sum(), 1e-300))
    if not full.any():
        return None
    whole = np.minimum(np.floor(counts + 1e-9), limit)
    missing = round(counts.sum() - whole.sum())
    for place in np.argsort(whole - counts, kind="stable")[:missing]:
        whole[place] = min(whole[place] + 1, limit[place])
    return [int(count) for count in whole]


@dataclass(frozen=True)
class Mixture:
    """The shares of one phase of `samples` samples.

    `edges` may have any scale: the last of them. Whole numbers of samples as weights, summing to
    `samples`, are met exactly at the end.
    """

    edges: tuple[int, ...]
    samples: int

    @cached_property
    def blocks(self) -> int:
        """Number of mixing blocks: as many as leave every group two samples in each."""
        widths = [after - before for before, after in zip(self.edges, self.edges[1:], strict=False)]
        least = min(width for width in widths if width) / self.edges[-1]
        blocks = max(1, min(self.samples // BLOCK_SAMPLES, int(self.samples * least / 2)))
        # A tiny group of a long phase is in some blocks alone, so that none is too large to hold.
        return max(blocks, -(-self.samples // MAX_BLOCK_SAMPLES))

    def counts(self, samples: int) -> npt.NDArray[np.int64]:
        """Samples of each group among the first `samples`, at the border of a block."""
        marks = [samples * edge // max(1, self.edges[-1]) for edge in self.edges]
        return np.array(marks[1:], np.int64) - np.array(marks[:-1], np.int64)

    def border(self, block: int) -> int:
        """The first sample of a block."""
        return self.samples * block // self.blocks

    def block_of(self, sample: int) -> int:
        """The block that a sample lies in."""
        block = sample * self.blocks // self.samples
        while self.border(block + 1) <= sample:
            block += 1
        return block

    def sequence(self, block: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """(group, ordinal) of every sample of a block.

        The ordinal counts a group's samples from the start of the phase.
        """
        return _sequence(self, block)

    def counts_at(self, sample: int) -> npt.NDArray[np.int64]:
        """Samples of each group among the first `sample`, anywhere."""
        if sample >= self.samples:
            return self.counts(self.samples)
        block = self.block_of(sample)
        start = self.border(block)
        groups, _ = self.sequence(block)
        inside = np.bincount(groups[: sample - start], minlength=len(self.edges) - 1)
        return self.counts(start) + inside


@lru_cache(maxsize=4)
def _sequence(mixture: Mixture, block: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    before = mixture.counts(mixture.border(block))
    inside = mixture.counts(mixture.border(block + 1)) - before
    group = np.repeat(np.arange(len(inside), dtype=np.int32), inside)
    nth = np.concatenate([np.arange(count) for count in inside])
    order = np.argsort((nth + 0.5) / inside[group], kind="stable")
    return group[order], (nth + before[group])[order]
