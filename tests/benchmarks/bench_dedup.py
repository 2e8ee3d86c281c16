"""Speed, memory and growth of `exact`, signatures and `near` on generated documents.

    python tests/benchmarks/bench_dedup.py [--documents 250000 1000000] [--workers 2] [--no-peer]

Everything in one command: keys and signatures of documents of 400 words, 30 % of them near-copies,
are made straight into parts; `exact` and `near` run over them as in a run, through the local runner
with as many workers. Each size runs in a process of its own; memory is that of the process and its
workers together, sampled. Then datatrove's four MinHash stages run on 20,000 and on 5,000 of the
same documents, in an environment of its own, and signatures and `near` here: what counts is the CPU
time of the one less that of the other, so start-up falls out.
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from benchmarks.generated_documents import generated  # noqa: E402
from benchmarks.peer_datatrove import peer_python  # noqa: E402
from benchmarks.process_costs import memory_of  # noqa: E402
from support_dedup import curated_table  # noqa: E402

from pipeline import files  # noqa: E402
from pipeline.dedup.keys import keys_table  # noqa: E402
from pipeline.document import Unit  # noqa: E402
from pipeline.frame.engines.engine import Engine, engine, quiet  # noqa: E402
from pipeline.frame.graph import Transform  # noqa: E402
from pipeline.frame.unit_lists import UnitList, unit_list  # noqa: E402
from pipeline.jobs.dedup_memory import estimate  # noqa: E402
from pipeline.jobs.exact import compare  # noqa: E402
from pipeline.jobs.near import find  # noqa: E402
from pipeline.recipe import DedupConfig, MinhashConfig  # noqa: E402
from pipeline.text import words  # noqa: E402

PART = 10_000
CONFIG, MINHASH = DedupConfig(), MinhashConfig()
STEPS = ("keys", "sign", "exact", "near")
LIMITS = {"peak_gib": 12.0, "growth": 1.2, "peer": 1 / 3}


@dataclass
class Figures:
    """CPU and wall seconds of each step, and the most memory that was in use."""

    documents: int
    cpu: dict[str, float] = field(default_factory=dict)
    wall: dict[str, float] = field(default_factory=dict)
    peak: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def peak_gib(self) -> float:
        return max(self.peak.values()) / 2**30

    def cpu_of(self, *names: str) -> float:
        return sum(self.cpu[name] for name in names)


@dataclass
class Job:
    """A job at work: its folder, and the engine that runs its pipelines."""

    folder: str
    engine: Engine

    def work_file(self, name: str) -> str:
        return f"{self.folder}/{name}"

    def once(self, name: str, units: UnitList, graph: Transform) -> None:
        self.engine.run(units, self.work_file(f"{name}.units"), graph)


def measure(count: int, workers: int) -> Figures:
    """All steps on the first `count` documents."""
    figures = Figures(count)
    with tempfile.TemporaryDirectory() as folder:
        units = written(folder, count, workers, figures)
        keys = unit_list(Unit(unit.name, unit.paths[1:]) for unit in units)
        signed = unit_list(Unit(unit.name, unit.paths[:1]) for unit in units)
        none = unit_list(())
        with engine("local", workers, modules=("pipeline.jobs",), little=0) as motor:
            with watched(figures, "exact"):
                decide = compare(
                    Job(f"{folder}/exact", motor),
                    keys,
                    none,
                    CONFIG,
                    count,
                )
                cut = sum(decide(unit).num_rows for unit in keys)
            with watched(figures, "near"):
                job = Job(f"{folder}/near", motor)
                found = find(job, signed, none, CONFIG, MINHASH, count)
                removed = sum(found(unit)[0].num_rows for unit in signed)
    figures.counts = {**found.counts, "decided": cut, "removed": removed}
    return figures


def written(folder: str, count: int, workers: int, figures: Figures) -> list[Unit]:
    """Parts of curated rows and keys, made by as many processes as there are workers."""
    tasks = [(folder, start, min(start + PART, count)) for start in range(0, count, PART)]
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        made = pool.map(_write_part, tasks, chunksize=1)
    figures.cpu |= {name: sum(cpu[name] for _, cpu in made) for name in ("keys", "sign")}
    return [unit for unit, _ in made]


def _write_part(task: tuple[str, int, int]) -> tuple[Unit, dict[str, float]]:
    folder, start, stop = task
    documents = list(generated(start, stop))
    paths = tuple(f"{folder}/{name}-{start:09}.parquet" for name in ("curated", "keys"))
    begin = time.process_time()
    table = keys_table(documents)
    middle = time.process_time()
    signed = curated_table(documents, lower_words)
    cpu = {"keys": middle - begin, "sign": time.process_time() - middle}
    files.write_table(paths[0], signed)
    files.write_table(paths[1], table)
    return Unit(f"part{start:09}", paths), cpu


def lower_words(text: str) -> list[str]:
    return [word.lower() for word in words(text)]


@contextmanager
def watched(figures: Figures, name: str) -> Iterator[None]:
    """CPU, wall time and the peak memory of this process and its workers, over a block."""
    done = threading.Event()
    peak = [0]
    watch = threading.Thread(target=_watch, args=(done, peak))
    cpu, wall = _spent(), time.monotonic()
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()
    figures.cpu[name], figures.wall[name] = _spent() - cpu, time.monotonic() - wall
    figures.peak[name] = peak[0]


def _watch(done: threading.Event, peak: list[int]) -> None:
    while not done.wait(0.1):
        peak[0] = max(peak[0], sum(map(memory_of, _family())))


def _family() -> list[psutil.Process]:
    own = psutil.Process()
    return [own, *own.children(recursive=True)]


def _spent() -> float:
    """CPU seconds of this process and its workers, those that have ended included."""
    total = 0.0
    for process in _family():
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def peer(count: int) -> float:
    """CPU seconds of datatrove's four stages on the first `count` documents."""
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "texts"
        texts.mkdir()
        with (texts / "00000.jsonl").open("w") as file:
            rows = ({"text": row.text, "id": row.id} for row in generated(0, count))
            file.writelines(json.dumps(row) + "\n" for row in rows)
        command = [str(peer_python()), str(HERE / "datatrove_minhash.py"), str(texts), folder]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = json.loads(output.splitlines()[-1])
    print(f"datatrove, {count:,} documents: {found}", flush=True)
    return float(sum(found["cpu"].values()))


def apart(count: int, workers: int) -> Figures:
    """`measure` in a process of its own."""
    command = [sys.executable, __file__, "--one", str(count), "--workers", str(workers)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = Figures(**json.loads(output.splitlines()[-1]))
    print(f"\n{count:,} documents, {workers} workers: peak {found.peak_gib:.2f} GiB")
    print(f"  counts {found.counts}")
    for name in STEPS:
        told = f"CPU {found.cpu[name]:7.1f} s, {1e6 * found.cpu[name] / count:6.1f} us a document"
        if name in found.wall:
            told += f", wall {found.wall[name]:6.1f} s, peak {found.peak[name] / 2**30:.2f} GiB"
        print(f"  {name:>6}: {told}", flush=True)
    print(f"  memory guard's estimate {estimate(count, CONFIG, workers) / 2**30:.2f} GiB")
    return found


def beside_the_peer() -> float:
    """Marginal CPU of signatures and `near` as a share of that of the peer's four stages."""
    small, large = 5_000, 20_000
    theirs = peer(large) - peer(small)
    ours = [apart(count, 1).cpu_of("sign", "near") for count in (small, large)]
    marginal = ours[1] - ours[0]
    print(f"\nmarginal CPU: ours {marginal:.1f} s, datatrove {theirs:.1f} s")
    return marginal / theirs


def verdict(name: str, value: float) -> bool:
    held = value <= LIMITS[name]
    print(f"{name}: {value:.3f}, at most {LIMITS[name]:.3f}: {'holds' if held else 'MISSED'}")
    return held


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--documents", type=int, nargs="*", default=[250_000, 1_000_000])
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--no-peer", action="store_true")
    arguments.add_argument("--one", type=int)
    chosen = arguments.parse_args()
    if chosen.one:
        quiet()
        print(json.dumps(vars(measure(chosen.one, chosen.workers))))
        return
    print(f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB")
    found = [apart(count, chosen.workers) for count in chosen.documents]
    held = [verdict("peak_gib", max(each.peak_gib for each in found))] if found else []
    for less, more in pairwise(found):
        each = [one.cpu_of("exact", "sign", "near") / one.documents for one in (less, more)]
        print(f"growth of CPU from {less.documents:,} to {more.documents:,}, of linear:")
        held.append(verdict("growth", each[1] / each[0]))
        times = [(one.wall["exact"] + one.wall["near"]) / one.documents for one in (less, more)]
        print(f"the same of wall time of exact and near: {times[1] / times[0]:.3f}")
    if not chosen.no_peer:
        held.append(verdict("peer", beside_the_peer()))
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
