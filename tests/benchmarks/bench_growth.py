"""What a job of 320,000 parts costs beside its work: planning, resuming, finishing, graphs.

    python tests/benchmarks/bench_growth.py [--archives 10000] [--ranges 32] [--workers 2]

Fabricated: archives that are empty behind their first record, and parts whose tables are links to
one tiny table. CPU is that of all processes, memory that of the driver. Each step runs in a process
of its own, at a tenth of the size and at the size, so that the slope is seen.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
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
from pipeline.frame.unit_lists import UnitList, unit_list, write_units  # noqa: E402
from pipeline.jobs.extract import archive_plan  # noqa: E402
from pipeline.recipe import ExtractConfig, Recipe, Source  # noqa: E402

LIMITS = {"cpu_seconds": 120.0, "driver_gib": 1.0, "graph_kb": 256.0}
LINKS = 30_000  # to one file: file systems allow no more than 65,000
MEGABYTE = 1_000_000
DATASETS = ("documents", "dropped")
JOB = "extract-ffffffffffffffff"


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
        folder=f"{folder}/{JOB}",
        fingerprint="f" * 16,
        obeys={},
        set_name="s" * 16,
        planned=units,
        inputs={},
        before="",
        engine=motor,
        progress=Progress(quiet=True),
    )


def archives(folder: str, count: int, ranges: int) -> None:
    """Archives of so many ranges of a megabyte: a record, and a hole behind it."""
    os.makedirs(f"{folder}/crawl")
    for number in range(count):
        block = f"This is archive {number}.".encode()
        head = f"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: {len(block)}\r\n\r\n"
        with open(f"{folder}/crawl/archive-{number:06}.warc.gz", "wb") as file:
            file.write(gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0))
            file.truncate(ranges * MEGABYTE)


def recipe_of(folder: str) -> Recipe:
    source = Source(name="one", format="warc", paths=(f"{folder}/crawl/*.warc.gz",))
    return Recipe(sources=(source,), extract=ExtractConfig(range_megabytes=1))


def fabricate(folder: str, count: int, ranges: int) -> None:
    """The archives, and the parts of all their units, as if they had been made."""
    archives(folder, count, ranges)
    document = Document(id="0" * 32, url="https://one.example/", source="one", text="one")
    tables = {
        "documents": documents_table([document]),
        "dropped": dropped_table([drop(document, "screen", "opt_out")]),
    }
    made = Made("first.000", tables, kept=1, seen={"text/html": 2})
    part = parts.commit(f"{folder}/seed", made)
    job = f"{folder}/{JOB}"
    for dataset in (*DATASETS, "parts"):
        os.makedirs(f"{job}/{dataset}")
    for number, unit in enumerate(archive_plan(recipe_of(folder), folder).units):
        for dataset in DATASETS:
            _link(f"{folder}/seed/{dataset}", f"{job}/{dataset}/{unit.part}.parquet", number)
        marker = parts.marker_bytes(replace(part, name=unit.part))
        Path(f"{job}/parts/{unit.name}.json").write_bytes(marker)


def _link(seed: str, target: str, number: int) -> None:
    source = f"{seed}/{number // LINKS}.parquet"
    if not os.path.exists(source):
        Path(source).write_bytes(Path(f"{seed}/first.000.parquet").read_bytes())
    os.link(source, target)


def plan(folder: str, _motor: Engine) -> None:
    """The first time: every archive is opened."""
    planned = archive_plan(recipe_of(folder), folder)
    planned.edited("job", lambda _: "")
    planned.keep()


def plan_again(folder: str, _motor: Engine) -> UnitList:
    """Later: the folder is listed."""
    planned = archive_plan(recipe_of(folder), folder)
    planned.edited("job", lambda _: "")
    return unit_list(planned.units)


def finish(folder: str, motor: Engine) -> None:
    run(job_at(folder, plan_again(folder, motor), motor))


def resume(folder: str, motor: Engine) -> None:
    listed = plan_again(folder, motor)
    assert reused(job_at(folder, listed, motor)).parts == len(listed)


def reused(job: JobRun) -> Manifest:
    manifest = job.reused()
    assert manifest is not None
    return manifest


def next_job(folder: str, motor: Engine) -> None:
    """The units of the job behind this one, and their list."""
    manifest = reused(job_at(folder, unit_list(()), motor))
    found = units_of({"extract": manifest}, (("extract", "documents"), ("extract", "dropped")))
    write_units(f"{folder}/work/units.jsonl", found, motor.workers)
    assert len(found) == manifest.parts


STEPS: dict[str, Callable[[str, Engine], object]] = {
    "plan": plan,
    "plan_again": plan_again,
    "finish": finish,
    "resume": resume,
    "next_job": next_job,
}


def measured(step: str, folder: str, workers: int) -> dict[str, float]:
    """The figures of one step in a process of its own."""
    arguments = [step, folder, workers]
    done = subprocess.run(
        [sys.executable, __file__, "--step", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(HERE.parents[1])},
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def one_step(step: str, folder: str, workers: int) -> None:
    quiet()
    graphs, before, begun = noted_graphs(), own_seconds(), time.monotonic()
    with engine("local", workers) as motor:
        STEPS[step](folder, motor)
    figures = {
        "cpu_seconds": own_seconds() - before,
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
    parser.add_argument("--step", nargs=3)
    given = parser.parse_args()
    if given.step:
        step, folder, workers = given.step
        one_step(step, folder, int(workers))
        return 0
    failed = False
    for count in (given.archives // 10, given.archives):
        with tempfile.TemporaryDirectory() as folder:
            fabricate(folder, count, given.ranges)
            for step in STEPS:
                figures = measured(step, folder, given.workers)
                print(count * given.ranges, step, {k: round(v, 2) for k, v in figures.items()})
                failed |= any(figures[name] > limit for name, limit in LIMITS.items())
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
