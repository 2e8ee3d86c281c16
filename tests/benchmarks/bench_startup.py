"""What start-up costs: CPU seconds of seven empty jobs beside one, all processes counted.

In a local engine of one worker and of two, and without an engine.

Usage: python tests/benchmarks/bench_startup.py
"""

import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.process_costs import cost_of  # noqa: E402

ROUNDS = 3
PLACES = {
    "one worker": ("--workers", "1", "--little-megabytes", "0"),
    "two workers": ("--workers", "2", "--little-megabytes", "0"),
    "no engine": ("--workers", "2"),
}


def cpu_seconds(recipe: Path, out: Path, until: str, place: str) -> float:
    """CPU seconds of a run with all its workers, the least of some rounds."""
    command = [sys.executable, "-m", "gristmill", "run", str(recipe), *PLACES[place]]
    least = float("inf")
    for number in range(ROUNDS):
        arguments = [*command, "--until", until, "--out", f"{out}-{number}"]
        least = min(least, cost_of(arguments, Path.cwd()).cpu)
    return least


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "none.jsonl").write_bytes(b"")
        recipe = folder / "recipe.toml"
        recipe.write_text('[[sources]]\nname = "none"\nformat = "jsonl"\npaths = ["none.jsonl"]\n')
        for place in PLACES:
            one = cpu_seconds(recipe, folder / f"one {place}", "extract", place)
            seven = cpu_seconds(recipe, folder / f"seven {place}", "tokenize", place)
            print(f"{place}: one job {one:.2f} s, seven {seven:.2f} s, {seven - one:.2f} s more")


if __name__ == "__main__":
    main()
