"""The funnel: what came in, was kept, was dropped and why, job by job and stage by stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True)
class JobCounts:
    """One job's counts; `dropped` has "stage:reason" keys.

    `places` are where documents leave, in the order in which they are met: a stage, or
    "stage:reason" where a stage stands at several places.
    """

    job: str
    came_in: int
    kept: int
    dropped: Mapping[str, int]
    notes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class FunnelRow:
    job: str
    stage: str
    came_in: int
    kept: int
    reasons: tuple[tuple[str, int], ...]  # most frequent first


def funnel_rows(counts: JobCounts) -> list[FunnelRow]:
    """A row per place of a job where something was dropped, in order; one row for a job that
    dropped nothing. Stages that no place names come last, by name.
    """
    by_place: dict[tuple[int, str], dict[str, int]] = {}
    for key, number in counts.dropped.items():
        stage, _, reason = key.partition(":")
        by_place.setdefault((_place(key, stage, counts.places), stage), {})[reason] = number
    rows, here = [], counts.came_in
    for at, lost in sorted(by_place.items()):
        reasons = tuple(sorted(lost.items(), key=lambda item: (-item[1], item[0])))
        rows.append(FunnelRow(counts.job, at[1], here, here - sum(lost.values()), reasons))
        here -= sum(lost.values())
    return rows or [FunnelRow(counts.job, "", here, here, ())]


def _place(key: str, stage: str, places: Sequence[str]) -> int:
    """Where a drop stands in the order: by its reason, by its stage, or behind all."""
    found = (places.index(name) for name in (key, stage) if name in places)
    return next(found, len(places))


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
