"""How the whole way grows: CPU, wall time and memory by job on copies of the crawl's archives.

    GRISTMILL_DATA=<folder> python tests/benchmarks/bench_linear.py [--copies 1 10] [--out DIR]

Each copy stands on sites of its own, and its words are changed by its number: nothing that a copy
holds is a duplicate of another's. CPU a page is that of the pages that a size has more than the one
before, so start-up falls out.
"""

import argparse
import os
import re
import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from functools import partial
from gzip import decompress
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2])]

from benchmarks.bench_scaling import copy_archive  # noqa: E402
from benchmarks.process_costs import Cost, cost_of  # noqa: E402

from pipeline.document import digest  # noqa: E402
from pipeline.jobs import JOBS  # noqa: E402
from pipeline.urls import site  # noqa: E402

NAMES = tuple(job.name for job in JOBS)
STATED = ("exact", "near")  # what compares all with all is stated, not bounded
MOST = 1.1  # times the CPU that a page took before
_TEXT = re.compile(rb"(?is)<(script|style)\b.*?</\1\s*>|>([^<]+)")
_WORD = re.compile(rb"(?<![\w&#;/.@-])[a-z]{5,}(?![\w;/.@-])")
_TARGET = re.compile(rb"WARC-Target-URI: <?(https?://([^/\s>:]+)[^\s>]*)")
_DIGEST = re.compile(rb"(?m)^WARC-(?:Block|Payload)-Digest: .*\r\n")
_KEPT, _BLOCK = 20, 32  # of the words of a length, by frequency: those that stay; that are swapped

Words = dict[bytes, bytes]


def vocabulary(sources: list[Path]) -> list[list[bytes]]:
    """The words of all pages in blocks of one length and about one frequency."""
    counts: Counter[bytes] = Counter()
    for source in sources:
        for found in _TEXT.finditer(decompress(source.read_bytes())):
            counts.update(_WORD.findall(found[2] or b""))
    blocks = []
    for length in sorted({len(word) for word in counts}):
        words = sorted((w for w in counts if len(w) == length), key=lambda w: (-counts[w], w))
        blocks += [words[at : at + _BLOCK] for at in range(_KEPT, len(words), _BLOCK)]
    return blocks


def changed_words(blocks: list[list[bytes]], copy: int) -> Words:
    """What each word becomes in a copy: another one of its block, itself in the first copy."""
    words: Words = {}
    for number, block in enumerate(blocks):
        turn = int(digest("turn", str(copy), str(number))[:8], 16) % len(block) if copy else 0
        words |= zip(block, block[turn:] + block[:turn], strict=True)
    return words


def copied(words: Words, copy: int, record: bytes) -> bytes:
    """A record of a copy: as long as it was, under another site."""

    def swapped(found: re.Match[bytes]) -> bytes:
        return words.get(found[0], found[0])

    def text(found: re.Match[bytes]) -> bytes:
        return found[0] if found[2] is None else _WORD.sub(swapped, found[0])

    head, _, body = record.partition(b"\r\n\r\n")
    target = _TARGET.search(head)
    if target:
        host, known = target[2].decode("ascii", "ignore"), site(target[1].decode("ascii", "ignore"))
        label, _, rest = known.partition(".")
        if known and host.endswith(known):
            other = f"{host[: -len(known)]}{label}-c{copy}.{rest}".encode()
            head = head.replace(target[2], other, 1)
    return _DIGEST.sub(b"", head + b"\r\n") + b"\r\n" + _TEXT.sub(text, body)


@dataclass(frozen=True)
class Size:
    """A number of copies, the pages in them, and what each job has cost."""

    copies: int
    pages: int
    costs: dict[str, Cost]


def ran(folder: Path, copies: int, pages: int, workers: int) -> Size:
    recipe, out = folder / f"{copies}.toml", folder / f"run-{copies}"
    paths = ", ".join(f'"{folder}/{number:03}-*.warc.gz"' for number in range(copies))
    recipe.write_text(f'[[sources]]\nname = "crawl"\npaths = [{paths}]\n')
    shutil.rmtree(out, ignore_errors=True)
    costs = {}
    for job in NAMES:
        chosen = ("--out", str(out), "--until", job, "--workers", str(workers))
        command = [sys.executable, "-m", "gristmill", "run", str(recipe), *chosen]
        costs[job] = found = cost_of(command, Path.cwd())
        print(
            f"{copies:4} copies {pages:9,} pages {job:9} CPU {found.cpu:8.1f} s, "
            f"wall {found.wall:7.1f} s, peak {found.peak / 2**30:.2f} GiB",
            flush=True,
        )
    shutil.rmtree(out)
    return Size(copies, pages, costs)


def milliseconds(less: Size, more: Size, job: str) -> float:
    """CPU of a page that `more` has beyond `less`."""
    seconds = more.costs[job].cpu - less.costs[job].cpu
    return 1e3 * seconds / (more.pages - less.pages)


def verdicts(sizes: list[Size]) -> bool:
    """Prints CPU a page of each step from a size to the next; whether it stays what it was."""
    held = True
    for job in NAMES:
        steps = [milliseconds(*pair, job) for pair in pairwise(sizes)]
        print(f"{job:9} {', '.join(f'{step:.3f}' for step in steps)} ms a page more")
    sums = [
        sum(milliseconds(*pair, job) for job in NAMES if job not in STATED)
        for pair in pairwise(sizes)
    ]
    for before, after in pairwise(sums):
        print(f"all but {' and '.join(STATED)}: {after / before:.2f} times, at most {MOST}")
        held = held and after <= MOST * before
    return held


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--copies", type=int, nargs="+", default=[1, 4, 10])
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--out", type=Path, default=None)
    chosen = arguments.parse_args()
    sources = sorted((Path(os.environ["GRISTMILL_DATA"]) / "crawl").glob("*.warc.gz"))
    folder = Path(chosen.out or mkdtemp(prefix="gristmill-linear-")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        blocks, pages = vocabulary(sources), 0
        for number in range(max(chosen.copies)):
            change = partial(copied, changed_words(blocks, number), number)
            for source in sources:
                copy_archive(source, folder / f"{number:03}-{source.name}", change)
        for source in sources:
            pages += decompress(source.read_bytes()).count(b"WARC-Type: response\r\n")
        sizes = [ran(folder, n, n * pages, chosen.workers) for n in sorted(chosen.copies)]
        held = verdicts(sizes)
    finally:
        shutil.rmtree(folder)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
