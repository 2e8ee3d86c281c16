"""Same bytes: worker counts, order of paths, kills and additions change nothing that is written."""

import shutil
import signal
import subprocess
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from support import command, digests, funnel, gristmill, job_folder, leftovers

from pipeline.document import unit_hash
from pipeline.files import checksum, read_json

# The first test of a worker also waits for the whole run that all are held against.
pytestmark = pytest.mark.timeout(300)

KILLS = 10
ENGINE = ("--little-megabytes", "0")  # every pipeline runs there
JOBS = ("extract", "exact", "curate", "near", "classify", "mix", "tokenize")


@pytest.fixture(scope="module")
def whole(sample: Path) -> Path:
    """The run that all others must equal: one worker, never disturbed."""
    out = sample / "run"
    assert list(out.glob("classify-*/models/*/referenced/model.bin"))
    assert list(out.glob("tokenize-*/shards/*/manifest.json"))
    return out


def reversed_recipe(sample: Path) -> Path:
    """The same recipe with every path named, last first."""
    paths = sorted((sample / "crawl").glob("*.warc.gz"), reverse=True)
    listed = ", ".join(f'"crawl/{path.name}"' for path in paths)
    recipe = (sample / "recipe.toml").read_text().replace('"crawl/*.warc.gz"', listed)
    target = sample / "reversed.toml"
    target.write_text(recipe)
    return target


def test_two_workers_of_an_engine_and_reversed_paths_give_the_same_bytes(
    sample: Path, whole: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    gristmill("run", reversed_recipe(sample), "--out", out, "--workers", "2", *ENGINE)
    assert digests(out) == digests(whole)


def test_a_finished_run_writes_nothing_again(sample: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    shutil.copytree(whole, out)  # other tests read that one meanwhile
    before = {path: path.stat().st_mtime_ns for path in out.glob("*/parts/*")}
    gristmill("run", sample / "recipe.toml", "--out", out, "--workers", "2", *ENGINE)
    assert {path: path.stat().st_mtime_ns for path in out.glob("*/parts/*")} == before
    assert {path.parents[1] for path in before} == {job_folder(out, job) for job in JOBS}


def test_an_added_archive_runs_only_its_own_units(
    sample: Path, whole: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    recipe = reversed_recipe(sample).read_text()
    last = sorted((sample / "crawl").glob("*.warc.gz"))[-1].name
    fewer = sample / "fewer.toml"
    fewer.write_text(recipe.replace(f'"crawl/{last}", ', ""))
    gristmill("run", fewer, "--out", out, "--until", "extract")
    markers = job_folder(out, "extract") / "parts"
    before = {path.name: path.stat().st_mtime_ns for path in markers.iterdir()}
    assert before
    gristmill("run", reversed_recipe(sample), "--out", out)
    after = {path.name: path.stat().st_mtime_ns for path in markers.iterdir()}
    assert {name: after[name] for name in before} == before
    added = sorted(set(after) - set(before))
    assert added
    assert all(last in name for name in added)
    assert funnel(out) == {
        job: counts | {"path": funnel(out)[job]["path"]} for job, counts in funnel(whole).items()
    }


def test_a_changed_threshold_keeps_what_does_not_depend_on_it(
    sample: Path, whole: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    shutil.copytree(whole, out)
    kept = [job_folder(out, job) for job in ("extract", "exact")]
    before = {path: path.stat().st_mtime_ns for one in kept for path in one.rglob("*.parquet")}
    stale = job_folder(out, "curate")
    gristmill("run", sample / "recipe.toml", "--out", out, "--set", "quality.min_words=80")
    after = {path: path.stat().st_mtime_ns for one in kept for path in one.rglob("*.parquet")}
    assert after == before
    assert {path.parent.name for path in before} >= {"documents", "decisions"}
    assert [job_folder(out, job) for job in ("extract", "exact")] == kept
    assert job_folder(out, "curate") != stale


def finished(out: Path) -> dict[Path, int]:
    """When every finished part was committed."""
    return {path: path.stat().st_mtime_ns for path in out.glob("*/parts/[!.]*.json")}


def killed(arguments: tuple[str | Path, ...], out: Path, parts: int, seconds: float) -> int:
    """Kills a run some seconds after it has so many finished parts; how the run ended."""
    process = subprocess.Popen(command(*arguments), stderr=subprocess.DEVNULL)
    while len(finished(out)) < parts and process.poll() is None:
        time.sleep(0.02)
    time.sleep(seconds)
    process.kill()
    code = process.wait()
    time.sleep(1.0)  # workers notice that the run is gone
    return code


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_run_killed_ten_times_ends_with_the_bytes_of_an_unbroken_one(tmp_path: Path) -> None:
    sample, whole, out = (tmp_path / name for name in ("sample", "whole", "run"))
    gristmill("sample", sample, "--pages", "200", "--sites", "40")
    gristmill("run", sample / "recipe.toml", "--out", whole, "--workers", "2", *ENGINE)
    arguments = ("run", sample / "recipe.toml", "--out", out, "--workers", "2", *ENGINE)
    parts = len(finished(whole))
    known: dict[Path, int] = {}
    for number in range(KILLS):
        # The last one has a quarter of all parts still to do, so that it cannot end before.
        at = parts * number // (KILLS + 3)
        code = killed(arguments, out, at, unit_hash(7, f"kill-{number}"))
        assert code == -signal.SIGKILL
        found = finished(out)
        assert {path: found[path] for path in known} == known
        known = found
    assert 0 < len(known) < parts
    gristmill(*arguments)
    assert {path: finished(out)[path] for path in known} == known
    assert digests(out) == digests(whole)
    assert leftovers(out) == []


def test_manifests_name_every_file_with_its_checksum(whole: Path) -> None:
    named: set[Path] = set()
    manifests = [path for job in JOBS for path in job_folder(whole, job).glob("manifests/*.json")]
    for path in manifests:
        rows = pq.read_table(path.with_suffix(".parquet")).to_pylist()
        for row in rows:
            sums = {name: row[name] for name in row if name.endswith("_checksum")}
            for name, digest in sums.items():
                folder = path.parents[1] / name.removesuffix("_checksum")
                (file,) = folder.glob(f"{row['name']}.*")
                assert checksum(str(file)) == digest
                named.add(file)
        assert read_json(str(path))["parts"] == len(rows)
    assert len(manifests) == len(JOBS)
    datasets = {file.parent for file in named}
    assert named == {file for folder in datasets for file in folder.iterdir()}
    assert {folder.parent for folder in datasets} == {job_folder(whole, job) for job in JOBS}
