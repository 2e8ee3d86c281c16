"""The plan of a training run: phases with weights, and the order that follows from them.

A plan is made from the `plan.json` of the mixture by default (`MixPlan.from_plan`). It maps every
global sample to a sample of a group, in a window of samples at a time:

    global sample -> phase -> (group, ordinal) -> (epoch, place in the group's order)

A group's ordinal counts on from phase to phase, so nothing repeats before the group is exhausted,
and then a new epoch has a new order. Plans never change; `with_phase` makes a new one that shares
the past.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline import files
from pipeline.document import digest
from pipeline.errors import UsageError
from pipeline.loader.mixing import Mixture, edges
from pipeline.loader.packing import concat_samples
from pipeline.loader.permutation import permute, round_keys
from pipeline.tokenize.manifest import Manifest, read_manifest

WINDOW = 4_096  # samples whose order is computed at once


@dataclass(frozen=True)
class Phase:
    """A stretch of training with one set of weights.

    `weights`: group to its share of the phase's tokens. `tokens` None is one pass: every group of
    `weights` exactly once, and the shares are the groups' own. `max_epochs`: how often a group may
    be seen in the whole run.
    """

    name: str
    tokens: int | None
    weights: Mapping[str, float]
    max_epochs: Mapping[str, float] = field(default_factory=dict)

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


@dataclass(frozen=True)
class Order:
    """What some global samples are; arrays of equal length."""

    group: npt.NDArray[np.int32]
    epoch: npt.NDArray[np.int64]
    index: npt.NDArray[np.int64]  # sample of the group, 0 .. its number of samples


@dataclass(frozen=True)
class MixPlan:
    """A dataset, its samples and phases. `cuts[i]` ends phase i early, at that global sample."""

    folder: str
    manifest: Manifest
    phases: tuple[Phase, ...]
    seq_len: int
    seed: int
    cuts: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if self.seq_len < 1 or not self.phases:
            raise UsageError(f"a plan needs a phase and seq_len > 0, not {self.seq_len}")
        for phase in self.phases:
            unknown = sorted(set(phase.weights) - set(self.groups))
            if unknown:
                raise UsageError(
                    f"phase {phase.name!r} weighs group {unknown[0]!r}, which the dataset lacks; "
                    f"it has {', '.join(self.groups)}"
                )
        self._check_epochs()

    @classmethod
    def from_plan(cls, dataset: str, plan: str, seq_len: int, seed: int | None = None) -> "MixPlan":
        """The plan of a dataset folder and the path of the mixture's plan.json, its seed by
        default.

        Groups that plan.json names without documents are left out.
        """
        value = files.read_json(plan)
        if value.get("version") != 1:
            raise UsageError(f"{plan!r} is no plan of version 1; write it with this version")
        manifest = read_manifest(dataset)
        empty = {g for g, row in value["groups"].items() if not row["documents"]}
        phases = []
        for row in value["phases"]:
            weights = {g: w for g, w in row["weights"].items() if w > 0 and g not in empty}
            if weights and row["tokens"] != 0:
                phases.append(Phase(row["name"], row["tokens"], weights, row["max_epochs"]))
        return cls(
            dataset, manifest, tuple(phases), seq_len, value["seed"] if seed is None else seed
        )

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Names of the dataset's groups, sorted; a group's number is its place here."""
        return tuple(self.manifest.groups)

    @cached_property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Samples of each group in one epoch."""
        tokens = [totals["tokens"] for totals in self.manifest.groups.values()]
        return np.array([concat_samples(count, self.seq_len) for count in tokens], np.int64)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The phases in their places."""
        spans: list[Span] = []
        cuts = dict(self.cuts)
        start, before = 0, np.zeros(len(self.groups), np.int64)
        for number, phase in enumerate(self.phases):
            groups = np.array(
                [self.groups.index(g) for g, w in sorted(phase.weights.items()) if w > 0], np.int32
            )
            mixture = self._mixture(phase, groups)
            stop = min(start + mixture.samples, cuts.get(number, start + mixture.samples))
            spans.append(Span(phase, start, stop, groups, mixture, before))
            before, start = spans[-1].counts_at(stop), stop
        return tuple(spans)

    def _mixture(self, phase: Phase, groups: npt.NDArray[np.int32]) -> Mixture:
        if phase.tokens is None:
            sums = np.cumsum(self.sizes[groups])
            return Mixture((0, *(int(edge) for edge in sums)), int(sums[-1]))
        weights = [w for _, w in sorted(phase.weights.items()) if w > 0]
        return Mixture(edges(weights), max(1, phase.tokens // self.seq_len))

    @property
    def samples(self) -> int:
        """Samples of the whole run."""
        return self.spans[-1].stop

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Samples of each group in the whole run."""
        return self.spans[-1].counts_at(self.samples)

    @cached_property
    def digest(self) -> str:
        """32 hex digits over everything that makes the order, the dataset apart."""
        phases = [phase.as_json() for phase in self.phases]
        rest = {"seq_len": self.seq_len, "seed": self.seed, "cuts": self.cuts}
        return digest(json.dumps([phases, rest], sort_keys=True))

    def with_phase(self, phase: Phase, at: int) -> "MixPlan":
        """The plan that goes over to `phase` at global sample `at`; what came before stays.

        Phases that would have started at `at` or later are gone.
        """
        kept = [span for span in self.spans if span.start < at]
        if not kept or at > self.samples:
            raise UsageError(f"a phase cannot start at sample {at} of 1 .. {self.samples}")
        number = len(kept) - 1
        cuts = (*(cut for cut in self.cuts if cut[0] < number), (number, min(at, kept[-1].stop)))
        return replace(self, phases=(*(span.phase for span in kept), phase), cuts=cuts)

    def order(self, samples: npt.NDArray[np.int64]) -> Order:
        """What the global samples `samples` are (ascending, below `self.samples`)."""
        windows = np.unique(samples // WINDOW)
        parts = [self._window(int(window)) for window in windows]
        place = samples % WINDOW + WINDOW * np.searchsorted(windows, samples // WINDOW)
        columns = (
            np.concatenate([getattr(p, n) for p in parts]) for n in ("group", "epoch", "index")
        )
        return Order(*(column[place] for column in columns))

    @cached_property
    def _cache(self) -> dict[int, Order]:
        return {}

    def _window(self, window: int) -> Order:
        """The samples of a window, from a cache of two: a batch lies in one or across two."""
        if window not in self._cache:
            while len(self._cache) > 1:
                del self._cache[next(iter(self._cache))]
            start = window * WINDOW
            self._cache[window] = self._compute(start, min(start + WINDOW, self.samples))
        return self._cache[window]

    def _compute(self, start: int, stop: int) -> Order:
        pieces = [
            self._piece(span, max(start, span.start), min(stop, span.stop))
            for span in self.spans
            if span.start < stop and start < span.stop
        ]
        group = np.concatenate([group for group, _ in pieces])
        ordinal = np.concatenate([ordinal for _, ordinal in pieces])
        size = self.sizes[group]
        epoch = ordinal // size
        index = permute(ordinal % size, size, self._keys(group, epoch))
        return Order(group, epoch, index.astype(np.int64))

    def _piece(
        self, span: Span, start: int, stop: int
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """(group, ordinal in the run) of global samples [start, stop) of a span."""
        mixture = span.mixture
        first, last = mixture.block_of(start - span.start), mixture.block_of(stop - 1 - span.start)
        sequences = [mixture.sequence(block) for block in range(first, last + 1)]
        offset = start - span.start - mixture.border(first)
        inside = slice(offset, offset + stop - start)
        group = span.groups[np.concatenate([groups for groups, _ in sequences])[inside]]
        nth = np.concatenate([ordinals for _, ordinals in sequences])[inside]
        return group, nth + span.before[group]

    def _keys(
        self, group: npt.NDArray[np.int32], epoch: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.uint64]:
        pairs, which = np.unique(np.stack([group, epoch]), axis=1, return_inverse=True)
        seed = str(self.seed)
        table = [round_keys(seed, self.groups[int(g)], str(int(e))) for g, e in pairs.T]
        keys: npt.NDArray[np.uint64] = np.stack(table)[which.reshape(-1)]
        return keys

    def _check_epochs(self) -> None:
        limits: dict[str, float] = {}
        for phase in self.phases:
            for group, limit in phase.max_epochs.items():
                limits[group] = min(limit, limits.get(group, limit))
        for group, size, count in zip(self.groups, self.sizes, self.counts, strict=True):
            # One sample of grace: counts are whole, and the last sample of a group is short.
            if group in limits and count > limits[group] * size + len(self.phases):
                raise UsageError(
                    f"group {group!r} would be seen {count / size:.2f} times, more than its "
                    f"{limits[group]:g}; lower its weight or the tokens"
                )
