"""A run in an object store: the bytes of a local one, few requests, one at a time, no leftovers."""

import json
import os
import subprocess
import time
from collections import Counter
from hashlib import blake2b
from pathlib import Path

import pytest
from support import command, digests, gristmill
from support_store import Store

import gristmill as face
from pipeline import files
from pipeline.sample import write_sample

pytestmark = pytest.mark.slow

MOST_REQUESTS = 45  # per unit and job; tokenize writes shards of each group too
JOBS = ("extract", "exact", "curate", "near", "classify", "mix", "tokenize")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample, and in its folder `run` a local run."""
    folder = tmp_path_factory.mktemp("store")
    write_sample(str(folder), 200, 40)
    gristmill("run", folder / "recipe.toml", "--out", folder / "run", "--workers", "1")
    return folder


def stored(out: str) -> dict[str, str]:
    """The digest of every file of a run's jobs, as `digests` has those of a local one."""
    found = {path.removeprefix(f"{out}/"): files.read_bytes(path) for path in files.find(out)}
    return {
        name: blake2b(data, digest_size=16).hexdigest()
        for name, data in found.items()
        if "/" in name
    }


def by_job(asked: Counter[tuple[str, str]]) -> Counter[str]:
    """Requests by the job whose folder they are for."""
    found = Counter[str]()
    for (_, key), times in asked.items():
        job = key.removeprefix("folder/").partition("-")[0]
        found[job if job in JOBS else "run"] += times
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize("engine", [(), ("--little-megabytes", "0", "--workers", "2")])
def test_a_run_in_a_store_is_a_local_run_in_few_requests(
    sample: Path, store: Store, engine: tuple[str, ...]
) -> None:
    with store.counting() as asked:
        done = gristmill("run", sample / "recipe.toml", "--out", store.folder, *engine)
    assert "tokens in" in done.stderr  # the end of a run reads its dataset
    assert stored(store.folder) == digests(sample / "run")
    units = len(list((sample / "run").glob("extract-*/parts/*")))
    requests = by_job(asked)
    assert set(requests) == {*JOBS, "run"}
    assert {job: n for job, n in requests.items() if n > MOST_REQUESTS * units} == {}


@pytest.mark.timeout(600)
def test_a_killed_run_goes_on_and_leaves_nothing(sample: Path, store: Store) -> None:
    arguments = command("run", sample / "recipe.toml", "--out", store.folder, "--workers", "1")
    for job in ("exact", "classify"):
        process = subprocess.Popen(
            arguments, env=os.environ, stderr=subprocess.DEVNULL, start_new_session=True
        )
        _wait_for(store, process, job)
        os.killpg(process.pid, 9)
        process.wait()
    gristmill("run", sample / "recipe.toml", "--out", store.folder)
    assert stored(store.folder) == digests(sample / "run")
    assert [path for path in files.find(store.folder) if ".lock" in path] == []


def _wait_for(store: Store, process: subprocess.Popen[bytes], job: str) -> None:
    while not any(f"/{job}-" in key for _, key in list(store.asked)):
        assert process.poll() is None, f"the run ended before {job}"
        time.sleep(0.05)


def test_two_runs_do_not_write_into_one_folder(sample: Path, store: Store) -> None:
    with files.locked(f"{store.folder}/.lock", "in use"):
        told = gristmill("run", sample / "recipe.toml", "--out", store.folder, expect=2)
    assert "another run is writing into" in told.stderr


@pytest.mark.timeout(300)
def test_what_a_run_has_left_is_read_where_it_lies(sample: Path, store: Store) -> None:
    for path in (sample / "run").rglob("*"):
        if path.is_file():
            target = f"{store.folder}/{path.relative_to(sample / 'run')}"
            files.write_bytes_atomic(target, path.read_bytes())
    told = [gristmill("status", out, "--json").stdout for out in (sample / "run", store.folder)]
    local, there = (json.loads(text)["jobs"] for text in told)
    assert {job: row["kept"] for job, row in there.items()} == {
        job: row["kept"] for job, row in local.items()
    }
    assert gristmill("clean", store.folder).stderr.startswith("nothing to clean")
    plans = [face.open_dataset(out).plan(64) for out in (sample / "run", store.folder)]
    batches = [next(face.TokenLoader(plan, global_batch=4)) for plan in plans]
    assert (batches[0].tokens == batches[1].tokens).all()
