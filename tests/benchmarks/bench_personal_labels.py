"""How well personal data is found on labelled texts, beside presidio and phonenumbers.

    GRISTMILL_DATA=<folder> python tests/benchmarks/bench_personal_labels.py

The peers live in an environment of their own, .peers/presidio, made here when it is missing. Ends
with 1 where a bar is missed.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.peer_environment import environment_python  # noqa: E402

PEER = Path(".peers/presidio")
REQUIREMENTS = ("presidio-analyzer==2.2.366", "phonenumbers==9.0.43")
LABELS = "labels/pii-presidio/pii-synth-dev.jsonl.gz"
SURE = ("email", "ip", "iban", "ssn")  # without an error on what there is
LEAST = {"card": (0.98, 0.97), "phone": (0.88, 0.70)}
AHEAD = (0.20, 0.10)  # of presidio, in precision and recall of telephones


def _figure(row: dict[str, float | None]) -> str:
    both = (row["precision"], row["recall"])
    return "/".join("-" if one is None else f"{one:.2f}" for one in both)


def main() -> None:
    labels = Path(os.environ["GRISTMILL_DATA"]) / LABELS
    command = [sys.executable, "-m", "gristmill", "evaluate", "personal-data", str(labels)]
    command += ["--beside", str(environment_python(PEER, REQUIREMENTS))]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    for kind, own in told["gristmill"].items():
        sides = (f"{name} {_figure(row[kind])}" for name, row in told.items())
        print(f"{kind:6} {own['labelled']:3}: {', '.join(sides)}")
    ours, theirs = told["gristmill"], told["presidio"]["phone"]
    held = all(ours[kind]["precision"] == ours[kind]["recall"] == 1 for kind in SURE)
    for kind, least in LEAST.items():
        held &= ours[kind]["precision"] >= least[0] and ours[kind]["recall"] >= least[1]
    held &= ours["phone"]["precision"] >= theirs["precision"] + AHEAD[0]
    held &= ours["phone"]["recall"] >= theirs["recall"] + AHEAD[1]
    print("holds" if held else "MISSED")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
