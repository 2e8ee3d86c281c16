"""What worker start-up costs: CPU seconds of seven empty jobs beside one, all processes counted.

Usage: python tests/benchmarks/bench_startup.py
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 3


def cpu_seconds(recipe: Path, out: Path, until: str, workers: int) -> float:
    """CPU seconds of a run with all its workers, the least of some rounds."""
    command = [sys.executable, "-m", "gristmill", "run", str(recipe), "--workers", str(workers)]
    least = float("inf")
    for number in range(ROUNDS):
        arguments = [*command, "--until", until, "--out", f"{out}-{number}"]
        process = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        assert status == 0
        least = min(least, used.ru_utime + used.ru_stime)
    return least


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "none.jsonl").write_bytes(b"")
        recipe = folder / "recipe.toml"
        recipe.write_text('[[sources]]\nname = "none"\nformat = "jsonl"\npaths = ["none.jsonl"]\n')
        for workers in (1, 2):
            one = cpu_seconds(recipe, folder / f"one-{workers}", "extract", workers)
            seven = cpu_seconds(recipe, folder / f"seven-{workers}", "tokenize", workers)
            print(
                f"{workers} workers: one job {one:.2f} s, seven {seven:.2f} s, "
                f"{seven - one:.2f} s more"
            )


if __name__ == "__main__":
    main()
