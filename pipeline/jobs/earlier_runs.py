"""What earlier runs have kept, for deduplication against them."""

import pyarrow as pa

from pipeline.arrow import read_without
from pipeline.document import Unit, digest
from pipeline.errors import UsageError
from pipeline.frame.job_states import job_states
from pipeline.frame.manifests import Manifest, units_of
from pipeline.frame.unit_lists import UnitList, unit_list
from pipeline.secrets import has_secret

_NEEDED = ("extract", "curate", "near")
_KEPT = (("curate", "curated"), ("near", "decisions"))


def earlier_marks(runs: tuple[str, ...]) -> list[str]:
    """The identity of what each run has kept. Raises UsageError for a folder without such a run."""
    return [digest(*(found[job].identity for job in _NEEDED)) for found in map(_manifests, runs)]


def earlier_keys(runs: tuple[str, ...]) -> UnitList:
    """Units of (keys, curated part, its decisions): what `exact` compares with."""
    return _units(runs, (("extract", "keys"), *_KEPT))


def earlier_curated(runs: tuple[str, ...]) -> UnitList:
    """Units of (curated part, its decisions): what `near` compares with."""
    return _units(runs, _KEPT)


def _units(runs: tuple[str, ...], datasets: tuple[tuple[str, str], ...]) -> UnitList:
    return sum((units_of(_manifests(run), datasets) for run in runs), unit_list(()))


def earlier_documents(runs: tuple[str, ...]) -> int:
    """How many documents the runs have kept."""
    return sum(_manifests(run)["near"].kept for run in runs)


def _manifests(run: str) -> dict[str, Manifest]:
    if has_secret(run):  # the lists of what jobs read name it
        raise UsageError(
            f"dedup.against: {run!r} holds a secret; take it out, and give it in the environment "
            "or the store's own configuration"
        )
    states = job_states(run, _NEEDED)
    lacking = [state.job for state in states if state.manifest is None]
    if lacking:
        raise UsageError(
            f"dedup.against: the run in {run!r} has not finished {lacking[0]!r}; finish it first"
        )
    return {state.job: state.manifest for state in states if state.manifest is not None}


def kept_rows(unit: Unit, columns: list[str]) -> pa.Table:
    """The rows of an earlier run's curated part that its near-duplicate decisions have left."""
    curated, decisions = unit.files[-2:]
    return read_without(curated, decisions, columns)
