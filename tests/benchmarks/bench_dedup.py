"""Speed, memory and growth of `exact`, signatures and `near` on generated documents.

    python tests/benchmarks/bench_dedup.py [--documents 250000 1000000] [--peer PYTHON]

Documents have 400 words, 30 % are near-copies of an earlier one, all from a seed. Each size runs in
a process of its own through the pipelines with one local worker. With `--peer`, the Python of an
environment that has datatrove, its four MinHash stages run on the same documents, and what counts
is the CPU time of 20,000 documents less that of 5,000: start-up falls out.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline import files, parts
from pipeline.dedup.driver import decide_exact, decide_near
from pipeline.dedup.keys import keys_table
from pipeline.dedup.minhash import signature, signature_bytes
from pipeline.document import Document, Unit, digest
from pipeline.recipe import DedupConfig, MinhashConfig
from pipeline.text import words

PART = 10_000
WORDS = 400
NEAR_SHARE = 0.3
CONFIG, MINHASH = DedupConfig(), MinhashConfig()


def generated(count: int, seed: int = 1729) -> Iterator[list[Document]]:
    """Parts of documents; a near-copy has up to ten words of an earlier document changed."""
    chance = np.random.Generator(np.random.PCG64(seed))
    vocabulary = np.array([digest(str(at))[: 3 + at % 8] for at in range(30_000)], dtype=object)
    pool = [_numbers(chance) for _ in range(2_000)]
    for start in range(0, count, PART):
        part = []
        for at in range(start, min(start + PART, count)):
            if chance.random() < NEAR_SHARE:
                numbers = pool[chance.integers(len(pool))].copy()
                numbers[chance.integers(0, WORDS, chance.integers(0, 11))] = at % 30_000
            else:
                numbers = pool[at % len(pool)] = _numbers(chance)
            part.append(_document(at, vocabulary[numbers]))
        yield part


def _numbers(chance: np.random.Generator) -> Any:
    return (30_000 * chance.random(WORDS) ** 3).astype(np.int64)


def _document(at: int, words_of: Any) -> Document:
    site = f"site{at // 50}.org"
    lines = [" ".join(words_of[place : place + 40]) for place in range(0, WORDS, 40)]
    text = "\n".join([f"Home of {site}", *lines, f"All rights reserved by {site}"])
    url = f"https://{site}/{at}"
    return Document(digest(url), url, "made", text, site=site, date="2026-01-01T00:00:00Z")


def curated(documents: list[Document]) -> pa.Table:
    rows = sorted(documents, key=lambda row: row.id)
    signatures = [signature([w.lower() for w in words(row.text)], MINHASH) for row in rows]
    return pa.table(
        {
            "id": [row.id for row in rows],
            "source": [row.source for row in rows],
            "date": [row.date for row in rows],
            "characters": pa.array([row.characters for row in rows], pa.int64()),
            "signature": pa.array(signatures, pa.binary(signature_bytes(MINHASH))),
        }
    )


@dataclass
class Job:
    """A job at work with Beam's local runner in this process."""

    folder: str

    def work_file(self, name: str) -> str:
        return f"{self.folder}/{name}"

    def once(self, name: str, units: list[Unit], build: Callable[[Any], Any]) -> None:
        import apache_beam as beam
        from apache_beam.runners.portability.fn_api_runner import FnApiRunner

        from pipeline.routing import DealUnits

        listed = self.work_file(f"{name}.units")
        parts.write_units(listed, units)
        with beam.Pipeline(runner=FnApiRunner()) as root:
            build(root | DealUnits(listed))


def measure(count: int) -> dict[str, Any]:
    """CPU and wall seconds of each step, and the peak memory of this process."""
    figures: dict[str, Any] = {"documents": count}
    with tempfile.TemporaryDirectory() as folder:
        signed = _written(folder, count, figures)
        keys = [Unit(unit.name, (unit.paths[1],)) for unit in signed]
        curate = [Unit(unit.name, unit.paths[:1]) for unit in signed]
        with _clock(figures, "exact"):
            decide = decide_exact(Job(f"{folder}/exact"), keys, [], CONFIG, count)
            tables = [decide(unit) for unit in keys]
        figures["exact_rows"] = sum(table.num_rows for table in tables)
        with _clock(figures, "near"):
            found = decide_near(Job(f"{folder}/near"), curate, [], CONFIG, MINHASH, count)
            figures["near_rows"] = sum(found(unit)[0].num_rows for unit in curate)
    figures["counts"] = found.counts
    figures["peak_gib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return figures


def _written(folder: str, count: int, figures: dict[str, Any]) -> list[Unit]:
    units, cpu = [], {"keys": 0.0, "sign": 0.0}
    for at, part in enumerate(generated(count)):
        paths = (f"{folder}/curated-{at}.parquet", f"{folder}/keys-{at}.parquet")
        start = time.process_time()
        table = keys_table(part)
        middle = time.process_time()
        files.write_table(paths[0], curated(part))
        cpu["keys"] += middle - start
        cpu["sign"] += time.process_time() - middle
        files.write_table(paths[1], table)
        units.append(Unit(f"part{at:05}", paths))
    figures["keys"], figures["sign"] = (cpu["keys"], None), (cpu["sign"], None)
    return units


class _clock:
    def __init__(self, figures: dict[str, Any], name: str) -> None:
        self._figures, self._name = figures, name

    def __enter__(self) -> None:
        self._start = time.process_time(), time.monotonic()

    def __exit__(self, *_: object) -> None:
        cpu, wall = self._start
        self._figures[self._name] = (time.process_time() - cpu, time.monotonic() - wall)


def peer(python: str, count: int) -> tuple[float, int]:
    """CPU seconds of datatrove's four stages on the same documents, and how many it leaves."""
    script = Path(__file__).with_name("datatrove_minhash.py")
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "texts"
        texts.mkdir()
        with (texts / "00000.jsonl").open("w") as file:
            for part in generated(count):
                rows = ({"text": row.text, "id": row.id} for row in part)
                file.writelines(json.dumps(row) + "\n" for row in rows)
        command = [python, str(script), str(texts), folder]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = json.loads(output.splitlines()[-1])
    print(f"datatrove, {count:,} documents: {found}")
    return sum(found["cpu"].values()), found["left"]


def apart(count: int) -> dict[str, Any]:
    """`measure` in a process of its own."""
    command = [sys.executable, __file__, "--one", str(count)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    print(f"{count:>10,} documents, peak {found['peak_gib']:.2f} GiB, {found['counts']}")
    for name in ("keys", "sign", "exact", "near"):
        cpu, wall = found[name]
        elapsed = "" if wall is None else f", wall {wall:.1f} s"
        print(f"{name:>22}: CPU {cpu:8.1f} s, {1e6 * cpu / count:7.1f} us a document{elapsed}")
    return found


def cpu_of(found: dict[str, Any], *names: str) -> float:
    return float(sum(found[name][0] for name in names))


def compare(python: str) -> None:
    """Marginal CPU of signatures and `near` beside the peer's four stages, one after the other."""
    small, large = 5_000, 20_000
    theirs = peer(python, large)[0] - peer(python, small)[0]
    ours = cpu_of(apart(large), "sign", "near") - cpu_of(apart(small), "sign", "near")
    print(f"marginal: ours {ours:.1f} s, datatrove {theirs:.1f} s, ratio {ours / theirs:.3f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--documents", type=int, nargs="*", default=[250_000, 1_000_000])
    arguments.add_argument("--peer", default="")
    arguments.add_argument("--one", type=int)
    chosen = arguments.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.one)))
        return
    found = [apart(count) for count in chosen.documents]
    for pair in pairwise(found):
        cpu = [cpu_of(each, "exact", "sign", "near") / each["documents"] for each in pair]
        sizes = [f"{each['documents']:,}" for each in pair]
        print(f"growth {sizes[0]} to {sizes[1]}: {cpu[1] / cpu[0]:.2f} of linear")
    if chosen.peer:
        compare(chosen.peer)


if __name__ == "__main__":
    main()
