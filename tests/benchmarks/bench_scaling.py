"""How the extract job scales: two workers beside one, and a worker's memory on 4 and 40 archives.

Usage: python tests/benchmarks/bench_scaling.py [COPIES]

Copies the archives of $GRISTMILL_DATA/crawl under other host names (ten times without an argument),
so that all ids differ, and runs the extract job over them. Wants a quiet machine: the ratio is of
wall times. Prints pages per second, the ratio, and the peak memory of a worker.
"""

import gzip
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

_TARGET = re.compile(rb"(WARC-Target-URI: <?https?://)")
_PEAK = re.compile(r"peak memory of a worker ([\d,]+) MiB")
_PAGES = re.compile(r"│ extract +│ ingest +│ +([\d,]+) │")


def copy_archive(source: Path, target: Path, change: Callable[[bytes], bytes]) -> None:
    """Writes the archive again, member by member, each record changed."""
    data = gzip.decompress(source.read_bytes())
    starts = [match.start() for match in re.finditer(rb"(?m)^WARC/1\.\d\r\n", data)]
    with target.open("wb") as file:
        for start, stop in zip(starts, [*starts[1:], len(data)], strict=True):
            file.write(gzip.compress(change(data[start:stop]), compresslevel=6, mtime=0))


def under_host(prefix: str, record: bytes) -> bytes:
    """A record with `prefix` before the host of its address."""
    return _TARGET.sub(rb"\g<1>" + prefix.encode(), record, count=1)


def run(recipe: Path, out: Path, workers: int) -> tuple[float, int]:
    """Wall seconds of the extract job, and a worker's peak memory in MiB."""
    command = [sys.executable, "-m", "gristmill", "run", str(recipe), "--out", str(out)]
    command += ["--until", "extract", "--workers", str(workers), "--profile"]
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.monotonic() - begun
    peak = _PEAK.search(done.stderr)
    assert peak is not None
    pages = _PAGES.search(done.stderr)
    counted = int(pages[1].replace(",", "")) if pages else 0
    print(
        f"{recipe.stem:5} archives  {workers} workers  {seconds:7.1f} s  "
        f"{counted / seconds:6.0f} pages/s  peak {peak[1]} MiB",
        flush=True,
    )
    return seconds, int(peak[1].replace(",", ""))


def main() -> None:
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    archives = sorted((Path(os.environ["GRISTMILL_DATA"]) / "crawl").glob("*.warc.gz"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(copies):
            for archive in archives:
                target, prefix = folder / f"{number:02d}-{archive.name}", f"c{number}."
                copy_archive(archive, target, partial(under_host, prefix))
        few, many = folder / f"{len(archives)}.toml", folder / f"{copies * len(archives)}.toml"
        few.write_text('[[sources]]\nname = "crawl"\npaths = ["00-*.warc.gz"]\n')
        many.write_text('[[sources]]\nname = "crawl"\npaths = ["*.warc.gz"]\n')
        _, few_peak = run(few, folder / "few", 2)
        two, many_peak = run(many, folder / "two", 2)
        one, _ = run(many, folder / "one", 1)
    print(f"two workers are {one / two:.2f} times as fast as one")
    print(f"memory of a worker on {copies}x the archives: {many_peak / few_peak:.2f} times")


if __name__ == "__main__":
    main()
