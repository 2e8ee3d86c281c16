"""Earlier runs as deduplication reads them: parts, what they kept, and whether they are done."""

from pathlib import Path

import pyarrow as pa
import pytest
from support_manifests import manifest_of

from pipeline import files
from pipeline.arrow import Made
from pipeline.errors import UsageError
from pipeline.frame import parts
from pipeline.jobs.earlier_runs import (
    earlier_curated,
    earlier_documents,
    earlier_keys,
    earlier_marks,
)

DATASETS = {"extract": "keys", "curate": "curated", "near": "decisions"}
BASES = ("crawl.one", "crawl.two")


def name_of(job: str, base: str) -> str:
    return f"{parts.keyed(base, job)}.000"


def run_of(folder: Path, *jobs: str, kept: int = 3) -> str:
    """The folder of a run that has finished these jobs over two archives."""
    record = {}
    for job in jobs:
        target = f"{folder}/{job}-ffff"
        table = pa.table({"id": [f"{job}{kept}"]})
        done = [
            parts.commit(target, Made(name_of(job, base), {DATASETS[job]: table}, kept))
            for base, kept in zip(BASES, (kept - 1, 1), strict=True)
        ]
        manifest_of(target, job, done)
        record[job] = {"folder": f"{job}-ffff", "manifest": "all"}
    files.write_sealed(f"{folder}/run.json", {"jobs": record})
    return str(folder)


def path_of(run: str, job: str, base: str) -> str:
    return f"{run}/{job}-ffff/{DATASETS[job]}/{name_of(job, base)}.parquet"


def test_units_name_keys_curated_part_and_decisions_of_the_same_documents(tmp_path: Path) -> None:
    run = run_of(tmp_path, *DATASETS)
    assert [unit.paths for unit in earlier_keys((run,))] == [
        tuple(path_of(run, job, base) for job in DATASETS) for base in BASES
    ]
    assert [unit.paths for unit in earlier_curated((run,))] == [
        tuple(path_of(run, job, base) for job in ("curate", "near")) for base in BASES
    ]
    assert all(files.exists(path) for unit in earlier_keys((run,)) for path in unit.paths)


def test_units_of_two_runs_over_the_same_archives_have_numbers_of_their_own(
    tmp_path: Path,
) -> None:
    runs = tuple(run_of(tmp_path / name, *DATASETS) for name in "ab")
    for units in (earlier_keys(runs), earlier_curated(runs)):
        assert [unit.number for unit in units] == [0, 1, 2, 3]
        assert len({unit.paths for unit in units}) == 4


def test_both_kinds_of_units_of_a_part_have_one_number(tmp_path: Path) -> None:
    runs = tuple(run_of(tmp_path / name, *DATASETS) for name in "ba")
    found = [
        {unit.number: unit.paths[-2:] for unit in units(runs)}
        for units in (earlier_keys, earlier_curated)
    ]
    assert found[0] == found[1]


def test_documents_are_those_that_near_has_kept(tmp_path: Path) -> None:
    runs = run_of(tmp_path / "a", *DATASETS, kept=3), run_of(tmp_path / "b", *DATASETS, kept=5)
    assert earlier_documents(runs) == 8
    assert earlier_documents(()) == 0


def test_runs_are_marked_by_what_they_hold_and_not_by_where(tmp_path: Path) -> None:
    one, copy = (run_of(tmp_path / name, *DATASETS) for name in "ab")
    other = run_of(tmp_path / "c", *DATASETS, kept=5)
    marks = earlier_marks((one, copy, other))
    assert marks[0] == marks[1] != marks[2]


@pytest.mark.parametrize("job", DATASETS)
def test_a_run_without_one_of_the_jobs_is_refused(tmp_path: Path, job: str) -> None:
    run = run_of(tmp_path, *(name for name in DATASETS if name != job))
    with pytest.raises(UsageError, match=rf"has not finished '{job}'; finish it first"):
        earlier_marks((run,))
