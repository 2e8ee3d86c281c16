"""The funnel: what came in, was kept, was dropped and why, job by job and stage by stage."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.table import Table

# The order in which a record meets the stages; a stage not named here comes last, by name.
STAGES = ("ingest", "screen", "extract", "dedup", "quality", "classify", "mix", "tokenize")


@dataclass(frozen=True)
class JobCounts:
    """One job's counts; `dropped` has "stage:reason" keys."""

    job: str
    came_in: int
    kept: int
    dropped: Mapping[str, int]
    notes: tuple[str, ...] = ()

    def adds_up(self) -> bool:
        return self.came_in == self.kept + sum(self.dropped.values())


@dataclass(frozen=True)
class FunnelRow:
    job: str
    stage: str
    came_in: int
    kept: int
    reasons: tuple[tuple[str, int], ...]  # most frequent first


def funnel_rows(counts: JobCounts) -> list[FunnelRow]:
    """A row per stage of a job that dropped anything, in order; one row for a job that dropped
    none.
    """
    by_stage: dict[str, dict[str, int]] = {}
    for key, number in counts.dropped.items():
        stage, _, reason = key.partition(":")
        by_stage.setdefault(stage, {})[reason] = number
    rows, here = [], counts.came_in
    for stage in sorted(by_stage, key=_place):
        lost = by_stage[stage]
        reasons = tuple(sorted(lost.items(), key=lambda item: (-item[1], item[0])))
        rows.append(FunnelRow(counts.job, stage, here, here - sum(lost.values()), reasons))
        here -= sum(lost.values())
    return rows or [FunnelRow(counts.job, "", here, here, ())]


def _place(stage: str) -> tuple[int, str]:
    return (STAGES.index(stage) if stage in STAGES else len(STAGES), stage)


def funnel_table(jobs: list[JobCounts]) -> Table:
    """The funnel as a table for the terminal."""
    table = Table(title="funnel", title_justify="left")
    for heading in ("job", "stage"):
        table.add_column(heading)
    for heading in ("in", "kept", "dropped"):
        table.add_column(heading, justify="right")
    table.add_column("by reason")
    for counts in jobs:
        for row in funnel_rows(counts):
            reasons = "\n".join(f"{number:,} {reason}" for reason, number in row.reasons)
            figures = (f"{n:,}" for n in (row.came_in, row.kept, row.came_in - row.kept))
            table.add_row(row.job, row.stage, *figures, reasons)
        for note in counts.notes:
            table.add_row(counts.job, "", "", "", "", f"note: {note}")
        table.add_section()
    return table
