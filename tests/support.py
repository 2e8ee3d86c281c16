"""What the proofs share: runs in processes of their own, and the bytes they leave."""

import json
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.files import read_json


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "gristmill", *map(str, arguments)]


def gristmill(*arguments: str | Path, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs the command line to its end."""
    done = subprocess.run(command(*arguments), capture_output=True, text=True, check=False)
    assert done.returncode == expect, done.stderr
    return done


def digests(out: Path) -> dict[str, str]:
    """The digest of every file of a run's jobs by its path, without run.json, which names paths."""
    found = {}
    for path in sorted(out.rglob("*")):
        relative = path.relative_to(out)
        if path.is_file() and len(relative.parts) > 1:
            found[str(relative)] = blake2b(path.read_bytes(), digest_size=16).hexdigest()
    return found


def leftovers(out: Path) -> list[str]:
    """Files under temporary names."""
    return [str(path) for path in out.rglob(".tmp-*")]


def job_folder(out: Path, job: str) -> Path:
    """The folder of a job of the last run."""
    folder: str = read_json(str(out / "run.json"))["jobs"][job]["folder"]
    return out / folder


def dataset(out: Path, job: str, name: str, columns: list[str] | None = None) -> pa.Table:
    """All rows of a dataset of the last run, read from its Parquet files alone."""
    return pq.read_table(job_folder(out, job) / name, columns=columns)


def funnel(out: Path) -> dict[str, Any]:
    """The counts of all jobs, as `gristmill status --json` tells them."""

    jobs: dict[str, Any] = json.loads(gristmill("status", out, "--json").stdout)["jobs"]
    return jobs


def runs(process: int) -> bool:
    """Whether a process lives."""
    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
