"""The plan of a training run: phases with weights, and the order that follows from them.

A plan is made from the `plan.json` of the mixture by default (`MixPlan.from_plan`). It maps every
global sample to a sample of a group, in a window of samples at a time:

    global sample -> phase -> (group, ordinal) -> (epoch, place in the group's order)

A group's ordinal counts on from phase to phase, so nothing repeats before the group is exhausted,
and then a new epoch has a new order. Plans never change; `with_phase` makes a new one that shares
the past.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike, fspath
from typing import Any, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from pipeline.document import digest
from pipeline.errors import UsageError
from pipeline.loader.mixture_plan import phases_of, read_plan
from pipeline.loader.permutation import permute, round_keys
from pipeline.loader.phases import Phase, Span, place_phases
from pipeline.loader.samples.packed import Packed, open_packing
from pipeline.loader.samples.packing import Packing, checked_length, concat_samples
from pipeline.tokenize.manifest import Manifest, read_manifest

AnyPath: TypeAlias = str | PathLike[str]
WINDOW = 4_096  # samples whose order is computed at once


@dataclass(frozen=True)
class Order:
    """What some global samples are; arrays of equal length."""

    group: npt.NDArray[np.int32]
    epoch: npt.NDArray[np.int64]
    index: npt.NDArray[np.int64]  # sample of the group, 0 .. its number of samples


@dataclass(frozen=True)
class MixPlan:
    """A dataset, its samples and phases. `cuts[i]` ends phase i early, at that global sample.

    With `packed`, samples hold whole documents where they fit; without, they cut one stream.
    """

    folder: str
    manifest: Manifest
    phases: tuple[Phase, ...]
    seq_len: int
    seed: int
    cuts: tuple[tuple[int, int], ...] = ()
    packed: Packed | None = None

    def __post_init__(self) -> None:
        checked_length(self.seq_len)
        if not self.phases:
            raise UsageError("a plan needs a phase; its plan.json has none that sees something")
        for phase in self.phases:
            unknown = sorted({*phase.weights, *phase.max_epochs} - set(self.groups))
            if unknown:
                raise UsageError(
                    f"phase {phase.name!r} weighs group {unknown[0]!r}, which the dataset lacks; "
                    f"it has {', '.join(self.groups)}"
                )

    @classmethod
    def from_plan(
        cls,
        dataset: AnyPath,
        plan: AnyPath,
        seq_len: int,
        seed: int | None = None,
        only: Collection[str] = (),
        packing: Packing = "concat",
        packings: AnyPath = "",
    ) -> "MixPlan":
        """The plan of a dataset folder and the path of the mixture's plan.json.

        The seed is plan.json's by default, and its phases all or `only` those. Groups that it names
        without documents are left out. `packings` is a folder for what "bestfit" packing keeps.
        """
        dataset, plan = fspath(dataset), fspath(plan)
        only = (only,) if isinstance(only, str) else only
        manifest = read_manifest(dataset)
        value = read_plan(dataset, plan, manifest)
        rows = {row["name"]: row for row in value["phases"]}
        if unknown := sorted({*only} - {*rows}):
            raise UsageError(f"{plan!r} has no phase {unknown[0]!r}; it has {', '.join(rows)}")
        value["phases"] = [row for name, row in rows.items() if not only or name in only]
        made = cls.of(dataset, value, seq_len, seed, manifest)
        return made.packed_by(packing, packings)

    @classmethod
    def of(
        cls,
        dataset: AnyPath,
        value: Mapping[str, Any],
        seq_len: int,
        seed: int | None = None,
        manifest: Manifest | None = None,
    ) -> "MixPlan":
        """The plan of a dataset folder and what a plan.json says."""
        dataset = fspath(dataset)
        manifest = manifest or read_manifest(dataset)
        seed = value["seed"] if seed is None else seed
        return cls(dataset, manifest, tuple(phases_of(value)), seq_len, seed)

    def packed_by(self, packing: Packing, folder: AnyPath = "") -> "MixPlan":
        """This plan with samples made by `packing`; "bestfit" keeps what it makes in `folder`, by
        default beside the dataset. Raises UsageError where that cannot be.
        """
        if packing not in get_args(Packing):
            known = " or ".join(map(repr, get_args(Packing)))
            raise UsageError(f"packing {packing!r} is not known; set {known}")
        if packing == "concat":
            return replace(self, packed=None)
        packed = open_packing(self.folder, self.manifest, self.seq_len, fspath(folder))
        return replace(self, packed=packed)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Names of the dataset's groups, sorted; a group's number is its place here."""
        return tuple(self.manifest.groups)

    @cached_property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Samples of each group in one epoch."""
        if self.packed is not None:
            return self.packed.sizes
        tokens = [totals["tokens"] for totals in self.manifest.groups.values()]
        return np.array([concat_samples(count, self.seq_len) for count in tokens], np.int64)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The phases in their places."""
        return place_phases(self.phases, self.groups, self.sizes, self.seq_len, self.cuts)

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
        if self.packed is not None:
            rest["packing"] = f"bestfit {self.packed.version}"
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
        found = replace(self, phases=(*(span.phase for span in kept), phase), cuts=cuts)
        if found.samples <= at:
            raise UsageError(
                f"phase {phase.name!r} has nothing to read: its groups were seen as often as "
                "max_epochs allows; allow more"
            )
        return found

    def order(self, samples: npt.NDArray[np.int64]) -> Order:
        """What the global samples `samples` are (ascending, below `self.samples`)."""
        windows = np.unique(samples // WINDOW) if len(samples) else np.zeros(1, np.int64)
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
            if max(start, span.start) < min(stop, span.stop)
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
        pairs, which = np.unique(epoch * len(self.groups) + group, return_inverse=True)
        epochs, groups = np.divmod(pairs, len(self.groups))
        table = [
            round_keys(str(self.seed), self.groups[number], str(at))
            for number, at in zip(groups.tolist(), epochs.tolist(), strict=True)
        ]
        keys: npt.NDArray[np.uint64] = np.stack(table)[which]
        return keys
