"""Peak memory of the functions that an engine calls, on keys that have ten million rows.

    python tests/benchmarks/bench_hot_keys.py [--rows 10000000]

One host, site, text, address, paragraph, band, star and part with so many rows, each in a process
of its own; rows come as the engine brings them, in blobs of one unit each.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from pipeline.dedup import duplicates, opt_outs, paragraphs  # noqa: E402
from pipeline.dedup.lines import recurring  # noqa: E402
from pipeline.dedup.near import clusters, component_blocks, pairs, survivors  # noqa: E402
from pipeline.dedup.rows import DROP, Rows, make  # noqa: E402
from pipeline.dedup.told_parts import ASK  # noqa: E402
from pipeline.frame.engines.engine import own_peak  # noqa: E402
from pipeline.frame.range_files import RangeFiles  # noqa: E402
from pipeline.frame.row_groups import Group  # noqa: E402
from pipeline.frame.shuffle import Merging, saved  # noqa: E402
from pipeline.jobs.exact_units import told_lines, told_rules  # noqa: E402
from pipeline.jobs.near_units import candidates, judged, linked_pairs, save_round  # noqa: E402
from pipeline.recipe import LinesConfig, ParagraphsConfig  # noqa: E402

PEAK_GIB = 1.5
UNIT = 10_000  # rows that one unit brings
RANGES = 1_000
LINKS = 70  # pairs of a document of a giant component
OWN = 2**31  # more parts than there are


class Blobs:
    """The rows of one kind as an engine brings them: held once, as bytes."""

    def __init__(self, count: int, rows: Callable[[int, int], Rows]) -> None:
        self.blobs = [
            rows(start, min(UNIT, count - start)).tobytes() for start in range(0, count, UNIT)
        ]

    def group(self, dtype: np.dtype[Any], *key: str) -> Group:
        return Group(self.blobs, dtype, key)


def ids(start: int, count: int, name: str = "id") -> dict[str, Any]:
    numbers = np.arange(start, start + count, dtype=np.uint64)
    mixed = numbers * np.uint64(0x9E3779B97F4A7C15)
    return {f"{name}_hi": mixed, f"{name}_lo": numbers}


def drained(elements: Iterable[Any]) -> int:
    """Rows of all arrays, each let go when the next one is asked for."""
    return sum(len(rows) if isinstance(rows, np.ndarray) else 1 for rows in elements)


def text(count: int, _folder: str) -> int:
    return drained(duplicates.text_drops(_documents(count), OWN))


def address(count: int, _folder: str) -> int:
    return drained(duplicates.url_drops(_documents(count), OWN))


def _documents(count: int) -> Group:
    def rows(start: int, size: int) -> Rows:
        places = np.arange(start, start + size)
        return make(
            duplicates.KEY_ROW, size, part=start // UNIT, characters=places % 977, order_0=places,
            **ids(start, size),
        )  # fmt: skip

    return Blobs(count, rows).group(duplicates.KEY_ROW, "key_hi", "key_lo")


def paragraph(count: int, _folder: str) -> int:
    def rows(start: int, size: int) -> Rows:
        parts = np.arange(start, start + size)
        return make(
            paragraphs.PARAGRAPH_ROW, size, part=parts, documents=1, order_0=-parts,
            **ids(start, size),
        )  # fmt: skip

    group = Blobs(count, rows).group(paragraphs.PARAGRAPH_ROW, "paragraph")
    return drained(paragraphs.shared_paragraphs(group, OWN, ParagraphsConfig()))


def host(count: int, folder: str) -> int:
    """Policies of 500 rules, captured again and again, and as many parts that ask."""
    merging = Merging(opt_outs.POLICY_ROW, opt_outs.newest)
    for capture in range(count // 500):
        rules = make(
            opt_outs.POLICY_ROW, 501, host=1, kind=5, date=capture, id_lo=capture,
            place=np.arange(-1, 500), pattern=[f"/{n}".encode() for n in range(501)],
        )  # fmt: skip
        merging.add(rules.tobytes())
    groups = {"rules": Group([merging.rows().tobytes()], opt_outs.POLICY_ROW, ("host",))}
    return drained(told_rules(_store(folder), 0, groups | _asks(count)))


def site(count: int, folder: str) -> int:
    """As many lines, all different, in one of the places of a crowded site; a thousand recur."""
    merging = Merging(recurring.LINE_ROW, recurring.summed)
    for start in range(0, count, UNIT):
        lines = np.arange(start, start + UNIT, dtype=np.uint64) << np.uint64(20)
        rows = make(recurring.LINE_ROW, UNIT, site=1, line=lines, pages=1)
        merging.add(rows.tobytes())
    counted = merging.rows()
    counted["pages"][:1_000] = 19_000
    counted["pages"][0] = 20_000
    found = recurring.recurring_lines(counted, LinesConfig())
    assert len(found) == 999
    del counted, merging
    groups = {"lines": Group([found.tobytes()], recurring.PART_LINE, ("site",))}
    return drained(told_lines(_store(folder), 0, groups | _asks(count)))


def _asks(count: int) -> dict[str, Group]:
    asks = Blobs(count, lambda start, size: make(ASK, size, key=1, part=np.arange(size) + start))
    return {"asks": asks.group(ASK, "key")}


def band(count: int, _folder: str) -> int:
    rows = Blobs(count, lambda start, size: make(pairs.BAND_ROW, size, **ids(start, size)))
    return sum(len(found.pairs) for found in candidates(0, rows.group(pairs.BAND_ROW, "band")))


def large_star(count: int, _folder: str) -> int:
    return drained(clusters.large_star(_star(count)))


def small_star(count: int, folder: str) -> int:
    return drained(save_round(_store(folder), "stars", 0, _star(count)))


def _star(count: int) -> Group:
    def rows(start: int, size: int) -> Rows:
        return make(clusters.EDGE, size, a_hi=2**40, **ids(start, size, "b"))

    return Blobs(count, rows).group(clusters.EDGE, "a_hi", "a_lo")


def block(count: int, folder: str) -> int:
    """A whole block of a giant component, and the pairs of its documents with seventy hubs: five of
    each band.
    """
    size = min(count, component_blocks.BLOCK)
    sketches = np.random.Generator(np.random.PCG64(1)).integers(0, 255, (size, 512), np.uint8)
    rows = make(survivors.MEMBER, size, **ids(0, size))
    rows["sketch"] = np.ascontiguousarray(sketches).view("S512")[:, 0]
    del sketches
    store = _store(folder)
    store.save("linked", 0, [*map(partial(_of_hub, size), range(LINKS))], component_blocks.PAIR)
    blobs = [rows[at : at + UNIT].tobytes() for at in range(0, size, UNIT)]
    del rows
    group = Group(blobs, survivors.MEMBER, component_blocks.BLOCK_KEY)
    return sum(1 for _ in judged(store, 0.8, 0, group))


def _of_hub(size: int, hub: int) -> Rows:
    linked = make(component_blocks.PAIR, size, **ids(0, size, "b"))
    for name, values in ids(hub, 1, "a").items():
        linked[name] = values
    return linked


def linked(count: int, folder: str) -> int:
    """The pairs of a hub joined with its star, and left for the component's block."""

    def rows(start: int, size: int) -> Rows:
        return make(clusters.EDGE, size, **ids(7, 1, "a"), **ids(start, size, "b"))

    stars = make(clusters.EDGE, 1, **ids(7, 1, "a"), **ids(1, 1, "b"))
    groups = {
        "pairs": Blobs(count, rows).group(clusters.EDGE, "a_hi", "a_lo"),
        "stars": Group([stars.tobytes()], clusters.EDGE, ("a_hi", "a_lo")),
    }
    pairs_ = [*linked_pairs(f"{folder}/none", 0, groups)]
    del groups
    group = Group([each.tobytes() for each in pairs_], component_blocks.PAIR, ("root_hi",))
    del pairs_
    return drained(saved(_store(folder), "linked", None, 0, group))


def part(count: int, folder: str) -> int:
    """All rows of a range, sorted and written."""
    rows = Blobs(count, lambda start, size: make(DROP, size, part=start // 7, **ids(start, size)))
    return drained(saved(_store(folder), "drops", None, 0, rows.group(DROP, "part")))


def _store(folder: str) -> RangeFiles:
    return RangeFiles(folder, RANGES, OWN)


KEYS: tuple[Callable[[int, str], int], ...] = (
    *(host, site, text, address, paragraph),
    *(band, large_star, small_star, linked, block, part),
)


def figures(name: str, count: int) -> Iterator[str]:
    done = subprocess.run(
        [sys.executable, __file__, "--key", name, "--rows", str(count)],
        capture_output=True,
        text=True,
        check=True,
    )
    yield done.stdout.splitlines()[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--key", choices=[key.__name__ for key in KEYS])
    given = parser.parse_args()
    if given.key:
        begun = time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            run = partial(next(key for key in KEYS if key.__name__ == given.key), given.rows)
            made = run(folder)
        seconds = time.process_time() - begun
        print(json.dumps({"gib": own_peak() / 2**30, "seconds": seconds, "made": made}))
        return 0
    failed = False
    for key in KEYS:
        for line in figures(key.__name__, given.rows):
            found = json.loads(line)
            failed |= found["gib"] > PEAK_GIB
            print(f"{key.__name__:12} {found['gib']:5.2f} GiB {found['seconds']:6.1f} s")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
