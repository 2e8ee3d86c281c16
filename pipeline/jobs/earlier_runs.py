"""What earlier runs have kept, for deduplication against them."""

import pyarrow as pa

from pipeline.arrow import read_without
from pipeline.document import Unit, digest
from pipeline.errors import UsageError
from pipeline.frame import parts
from pipeline.frame.manifests import Manifest, job_states

_NEEDED = ("extract", "curate", "near")


def earlier_marks(runs: tuple[str, ...]) -> list[str]:
    """The identity of what each run has kept. Raises UsageError for a folder without such a run."""
    return [digest(*(found[job].identity for job in _NEEDED)) for found in map(_manifests, runs)]


def earlier_keys(runs: tuple[str, ...]) -> list[Unit]:
    """Units of (keys, curated part, its decisions): what `exact` compares with."""
    return [
        _unit(run, part.name, (keys, *kept))
        for run in runs
        for part, keys, kept in _parts(_manifests(run))
    ]


def earlier_curated(runs: tuple[str, ...]) -> list[Unit]:
    """Units of (curated part, its decisions): what `near` compares with."""
    return [
        _unit(run, part.name, kept) for run in runs for part, _, kept in _parts(_manifests(run))
    ]


def earlier_documents(runs: tuple[str, ...]) -> int:
    """How many documents the runs have kept."""
    return sum(_manifests(run)["near"].kept for run in runs)


def _manifests(run: str) -> dict[str, Manifest]:
    states = job_states(run, _NEEDED)
    lacking = [state.job for state in states if state.manifest is None]
    if lacking:
        raise UsageError(
            f"dedup.against: the run in {run!r} has not finished {lacking[0]!r}; finish it first"
        )
    return {state.job: state.manifest for state in states if state.manifest is not None}


def _parts(found: dict[str, Manifest]) -> list[tuple[parts.Part, str, tuple[str, str]]]:
    """Every curated part with the paths of its keys, itself and the decisions on it."""

    def path(job: str, dataset: str, base: str) -> str:
        return parts.path(found[job].folder, dataset, found[job].by_base[base].name)

    return [
        (
            part,
            path("extract", "keys", base),
            (path("curate", "curated", base), path("near", "decisions", base)),
        )
        for base, part in found["curate"].by_base.items()
    ]


def _unit(run: str, name: str, paths: tuple[str, ...]) -> Unit:
    return Unit(name=f"{digest(run)[:12]}.{name}", paths=paths)


def kept_rows(unit: Unit, columns: list[str]) -> pa.Table:
    """The rows of an earlier run's curated part that its near-duplicate decisions have left."""
    curated, decisions = unit.paths[-2:]
    return read_without(curated, decisions, columns)
