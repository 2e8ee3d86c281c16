"""Units whose bytes are no longer those that were read, of files that keep their size and ends."""

from collections.abc import Callable, Iterable

from pipeline.document import Unit
from pipeline.ingest.planning.input_plans import InputPlans
from pipeline.ingest.planning.look import in_threads


def edited(
    units: Iterable[Unit],
    plans: InputPlans,
    folder: str,
    recorded: Callable[[str], str],
    again: Callable[[Unit], str],
) -> set[str]:
    """The names of the units that have to be read again into a job's folder.

    `recorded` tells the digest of what a unit has read into that folder, "" if it has not; `again`
    the digest of what it would read now. That is asked for where a file may have been written since
    alone: a touch costs a reading of the file and gives nothing. Afterwards `plans` hold for the
    folder, so they are to be saved once the records of these units are gone, and not before.
    """
    told = ((unit, recorded(unit.name)) for unit in units if _is_doubted(unit, plans, folder))
    doubted = [(unit, digest) for unit, digest in told if digest]
    found = in_threads(again, [unit for unit, _ in doubted])
    plans.hold(folder)
    return {unit.name for (unit, digest), now in zip(doubted, found, strict=True) if now != digest}


def _is_doubted(unit: Unit, plans: InputPlans, folder: str) -> bool:
    """Whether a unit's file may not be what it was; of one whose server is silent nobody knows."""
    plan = plans[unit.paths[0]]
    return bool(plan.change) and folder not in plan.held
