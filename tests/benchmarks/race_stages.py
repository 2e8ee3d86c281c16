"""The stages of both sides of the race beside each other, in milliseconds a document that came in.

    python tests/benchmarks/race_stages.py ARCHIVES OUT PEER_OUT TOKENIZER

Ours are CPU seconds, job by job, in one worker; the peer's what its own clocks tell of a run.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2])]

from pipeline.frame.engines.engine import quiet  # noqa: E402
from pipeline.frame.run import Settings, run_jobs  # noqa: E402
from pipeline.jobs import JOBS  # noqa: E402
from pipeline.recipe import Recipe  # noqa: E402

Costs = dict[str, tuple[float, int]]  # by stage: seconds, and documents that came in


@dataclass(frozen=True)
class Step:
    """A step of the peer: its log, seconds, and the documents that it has seen."""

    log: str
    name: str
    seconds: float
    documents: int


THEIRS = {  # parts of the names of steps; documents are counted where most are
    "reading": ("base", "Warc"),
    "extraction": ("base", "Trafilatura"),
    "language": ("base", "Language"),
    "quality": ("base", "Gopher Repetition", "Gopher Quality", "C4", "FineWeb"),
    "near-duplicates": ("", "MinHash stage"),
    "personal data": ("filter", "PII"),
    "tokens": ("tokens", "TOKENIZER"),
    "writing": ("base", "WRITER"),
}


def their_costs(out: Path) -> Costs:
    steps = [
        Step(log.parent.name, step["name"], step["time_stats"].get("total", 0.0), _seen(step))
        for log in sorted((out / "logs").glob("*/stats.json"))
        for step in json.loads(log.read_text())
    ]
    readers = {step.log: step.documents for step in steps if "READER" in step.name}
    costs: Costs = {}
    for stage, (log, *names) in THEIRS.items():
        found = [
            s for s in steps if s.log.startswith(log) and any(name in s.name for name in names)
        ]
        seen = max(step.documents or readers.get(step.log, 0) for step in found)
        costs[stage] = sum(step.seconds for step in found), seen
    return costs


def _seen(step: dict[str, Any]) -> int:
    counts = step["stats"]
    found = counts.get("total", counts.get("documents", 0))
    return int(found["total"] if isinstance(found, dict) else found)


def our_costs(archives: Path, out: Path, tokenizer: Path) -> Costs:
    """Each job in a run of its own over what those before it have left."""
    recipe = Recipe.model_validate(
        {
            "sources": [{"name": "race", "paths": [f"{archives}/*.warc.gz"]}],
            "tokenize": {"tokenizer": str(tokenizer)},
        }
    )
    cpu: dict[str, dict[str, float]] = {}
    for job in JOBS:
        settings = Settings(workers=1, until=job.name, quiet=True)
        manifests, motor = run_jobs(recipe, JOBS, str(out), settings)
        cpu[job.name] = dict(motor.cpu)
    extract = manifests["extract"]

    def left(*stages: str) -> int:
        gone = sum(n for name, n in extract.dropped.items() if name.startswith(stages))
        return int(extract.came_in - gone)

    page = sum(cpu["extract"].get(n, 0.0) for n in ("ReadRights", "Prefilter", "ExtractText"))
    judged = sum(
        seconds
        for name, seconds in cpu["curate"].items()
        if name not in ("CommitParts", "SignDocuments", "ReadDecided")
    )
    signed = cpu["curate"].get("SignDocuments", 0.0)
    kept = manifests["curate"].kept
    return {
        "reading": (cpu["extract"]["ReadPages"], extract.came_in),
        "extraction": (page, left("ingest:")),
        "language": (cpu["extract"]["TagLanguages"], left("ingest:", "extract:")),
        "quality": (judged, manifests["curate"].came_in),
        "near-duplicates": (signed + sum(cpu["near"].values()), kept),
        "personal data": (cpu["extract"]["RedactPersonalData"], extract.kept),
        "tokens": (sum(cpu["tokenize"].values()), manifests["tokenize"].came_in),
        "writing": (cpu["curate"]["CommitParts"], kept),
    }


def compared_stages(theirs: Costs, ours: Costs) -> bool:
    """Prints a table; whether each stage of ours is at least as fast a document."""
    print("| stage | datatrove, ms a document | gristmill | times less |\n|---|---:|---:|---:|")
    held = True
    for stage in THEIRS:
        pairs = theirs[stage], ours[stage]
        other, own = (1e3 * seconds / max(seen, 1) for seconds, seen in pairs)
        held = held and own <= other
        print(f"| {stage} | {other:.2f} | {own:.2f} | {other / own:.1f} |")
    return held


def main() -> None:
    quiet()
    archives, out, peer_out, tokenizer = map(Path, sys.argv[1:5])
    held = compared_stages(their_costs(peer_out), our_costs(archives, out, tokenizer))
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
