"""Lists of sites at web scale: 4.6 million domains as one file, opened, asked, shared.

    GRISTMILL_DATA=<folder> python tests/benchmarks/bench_lists.py

The domains are drawn in the proportions of the shared sample: its own, and others with as many
labels below the same ends. Ends with 1 where a bar is missed.
"""

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import psutil

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2])]

from pipeline.screen.blocklist import Sites, blocked_reason  # noqa: E402
from pipeline.screen.lists.compiled import opened  # noqa: E402
from pipeline.screen.lists.compiling import compiled  # noqa: E402
from pipeline.screen.lists.entries import Kind, read_line  # noqa: E402
from pipeline.screen.lists.list_sources import Understood, entries  # noqa: E402
from pipeline.screen.lists.lookup import Lists  # noqa: E402

ROUNDS = 5
DOMAINS, LOOK_UPS = 4_600_000, 1_000_000
MOST_BYTES, MOST_OPEN, MOST_EACH, MOST_SHARED = 60e6, 0.050, 2e-6, 80e6
SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789"
WORKER = """
import sys, time
from pathlib import Path
from pipeline.screen.lists.compiled import opened
from pipeline.screen.lists.lookup import Lists
lists = Lists((opened(Path(sys.argv[1])),)) if sys.argv[1] else Lists()
for line in open(sys.argv[2]):
    lists.find(line.strip())
print("ready", flush=True)
sys.stdin.read()
"""


def drawn(sample: list[str], count: int) -> Iterator[str]:
    """Domains like those of a sample."""
    draw, seen = Random(1729), set(sample)
    yield from sample
    while len(seen) < count:
        name, _, end = draw.choice(sample).partition(".")
        new = "".join(draw.choices(SIGNS, k=draw.randint(4, 10))) + name[: draw.randint(0, 9)]
        domain = f"{new.rstrip('-')}.{end}"
        if domain not in seen and read_line(domain).kind is Kind.SITE:
            seen.add(domain)
            yield domain


def addresses(listed: list[str], pages: list[str]) -> list[str]:
    """Addresses of a crawl, of listed sites and of sites nobody lists, in equal parts."""
    draw = Random(1)
    found = []
    for at in range(LOOK_UPS):
        if at % 3 == 0:
            host = draw.choice(listed)
        elif at % 3 == 1:
            host = "www." + "".join(draw.choices(SIGNS, k=9)) + ".com"
        else:
            found.append(draw.choice(pages))
            continue
        found.append(f"https://{host}/{''.join(draw.choices(SIGNS, k=12))}/index.html?x={at}")
    return found


def seconds(lists: Lists, urls: list[str]) -> float:
    """CPU seconds for each of `urls`, none of whose hosts has been asked for before."""
    found = []
    for _ in range(ROUNDS):
        sites = Sites(Lists(lists.parts), by_words=True)
        began = time.process_time()
        for url in urls:
            blocked_reason(url, sites)
        found.append((time.process_time() - began) / len(urls))
    return min(found)


def is_listed(listed: set[str], url: str) -> bool:
    """A plain search."""
    name = url.split("/")[2]
    return any(name.split(".", at)[-1] in listed for at in range(name.count(".") + 1))


def proportional(workers: int, path: str, asked: Path) -> float:
    """Bytes that so many processes hold together, shared ones by their part."""
    command = [sys.executable, "-c", WORKER, path, str(asked)]
    running = [
        subprocess.Popen(
            command, cwd=HERE.parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(workers)
    ]
    for one in running:
        assert one.stdout is not None
        one.stdout.readline()
    held = sum(psutil.Process(one.pid).memory_full_info().pss for one in running)
    for one in running:
        one.communicate()
    return float(held)


def main() -> None:
    folder = Path(os.environ["GRISTMILL_DATA"])
    packed = folder / "blocklists" / "datatrove" / "domains-sample-60k.txt.gz"
    sample = gzip.decompress(packed.read_bytes()).decode().split()
    domains = list(drawn(sample, DOMAINS))
    with TemporaryDirectory() as name:
        source, file, asked = Path(name, "domains.txt"), Path(name, "sites"), Path(name, "urls")
        source.write_text("\n".join(domains))
        began = time.process_time()
        data = compiled(entries(str(source), Understood()))
        print(f"built in {time.process_time() - began:.1f} CPU-s, {len(data) / 1e6:.1f} MB")
        file.write_bytes(data)
        began = time.perf_counter()
        lists = Lists((opened(file),))
        open_time = time.perf_counter() - began
        urls = addresses(domains, sample_addresses(folder))
        asked.write_text("\n".join(urls))
        sites = Sites(lists, by_words=True)
        found = [blocked_reason(url, sites) for url in urls]
        each = [seconds(lists, some) for some in (sample_addresses(folder), urls[1::3], urls[::3])]
        plain = set(domains)
        wrong = sum(
            (reason is not None and reason[0] == "blocked_site") != is_listed(plain, url)
            for reason, url in zip(found, urls, strict=True)
        )
        shared = proportional(2, str(file), asked) - proportional(2, "", asked)
    print(f"opened in {1e3 * open_time:.1f} ms")
    kinds = ("of the crawl", "of other hosts that none lists", "of listed hosts")
    for seconds_each, kind in zip(each, kinds, strict=True):
        print(f"{1e6 * seconds_each:.2f} us an address {kind}, with all words")
    print(f"{wrong} of {len(urls):,} differ from a plain search; two workers {shared / 1e6:.0f} MB")
    held = len(data) <= MOST_BYTES and open_time <= MOST_OPEN and max(each[:2]) <= MOST_EACH
    held &= not wrong and shared <= MOST_SHARED
    print("holds" if held else "MISSED")
    sys.exit(0 if held else 1)


def sample_addresses(folder: Path) -> list[str]:
    manifest = folder / "crawl" / "manifest.jsonl.gz"
    return [json.loads(line)["url"] for line in gzip.open(manifest, "rt", encoding="utf-8")]


if __name__ == "__main__":
    main()
