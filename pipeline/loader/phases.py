"""Phases of training, placed one after the other.

A phase has weights and a number of tokens. Placed in a run it has a start, a mixture in whole
samples, and the counts of what earlier phases have used: they carry on, so a group goes on where
it stood.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import UsageError
from pipeline.loader.mixing import Mixture, capped, edges

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Phase:
    """A stretch of training with one set of weights.

    `weights`: group to its share of the phase's tokens. `tokens` None is one pass: every group of
    `weights` exactly once, and the shares are the groups' own. `max_epochs`: how often a group may
    be seen up to the end of this phase; what it must leave goes to the others.
    """

    name: str
    tokens: int | None
    weights: Mapping[str, float]
    max_epochs: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises UsageError for what can be no phase."""
        if self.tokens is not None and self.tokens < 1:
            raise UsageError(f"phase {self.name!r} has {self.tokens} tokens; give more than none")
        for group, weight in (*self.weights.items(), *self.max_epochs.items()):
            if not 0 <= weight < float("inf"):
                raise UsageError(
                    f"phase {self.name!r} gives group {group!r} {weight}; give a number from 0 on"
                )
        if not any(self.weights.values()):
            raise UsageError(f"phase {self.name!r} weighs no group; give one a weight above 0")

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "tokens": self.tokens,
            "weights": dict(sorted(self.weights.items())),
            "max_epochs": dict(sorted(self.max_epochs.items())),
        }


@dataclass(frozen=True)
class Span:
    """A phase placed in the run: global samples [start, stop)."""

    phase: Phase
    start: int
    stop: int
    groups: npt.NDArray[np.int32]  # numbers of the mixture's groups in the plan's list
    mixture: Mixture
    before: npt.NDArray[np.int64]  # samples of every group of the plan used by earlier phases

    def counts_at(self, sample: int) -> npt.NDArray[np.int64]:
        """Samples of every group of the plan used before global sample `sample`."""
        counts = self.before.copy()
        counts[self.groups] += self.mixture.counts_at(sample - self.start)
        return counts


def place_phases(
    phases: Sequence[Phase],
    groups: Sequence[str],
    sizes: Longs,
    seq_len: int,
    cuts: Sequence[tuple[int, int]] = (),
) -> tuple[Span, ...]:
    """The spans of `phases` over `groups` of `sizes` samples.

    `cuts`: (number of a phase, global sample where it ends early).
    """
    spans: list[Span] = []
    early = dict(cuts)
    start, before = 0, np.zeros(len(groups), np.int64)
    for number, phase in enumerate(phases):
        names = sorted(name for name, weight in phase.weights.items() if weight > 0)
        places = np.array([groups.index(name) for name in names], np.int32)
        mixture = _mixture(phase, names, sizes[places], before[places], seq_len)
        stop = min(start + mixture.samples, early.get(number, start + mixture.samples))
        spans.append(Span(phase, start, stop, places, mixture, before))
        before, start = spans[-1].counts_at(stop), stop
    return tuple(spans)


def _mixture(
    phase: Phase, names: Sequence[str], sizes: Longs, before: Longs, seq_len: int
) -> Mixture:
    if phase.tokens is None:
        return _whole(sizes.tolist())
    samples = max(1, phase.tokens // seq_len)
    limits = []
    for name, size, used in zip(names, sizes.tolist(), before.tolist(), strict=True):
        epochs = phase.max_epochs.get(name)
        limits.append(samples if epochs is None else max(0, int(epochs * size) - used))
    weights = [phase.weights[name] for name in names]
    counts = capped(weights, samples, limits)
    return Mixture(edges(weights), samples) if counts is None else _whole(counts)


def _whole(counts: Sequence[int]) -> Mixture:
    """The mixture that ends with exactly these counts."""
    return Mixture((0, *accumulate(counts)), sum(counts))
