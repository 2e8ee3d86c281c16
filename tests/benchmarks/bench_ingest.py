"""What reading costs: against plain fastwarc, over http against local, in two ranges against one.

    python tests/benchmarks/bench_ingest.py FOLDER_OF_WARCS [ROUNDS]

Rounds of all variants are interleaved, CPU time is that of the process, the least of the rounds
counts. The http server is a process of its own on loopback; two ranges are read by two processes.
"""

import functools
import http.server
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

from pipeline.document import Unit
from pipeline.ingest.archives import read_archive
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


def ours(paths: list[str], start: int = 0, stop: int | None = None) -> int:
    """Reading, decoding, id, canonical URL and site: everything before extraction."""
    count = 0
    for path in paths:
        source = Source(name="crawl", paths=(path,))
        for _, item in read_archive(Unit("u", (path,), 0, start, stop), source, CONFIG):
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


def main(folder: Path, rounds: int) -> None:
    paths = sorted(folder.glob("*.warc.gz"))
    names = [str(path) for path in paths]
    print(f"{'variant':32} {'CPU s':>8} {'wall s':>8} {'ratio':>7}   bar")
    (base, mine) = least(rounds, lambda: plain_fastwarc(paths), lambda: ours(names))
    print(f"{'plain fastwarc, HTTP parsed':32} {base[0]:8.3f} {base[1]:8.3f}")
    print(
        f"{'ours, all before extraction':32} {mine[0]:8.3f} {mine[1]:8.3f} "
        f"{mine[0] / base[0]:7.2f}   at most 3"
    )
    with server(folder) as url:
        remote = [f"{url}/{path.name}" for path in paths]
        local, over = least(rounds, lambda: ours(names), lambda: ours(remote))
    print(f"{'local':32} {local[0]:8.3f} {local[1]:8.3f}")
    print(
        f"{'over http from loopback':32} {over[0]:8.3f} {over[1]:8.3f} "
        f"{local[1] / over[1]:7.2f}   at least 0.8 (of the local rate)"
    )
    with tempfile.TemporaryDirectory() as scratch:
        big = Path(scratch) / "big.warc.gz"
        with big.open("wb") as file:
            for _ in range(8):
                for path in paths:
                    file.write(path.read_bytes())
        half = big.stat().st_size // 2
        one, two = least(
            max(1, rounds // 2),
            functools.partial(in_ranges, str(big), [0]),
            functools.partial(in_ranges, str(big), [0, half]),
        )
    print(f"{'one range':32} {'':8} {one[1]:8.3f}")
    print(
        f"{'two ranges, two processes':32} {'':8} {two[1]:8.3f} "
        f"{two[1] / one[1]:7.2f}   at most 0.6"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
