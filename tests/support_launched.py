"""Scripts under torchrun, to their end or killed."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
EXAMPLES, TRAINER = ROOT / "examples", ROOT / "deploy" / "trainer"
SEQ_LEN = 16
LONGEST = 90  # seconds of a launch


def launched(world: int, script: Path, *arguments: str | Path) -> subprocess.Popen[str]:
    """`script` on `world` processes of this machine."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", str(world), str(script), *map(str, arguments)]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests"), str(EXAMPLES)])
    environment = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def finished(process: subprocess.Popen[str]) -> str:
    """What a launch has printed, once it has ended well."""
    output, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, output[-9_000:]
    return output


def kill_when(process: subprocess.Popen[str], path: Path, size: int) -> bool:
    """Kills a launch and all below it once a file has so many bytes; whether it still ran."""
    deadline = time.monotonic() + LONGEST
    while not (path.exists() and path.stat().st_size >= size) and process.poll() is None:
        assert time.monotonic() < deadline, "the launch has not begun"
        time.sleep(0.002)
    alive = process.poll() is None
    mine = psutil.Process(process.pid) if alive else None
    for one in [*mine.children(recursive=True), mine] if mine else []:
        one.kill()
    process.communicate(timeout=LONGEST)
    return alive


def read_of(prefix: str | Path, world: int) -> dict[int, list[list[int]]]:
    """By step, what each process says it has read, in order of rank; a line that was torn is none,
    nor is a file that a process has not begun.
    """
    found: dict[int, list[list[int]]] = {}
    for path in (Path(f"{prefix}-{rank}.jsonl") for rank in range(world)):
        for line in path.read_text().splitlines(keepends=True) if path.exists() else ():
            if line.endswith("\n"):
                row = json.loads(line)
                found.setdefault(row["step"], []).append(row["samples"])
    return found


def joined(read: dict[int, list[list[int]]], world: int) -> dict[int, list[int]]:
    """By step, what all processes have read together, where all have."""
    return {
        step: [number for part in parts for number in part]
        for step, parts in read.items()
        if len(parts) == world
    }
