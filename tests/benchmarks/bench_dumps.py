"""How fast a dump of articles is read: beside plain bz2, and on two workers.

    GRISTMILL_DATA=<folder> python tests/benchmarks/bench_dumps.py [MEGABYTES]

A multistream of so many megabytes (300) is written from the articles of the shared cut, fifty in a
stream. Ends with 1 where a bar is missed.
"""

import bz2
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2])]

from classifiers.wikipedia.dump_files import dump_units, read_links  # noqa: E402

CUT = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
MOST_BESIDE_BZ2, LEAST_OF_TWO, EACH = 1.5, 1.8, 50


def write_multistream(path: Path, size: int) -> None:
    """Streams of whole articles in random order, each a little other than the one before."""
    whole = bz2.decompress((Path(os.environ["GRISTMILL_DATA"], "wikipedia") / CUT).read_bytes())
    begin, end = whole.index(b"<page>"), whole.rindex(b"</page>") + 7
    pages = [page + b"</page>\n" for page in whole[begin:end].split(b"</page>") if page.strip()]
    draw, written = Random(1729), 0
    with path.open("wb") as file:
        file.write(bz2.compress(whole[:begin]))
        while written < size:
            stream = b"".join(draw.sample(pages, EACH))
            written += len(stream)
            file.write(bz2.compress(stream))
        file.write(bz2.compress(b"</mediawiki>\n"))


def plain(path: Path) -> None:
    with bz2.open(path) as file:
        while file.read(1 << 20):
            pass


def main() -> None:
    size = int(sys.argv[1] if len(sys.argv) > 1 else 300) * 1_000_000
    with TemporaryDirectory() as folder:
        path = Path(folder, "xx-pages-articles-multistream.xml.bz2")
        write_multistream(path, size)
        units = dump_units(folder)
        began = time.process_time()
        plain(path)
        unpacked = time.process_time() - began
        began, wall = time.process_time(), time.perf_counter()
        links = sum(len(read_links(unit).linked) for unit in units)
        cost, alone = time.process_time() - began, time.perf_counter() - wall
        with ProcessPoolExecutor(2, get_context("fork")) as pool:
            list(pool.map(read_links, units[:2]))  # both have begun
            wall = time.perf_counter()
            list(pool.map(read_links, units))
            together = time.perf_counter() - wall
    print(f"{len(units)} units, {links:,} links; bz2 alone {unpacked:.1f} CPU-s")
    print(f"{cost:.1f} CPU-s, {cost / unpacked:.2f} times bz2")
    print(f"two workers {alone / together:.2f} times as fast")
    held = cost <= MOST_BESIDE_BZ2 * unpacked and alone >= LEAST_OF_TWO * together
    print("holds" if held else "MISSED")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
