"""What a checkpoint of the loader holds, what it refuses, and which samples come next.

A few numbers and names: which dataset and plan, how many batches were delivered, and what was
changed on the way (phases appended, steps skipped, batch sizes). It says nothing of ranks and
threads, so it is loaded under any number of them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from pipeline.errors import CheckError, UsageError

VERSION = 1
MAX_BYTES = 4_096
_OTHER = "load another checkpoint"
_SAME = {
    "dataset": "give that dataset, or load another checkpoint",
    "plan": "give the same phases, seed, seq_len and packing, or load another checkpoint",
}


@dataclass(frozen=True)
class LoaderState:
    """The loader's position: `step` batches were delivered, `cursor` is the next global sample."""

    dataset: str  # identity of the manifest
    plan: str  # digest of the plan as it began
    step: int
    cursor: int
    # (step, cursor, samples per batch): the size of batches from that step on
    batches: tuple[tuple[int, int, int], ...]
    # (global sample, phase as JSON): phases appended to the plan, in order
    journal: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    skips: tuple[tuple[int, int], ...] = ()  # global samples [start, stop) left out, ascending

    def ranges(self, step: int, total: int) -> list[tuple[int, int]]:
        """Global samples [start, stop) of batch `step`, skips left out, below `total`."""
        if step < self.batches[0][0]:
            raise UsageError(
                f"batch {step} is older than the loader's state knows; load an earlier checkpoint"
            )
        first, cursor, size = max(row for row in self.batches if row[0] <= step)
        before = self._walk(cursor, (step - first) * size, total)
        return self._walk(before[-1][1] if before else cursor, size, total)

    def cursor_of(self, step: int, total: int) -> int:
        """The global sample that batch `step` starts with; `total` where there is none."""
        ranges = self.ranges(step, total)
        return ranges[0][0] if ranges else total

    def _walk(self, cursor: int, count: int, total: int) -> list[tuple[int, int]]:
        """The next `count` samples from `cursor` on, as ranges."""
        ranges = []
        for start, stop in (*self.skips, (total, total)):
            if stop < cursor or not count:
                continue
            end = min(start, cursor + count, total)
            if cursor < end:
                ranges.append((cursor, end))
                count -= end - cursor
            cursor = max(cursor, stop)
        return ranges

    def advanced(self, ranges: list[tuple[int, int]]) -> "LoaderState":
        """The state after the batch of these ranges."""
        return replace(self, step=self.step + 1, cursor=ranges[-1][1])

    def with_skip(self, start: int, stop: int) -> "LoaderState":
        """The state that leaves out global samples [start, stop)."""
        if not self.cursor <= start < stop:
            raise UsageError(
                f"samples {start} to {stop} cannot be skipped from sample {self.cursor} on; "
                "load an earlier checkpoint first"
            )
        merged: list[tuple[int, int]] = []
        for begin, end in sorted((*self.skips, (start, stop))):
            if merged and begin <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((begin, end))
        return replace(self, skips=tuple(merged))

    def with_batch(self, size: int) -> "LoaderState":
        """The state whose batches hold `size` samples from here on."""
        if self.batches[-1][2] == size:
            return self
        kept = tuple(row for row in self.batches if row[0] < self.step)
        return replace(self, batches=(*kept, (self.step, self.cursor, size)))

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a checkpoint, at most MAX_BYTES as JSON.

        What a long history of sizes and skips would take more, the oldest of it leaves: batches
        before it can be asked for no more.
        """
        value = {"version": VERSION, **asdict(self)}
        if len(json.dumps(value)) > MAX_BYTES:
            # Batches count from here on: from before, they would walk over skips that are gone.
            value["batches"] = ((self.step, self.cursor, self.batches[-1][2]),)
            value["skips"] = tuple(skip for skip in self.skips if skip[1] > self.cursor)
        size = len(json.dumps(value))
        if size > MAX_BYTES:
            raise UsageError(
                f"the loader's state takes {size} bytes, more than {MAX_BYTES}; "
                "write phases into a plan.json instead of appending them, and skip fewer stretches"
            )
        return value

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "LoaderState":
        """The state in `value`. Raises UsageError for one of another version or with other keys."""
        rest = {key: part for key, part in value.items() if key != "version"}
        if value.get("version") != VERSION:
            raise UsageError(
                f"the loader's state is of version {value.get('version')!r}, not {VERSION}; "
                "resume with the version that wrote it"
            )
        if odd := sorted(set(rest) ^ set(cls.__dataclass_fields__)):
            raise UsageError(f"the loader's state lacks {odd[0]!r} or should not have it; {_OTHER}")
        try:
            for key in ("journal", "skips", "batches"):
                rest[key] = tuple(tuple(row) for row in rest[key])
            state = cls(**rest)
            state._check()
        except (TypeError, ValueError) as error:
            raise CheckError(f"the loader's state cannot be ({error}); {_OTHER}") from error
        return state

    def _check(self) -> None:
        """Raises ValueError or TypeError for numbers that no loader has written."""
        numbers = [self.step, self.cursor, *(n for row in self.batches for n in row)]
        numbers += [n for row in self.skips for n in row] + [at for at, _ in self.journal]
        if any(type(number) is not int or number < 0 for number in numbers):
            raise ValueError("it counts in what is no number from 0 on")
        if not self.batches or any(len(row) != 3 or not row[2] for row in self.batches):
            raise ValueError("it has no size of batches")
        if list(self.batches) != sorted(self.batches) or self.batches[-1][0] > self.step:
            raise ValueError("its batches begin later than it stands")
        if any(start >= stop for start, stop in self.skips):
            raise ValueError("it skips less than nothing")

    def refuse_beyond(self, samples: int) -> None:
        """Raises CheckError for a state that stands behind the end of a plan without appendices."""
        if not self.journal and self.cursor > samples:
            raise CheckError(
                f"the loader's state stands at sample {self.cursor} of {samples}; {_OTHER}"
            )

    def refuse_other(self, dataset: str, plan: str) -> None:
        """Raises CheckError unless this state belongs to that dataset and plan."""
        for what, mine, theirs in (("dataset", self.dataset, dataset), ("plan", self.plan, plan)):
            if mine != theirs:
                raise CheckError(
                    f"the checkpoint is of {what} {mine}, not of {theirs}; {_SAME[what]}"
                )
