"""What reading costs: against plain fastwarc, over http against local, in two ranges against one.

    python tests/benchmarks/bench_ingest.py [FOLDER_OF_WARCS [ROUNDS [DUMP ...]]]

Without a folder, those of the real data that GRISTMILL_DATA names. Rounds of all variants are
interleaved, CPU time is that of the process, the least of the rounds counts. The http server is a
process of its own on loopback; two ranges are read by two processes. Ranges read one after the
other must give the pages of the whole. At the end a table of charsets and how they were found, and
the speed of Wikipedia dumps.
"""

import bz2
import functools
import http.server
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

from pipeline.document import Page, Unit
from pipeline.ingest.archives import Item, read_archive
from pipeline.ingest.remote.hashed_reads import HashedReads
from pipeline.ingest.remote.opening import open_file
from pipeline.ingest.wikipedia.articles import read_dump
from pipeline.policy import SitePolicy
from pipeline.recipe import ExtractConfig, Source
from pipeline.urls import site

sys.path.insert(0, str(Path(__file__).parents[1]))

from support_server import Server, _Handler

CONFIG = ExtractConfig()


def plain_fastwarc(paths: list[Path]) -> int:
    """Response records with HTTP parsed and bodies read: what any reader must do."""
    size = 0
    for path in paths:
        with path.open("rb") as file:
            for record in ArchiveIterator(
                file, parse_http=True, record_types=WarcRecordType.response
            ):
                size += len(record.reader.read())
    return size


def items(path: str, start: int = 0, stop: int | None = None) -> Iterator[Item]:
    """The items of a range of an archive, whose bytes are hashed as in a run."""
    source = Source(name="crawl", paths=(path,))
    unit = Unit("u", (path,), 0, start, stop)
    with open_file(path) as file:
        yield from read_archive(HashedReads(file, start, stop), unit, source, CONFIG)


def ours(paths: list[str], start: int = 0, stop: int | None = None) -> int:
    """Reading, decoding, id, canonical URL and site: everything before extraction."""
    count = 0
    for path in paths:
        for _, item in items(path, start, stop):
            if item is not None and not isinstance(item, SitePolicy):
                site(item.url)
                count += 1
    return count


def least(rounds: int, *variants: Callable[[], object]) -> list[tuple[float, float]]:
    """(CPU, wall) seconds of each variant, the least of its rounds."""
    best = [(float("inf"), float("inf"))] * len(variants)
    for _ in range(rounds):
        for i, variant in enumerate(variants):
            cpu, wall = time.process_time(), time.perf_counter()
            variant()
            took = (time.process_time() - cpu, time.perf_counter() - wall)
            best[i] = (min(best[i][0], took[0]), min(best[i][1], took[1]))
    return best


def _serve(folder: str, port: "multiprocessing.Queue[int]") -> None:
    handler = type("Handler", (_Handler,), {"server_of_files": Server(Path(folder), "none")})
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    port.put(httpd.server_address[1])
    httpd.serve_forever()


@contextmanager
def server(folder: Path) -> Iterator[str]:
    port: multiprocessing.Queue[int] = multiprocessing.Queue()
    process = multiprocessing.Process(target=_serve, args=(str(folder), port), daemon=True)
    process.start()
    yield f"http://127.0.0.1:{port.get()}"
    process.terminate()
    process.join()


def in_ranges(path: str, edges: list[int | None]) -> None:
    """One process a range."""
    workers = [
        multiprocessing.Process(target=ours, args=([path], start or 0, stop))
        for start, stop in zip(edges, [*edges[1:], None], strict=True)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def pages_of(path: str, edges: list[int | None]) -> list[tuple[str, int, int]]:
    """What tells the pages of a file that is read range by range, in one process."""
    return [
        (item.id, item.warc_offset, item.warc_length)
        for start, stop in zip(edges, [*edges[1:], None], strict=True)
        for _, item in items(path, start or 0, stop)
        if isinstance(item, Page)
    ]


def even(size: int, count: int) -> list[int | None]:
    """Where `count` ranges of a file begin."""
    return [size * i // count for i in range(count)]


def print_cost(paths: list[Path], rounds: int) -> None:
    names = [str(path) for path in paths]
    (base, mine) = least(rounds, lambda: plain_fastwarc(paths), lambda: ours(names))
    print(f"{'plain fastwarc, HTTP parsed':32} {base[0]:8.3f} {base[1]:8.3f}")
    print(
        f"{'ours, all before extraction':32} {mine[0]:8.3f} {mine[1]:8.3f} "
        f"{mine[0] / base[0]:7.2f}   at most 3"
    )


def print_http(folder: Path, paths: list[Path], rounds: int) -> None:
    names = [str(path) for path in paths]
    with server(folder) as url:
        remote = [f"{url}/{path.name}" for path in paths]
        local, over = least(rounds, lambda: ours(names), lambda: ours(remote))
    print(f"{'local':32} {local[0]:8.3f} {local[1]:8.3f}")
    print(
        f"{'over http from loopback':32} {over[0]:8.3f} {over[1]:8.3f} "
        f"{local[1] / over[1]:7.2f}   at least 0.8 (of the local rate)"
    )


def print_ranges(paths: list[Path], rounds: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        big = Path(scratch) / "big.warc.gz"
        with big.open("wb") as file:
            while file.tell() < 200_000_000:
                for path in paths:
                    file.write(path.read_bytes())
        name, size = str(big), big.stat().st_size
        one, two = least(
            max(1, rounds // 2),
            functools.partial(in_ranges, name, even(size, 1)),
            functools.partial(in_ranges, name, even(size, 2)),
        )
        print(f"{f'one range of {size / 1e6:.0f} MB':32} {'':8} {one[1]:8.3f}")
        print(
            f"{'two ranges, two processes':32} {'':8} {two[1]:8.3f} "
            f"{two[1] / one[1]:7.2f}   at most 0.6"
        )
        whole = pages_of(name, even(size, 1))
        for count in (2, 7, 31):
            (cost,) = least(1, functools.partial(ours_in_turn, name, even(size, count)))
            same = pages_of(name, even(size, count)) == whole
            print(
                f"{f'{count} ranges, one process':32} {cost[0]:8.3f} {cost[1]:8.3f} {'':7}   "
                f"{len(whole)} pages, {'the same' if same else 'NOT THE SAME'}"
            )


def ours_in_turn(path: str, edges: list[int | None]) -> None:
    for start, stop in zip(edges, [*edges[1:], None], strict=True):
        ours([path], start or 0, stop)


def print_charsets(paths: list[Path]) -> None:
    """The table of charset, how it was found, pages."""
    count: Counter[tuple[str, str]] = Counter()
    for path in map(str, paths):
        for _, item in items(path):
            if isinstance(item, Page):
                count[item.charset, item.charset_source] += 1
    print(f"\n{'charset':16} {'how found':10} {'pages':>6}")
    for (charset, how), pages in count.most_common():
        print(f"{charset:16} {how:10} {pages:6}")


def articles(path: str) -> int:
    """How many pages a dump has, all of them read."""
    source = Source(name="wiki", format="wikipedia", paths=(path,))
    with open_file(path) as file:
        return len(list(read_dump(file, Unit("u", (path,)), source, CONFIG)))


def print_dumps(dumps: list[str]) -> None:
    """Megabytes of XML, most of it wikitext, in a CPU-second."""
    for path in dumps:
        (took,) = least(2, functools.partial(articles, path))
        size = len(bz2.decompress(Path(path).read_bytes())) / 1e6
        print(f"{Path(path).name[:40]:40} {size:7.2f} MB {size / took[0]:7.2f} MB/s   at least 1")


def main(folder: Path, rounds: int, dumps: list[str]) -> None:
    paths = sorted(folder.glob("*.warc.gz"))
    print(f"{'variant':32} {'CPU s':>8} {'wall s':>8} {'ratio':>7}   bar")
    print_cost(paths, rounds)
    print_http(folder, paths, rounds)
    print_ranges(paths, rounds)
    print_charsets(paths)
    print_dumps(dumps)


if __name__ == "__main__":
    data = Path(os.environ.get("GRISTMILL_DATA", ""))
    given = sys.argv[1:]
    if not given and not os.environ.get("GRISTMILL_DATA"):
        sys.exit("give a folder of WARC files, or set GRISTMILL_DATA")
    main(
        Path(given[0]) if given else data / "crawl",
        int(given[1]) if len(given) > 1 else 7,
        given[2:] or sorted(map(str, data.glob("wikipedia/*wiki-*.bz2"))),
    )
