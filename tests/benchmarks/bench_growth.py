"""What a job of 320,000 parts costs beside its work: planning, resuming, finishing, graphs.

    python tests/benchmarks/bench_growth.py [--archives 10000] [--ranges 32] [--workers 2]

Fabricated: archives of a few bytes that count as many ranges, and parts whose tables are links to
one tiny table. CPU is that of all processes, memory that of the driver. Each step runs in a process
of its own, at a tenth of the size and at the size, so that the slope is seen.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from pipeline.arrow import Made, documents_table, dropped_table  # noqa: E402
from pipeline.document import Document, Unit, drop  # noqa: E402
from pipeline.frame import parts  # noqa: E402
from pipeline.frame.engines.engine import Engine, engine, own_peak, own_seconds, quiet  # noqa: E402
from pipeline.frame.job_run import Job, JobRun  # noqa: E402
from pipeline.frame.manifests import Manifest, units_of  # noqa: E402
from pipeline.frame.progress import Progress  # noqa: E402
from pipeline.frame.transforms import CommitParts, MapUnits  # noqa: E402
from pipeline.frame.unit_lists import UnitList, unit_list  # noqa: E402
from pipeline.recipe import Recipe, Source  # noqa: E402

LIMITS = {"cpu_seconds": 120.0, "driver_gib": 1.0, "graph_kb": 256.0}
LINKS = 30_000  # to one file: file systems allow no more than 65,000
DATASETS = ("documents", "dropped")


def obeys(_recipe: Recipe) -> dict[str, str]:
    return {}


def run(job: JobRun) -> Manifest:
    graph = MapUnits("Make", made) | CommitParts(job.folder)
    return job.finish(job.run_units(job.planned, graph))


def made(unit: Unit) -> list[Made]:
    raise AssertionError(f"{unit.name} has been made")


def job_at(folder: str, units: UnitList, motor: Engine) -> JobRun:
    """The fabricated job at work."""
    return JobRun(
        job=Job("extract", obeys, run, keeps="documents", drops=("screen",)),
        recipe=Recipe(sources=(Source(name="one", format="warc", paths=("a",)),)),
        folder=folder,
        fingerprint="f" * 16,
        obeys={},
        set_name="s" * 16,
        planned=units,
        inputs={},
        before="",
        engine=motor,
        progress=Progress(quiet=True),
    )


def names(archives: int, ranges: int) -> list[str]:
    return [
        parts.keyed(
            f"one.archive-{archive:06}.warc.gz~{archive:08x}.{at:05}", str(archive), str(at)
        )
        for archive in range(archives)
        for at in range(ranges)
    ]


def fabricate(folder: str, archives: int, ranges: int) -> None:
    """The parts of all units, as if they had been made."""
    document = Document(id="0" * 32, url="https://one.example/", source="one", text="one")
    tables = {
        "documents": documents_table([document]),
        "dropped": dropped_table([drop(document, "screen", "opt_out")]),
    }
    made = Made("first.000", tables, kept=1, seen={"text/html": 2})
    part = parts.commit(f"{folder}/seed", made)
    for dataset in DATASETS:
        os.makedirs(f"{folder}/{dataset}", exist_ok=True)
    os.makedirs(f"{folder}/parts")
    text = json.dumps(vars(part), indent=2, sort_keys=True)
    for number, name in enumerate(names(archives, ranges)):
        for dataset in DATASETS:
            _link(f"{folder}/seed/{dataset}", f"{folder}/{dataset}/{name}.000.parquet", number)
        Path(f"{folder}/parts/{name}.json").write_text(text.replace("first.000", f"{name}.000"))


def _link(seed: str, target: str, number: int) -> None:
    source = f"{seed}/{number // LINKS}.parquet"
    if not os.path.exists(source):
        Path(source).write_bytes(Path(f"{seed}/first.000.parquet").read_bytes())
    os.link(source, target)


def units(folder: str, archives: int, ranges: int) -> UnitList:
    size = 32_000_000
    return unit_list(Unit(name, (f"{folder}/a",), size) for name in names(archives, ranges))


def finish(folder: str, listed: UnitList, motor: Engine) -> None:
    run(job_at(folder, listed, motor))


def resume(folder: str, listed: UnitList, motor: Engine) -> None:
    assert job_at(folder, listed, motor).reused().parts == len(listed)


def next_units(folder: str, listed: UnitList, motor: Engine) -> None:
    """The units of the job behind this one."""
    manifest = job_at(folder, listed, motor).reused()
    found = units_of({"extract": manifest}, (("extract", "documents"), ("extract", "dropped")))
    assert len(found) == len(listed)


STEPS: dict[str, Callable[[str, UnitList, Engine], None]] = {
    "finish": finish,
    "resume": resume,
    "next_units": next_units,
}


def measured(step: str, folder: str, archives: int, ranges: int, workers: int) -> dict[str, float]:
    """The figures of one step in a process of its own."""
    arguments = [step, folder, archives, ranges, workers]
    done = subprocess.run(
        [sys.executable, __file__, "--step", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(HERE.parents[1])},
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def one_step(step: str, folder: str, archives: int, ranges: int, workers: int) -> None:
    quiet()
    listed = units(folder, archives, ranges)
    graphs, before, begun = noted_graphs(), own_seconds(), time.monotonic()
    with engine("local", workers) as motor:
        STEPS[step](folder, listed, motor)
    figures = {
        "cpu_seconds": own_seconds() - before + motor.usage.cpu_seconds,
        "wall_seconds": time.monotonic() - begun,
        "driver_gib": own_peak() / 2**30,
        "graph_kb": max(graphs, default=0) / 1000,
    }
    print(json.dumps(figures))


def noted_graphs() -> list[int]:
    """The bytes of every graph that goes to the engine from now on."""
    import apache_beam as beam

    sizes: list[int] = []
    plain = beam.Pipeline.run

    def noted(self: beam.Pipeline, *arguments: object) -> object:
        sizes.append(len(self.to_runner_api().SerializeToString()))
        return plain(self, *arguments)

    beam.Pipeline.run = noted
    return sizes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archives", type=int, default=10_000)
    parser.add_argument("--ranges", type=int, default=32)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--step", nargs=5)
    given = parser.parse_args()
    if given.step:
        step, folder, *numbers = given.step
        one_step(step, folder, *map(int, numbers))
        return 0
    failed = False
    for archives in (given.archives // 10, given.archives):
        with tempfile.TemporaryDirectory() as folder:
            fabricate(folder, archives, given.ranges)
            for step in STEPS:
                figures = measured(step, folder, archives, given.ranges, given.workers)
                print(archives * given.ranges, step, {k: round(v, 2) for k, v in figures.items()})
                failed |= any(figures[name] > limit for name, limit in LIMITS.items())
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
