"""The whole run of the sample that several proofs look at, made once for all workers of a test."""

import fcntl
from pathlib import Path

import pytest
from support import gristmill

PAGES, SITES = 600, 80  # enough for a referenced model, which must be the same bytes too


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The sample, and in its folder `run` the run of one worker that nobody has disturbed."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "whole-sample"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            gristmill("sample", folder, "--pages", str(PAGES), "--sites", str(SITES))
            recipe, out = folder / "recipe.toml", folder / "run"
            gristmill("run", recipe, "--out", out, "--workers", "1")
            (folder / "made").touch()
    return folder
