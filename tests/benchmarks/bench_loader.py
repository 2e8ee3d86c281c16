"""What the loader costs: random access, end to end, opening. CPU time, interleaved, best of five.

Run: python tests/benchmarks/bench_loader.py. Bars: random access at most 1.5 times an ndarray over
a map, 5 us a sample end to end and 8 us with boundaries, 250 ms to open and resume 10,000 shards.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from support_shards import plan_shards, write_token_file  # noqa: E402

from pipeline.document import digest  # noqa: E402
from pipeline.loader.phases import Phase  # noqa: E402
from pipeline.loader.plan import MixPlan  # noqa: E402
from pipeline.loader.reader import TokenReader  # noqa: E402
from pipeline.loader.token_loader import TokenLoader  # noqa: E402
from pipeline.tokenize.blocks import BLOCK  # noqa: E402
from pipeline.tokenize.dataset_files import read_blocks  # noqa: E402
from pipeline.tokenize.manifest import (  # noqa: E402
    Manifest,
    blake3_of,
    blocks_bytes,
    read_manifest,
    write_dataset,
)
from pipeline.tokenize.shards import shard_path, token_rows, write_shard  # noqa: E402
from pipeline.tokenize.token_files import TokenDocument, TokenFiles, token_table  # noqa: E402
from pipeline.tokenize.tokenizer_files import TokenizerCard  # noqa: E402

SEQ_LEN = 2_048
TOKENS = 48_000_000
SHARES = {"main-books-0": 0.15, "main-code-0": 0.2, "main-math-0": 0.05, "main-web-0": 0.6}
CARD = TokenizerCard(vocabulary=50_304, eos=50_296, first_control=50_296, digest="0" * 32)
ROUNDS = 5


def write(folder: str) -> None:
    """Documents of log-normal lengths (median 664 tokens), in four groups."""
    rng = np.random.Generator(np.random.PCG64(0))
    names = sorted(SHARES)
    documents: list[TokenDocument] = []
    total = 0
    while total < TOKENS:
        length = int(np.clip(rng.lognormal(np.log(664), 1.2), 1, 200_000))
        ids = np.append(rng.integers(0, 50_000, length, np.uint16), np.uint16(CARD.eos))
        group = names[rng.choice(len(names), p=[SHARES[name] for name in names])]
        documents.append(TokenDocument(digest(str(len(documents))), group, ids, 4 * length))
        total += length + 1
    table = token_table(documents, CARD, 1)
    path = f"{folder}/tokens.arrow"
    write_token_file(path, table)
    rows = plan_shards(token_rows(table, 0, names), len(names), 16, CARD.dtype)
    shards = []
    for group, number in np.unique(rows[["group", "shard"]]).tolist():
        mine = rows[(rows["group"] == group) & (rows["shard"] == number)]
        name = shard_path("main", names[group], number)
        shards.append(write_shard(folder, name, mine, TokenFiles([path]), names[group]))
    write_dataset(folder, shards, dict.fromkeys(names, "main"), CARD)


def best(calls: dict[str, Callable[[], int]]) -> dict[str, float]:
    """CPU microseconds per sample of each call, which says how many samples it read."""
    found = dict.fromkeys(calls, float("inf"))
    for _ in range(ROUNDS):
        for name, call in calls.items():
            start = time.process_time()
            count = call()
            found[name] = min(found[name], (time.process_time() - start) / count * 1e6)
    return found


def random_access(folder: str) -> dict[str, Callable[[], int]]:
    """4 KB copied from 20,000 random places: over a plain map, and through the reader."""
    reader = TokenReader(folder)
    last = len(reader.ends) - 1
    values = [reader.values(block) for block in range(last + 1)]
    largest = max(range(last + 1), key=lambda block: len(values[block]))
    plain = values[largest]
    rng = np.random.Generator(np.random.PCG64(2))
    places = rng.integers(0, len(plain) - SEQ_LEN, 20_000)
    out = np.empty(SEQ_LEN, plain.dtype)
    positions = places + reader.starts[largest]

    def over_map() -> int:
        for at in places.tolist():
            out[:] = plain[at : at + SEQ_LEN]
        return len(places)

    def through_reader() -> int:
        blocks = reader.locate(positions)
        offsets = positions - reader.starts[blocks]
        for block, at in zip(blocks.tolist(), offsets.tolist(), strict=True):
            out[:] = reader.values(block)[at : at + SEQ_LEN]
        return len(places)

    return {"ndarray over map": over_map, "reader": through_reader}


def end_to_end(folder: str) -> dict[str, Callable[[], int]]:
    """Batches of 64 as int32 with labels, without and with boundaries."""
    plan = MixPlan(folder, read_manifest(folder), (Phase("main", 10**10, SHARES),), SEQ_LEN, 1)

    def reading(boundaries: bool) -> Callable[[], int]:
        loader = TokenLoader(plan, 64, boundaries=boundaries)
        for _ in range(600):  # the whole dataset is touched and checked
            next(loader)

        def read() -> int:
            for _ in range(100):
                next(loader)
            return 6_400

        return read

    return {"end to end": reading(False), "end to end, boundaries": reading(True)}


def many_shards(folder: str, shards: int) -> MixPlan:
    """A dataset whose manifest and block table name one shard many times over."""
    manifest = read_manifest(folder)
    table = read_blocks(folder, manifest)
    blocks = np.zeros(shards, BLOCK)
    for name in blocks.dtype.names or ():
        blocks[name] = table[name][0]
    blocks["shard"] = np.arange(shards)
    first = replace(manifest.shards[0], tokens=int(blocks["tokens"][0]))
    data = blocks_bytes(blocks)
    entries = tuple(replace(first, blake3=digest(str(n)) * 2) for n in range(shards))
    phases = {first.group: "main"}
    large: Manifest = replace(
        manifest, shards=entries, phases=phases, blocks_blake3=blake3_of(data)
    )
    Path(folder, "manifest.json").write_bytes(large.json)
    Path(folder, "blocks.arrow").write_bytes(data)
    return MixPlan(folder, large, (Phase("main", 10**11, {first.group: 1.0}),), SEQ_LEN, 1)


def opening(folder: str) -> dict[str, float]:
    """CPU milliseconds from nothing to the first batch, at the start and at 50 %."""
    plan = many_shards(folder, 10_000)
    state = TokenLoader(plan, 64).state_dict()
    half = {**state, "step": plan.samples // 128, "cursor": plan.samples // 128 * 64}
    found = {}
    for name, begin in (
        ("open + first batch", state),
        ("resume at 50 %", half),
    ):
        times = []
        for _ in range(3):
            start = time.process_time()
            manifest = read_manifest(folder)
            loader = TokenLoader(replace(plan, manifest=manifest), 64, check="off")
            loader.load_state_dict(begin)
            next(loader)
            times.append((time.process_time() - start) * 1e3)
        found[name] = min(times)
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(folder)
        access = best(random_access(folder))
        for name, cost in {**access, **best(end_to_end(folder))}.items():
            print(f"{name:28}{cost:8.2f} us a sample")
        print(f"{'reader / map':28}{access['reader'] / access['ndarray over map']:8.2f}")
        for name, cost in opening(folder).items():
            print(f"{name:28}{cost:8.1f} ms, 10,000 shards")


if __name__ == "__main__":
    main()
