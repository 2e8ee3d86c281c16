"""What the loader costs: random access, end to end, opening. CPU time, interleaved, best of five.

Run: python tests/benchmarks/bench_loader.py. Bars: random access at most 1.5 times an ndarray over
a map, and 1.3 times maps of 2,000 and 10,000 shards of one block of 8 kB; 5 us a sample end to end
and 8 us with boundaries; 250 ms to open 10,000 shards and to resume at half of their epoch, with
default checks; where torch is installed, no dearer than a map in a DataLoader.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from support_shards import plan_shards, write_token_file  # noqa: E402

from pipeline.document import digest  # noqa: E402
from pipeline.loader.phases import Phase  # noqa: E402
from pipeline.loader.plan import MixPlan  # noqa: E402
from pipeline.loader.reader import TokenReader  # noqa: E402
from pipeline.loader.token_loader import TokenLoader  # noqa: E402
from pipeline.tokenize.manifest import (  # noqa: E402
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


def many_shards(folder: str, count: int) -> MixPlan:
    """A dataset of `count` shards of one block of 4,096 tokens each: copies of one file."""
    rng = np.random.Generator(np.random.PCG64(3))
    ids = np.append(rng.integers(0, 50_000, 4_095, np.uint16), np.uint16(CARD.eos))
    table = token_table([TokenDocument(digest("one"), "main-web-0", ids, 16_000)], CARD, 1)
    write_token_file(f"{folder}/tokens.arrow", table)
    rows = plan_shards(token_rows(table, 0, ["main-web-0"]), 1, 16, CARD.dtype)
    files = TokenFiles([f"{folder}/tokens.arrow"])
    entry, blocks, sums = write_shard(folder, "main/web-0/00000.arrow", rows, files, "main-web-0")
    data, shards = Path(folder, entry.path).read_bytes(), []
    for number in range(count):
        path = f"main/web-0/{number:05d}.arrow"
        Path(folder, path).write_bytes(data)
        shards.append((replace(entry, path=path), blocks, sums))
    manifest = write_dataset(folder, shards, {"main-web-0": "main"}, CARD)
    return MixPlan(folder, manifest, (Phase("main", 10**11, {"main-web-0": 1.0}),), SEQ_LEN, 1)


def scattered(plan: MixPlan) -> dict[str, Callable[[], int]]:
    """20,000 random places of all shards, as a loader reads them, and over maps of the files."""
    reader = TokenReader(plan.folder)
    shards = len(plan.manifest.shards)
    rng = np.random.Generator(np.random.PCG64(2))
    blocks = rng.integers(0, shards, 20_000)
    offsets = rng.integers(0, 2_048, 20_000)
    positions = reader.starts[blocks] + offsets
    at = int(reader._table["values_offset"][0])
    maps = [
        np.memmap(f"{plan.folder}/{shard.path}", np.uint16, "r", at, (4_096,)).view(np.ndarray)
        for shard in plan.manifest.shards
    ]
    out = np.empty(SEQ_LEN, np.uint16)

    def over_maps() -> int:
        for number, at in zip(blocks.tolist(), offsets.tolist(), strict=True):
            out[:] = maps[number][at : at + SEQ_LEN]
        return len(blocks)

    def through_reader() -> int:
        for first in range(0, len(positions), 512):
            some = positions[first : first + 512]
            found = reader.locate(some)
            inside = some - reader.starts[found]
            reader.compare(found, inside, SEQ_LEN)
            for block, at in zip(found.tolist(), inside.tolist(), strict=True):
                out[:] = reader.unchecked(block)[at : at + SEQ_LEN]
        return len(positions)

    return {f"maps of {shards:,} shards": over_maps, f"reader, {shards:,} shards": through_reader}


def opening(plan: MixPlan) -> dict[str, float]:
    """CPU milliseconds from nothing to the first batch, at the start and at 50 %."""
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
            manifest = read_manifest(plan.folder)
            loader = TokenLoader(replace(plan, manifest=manifest), 64)
            loader.load_state_dict(begin)
            next(loader)
            times.append((time.process_time() - start) * 1e3)
        found[name] = min(times)
    return found


def with_torch(folder: str) -> dict[str, Callable[[], int]]:
    """Batches of 64 as tensors: ours, and a map of as many tokens in a DataLoader."""
    from torch import from_numpy
    from torch.utils.data import DataLoader, Dataset

    from pipeline.loader.batches import TokenBatches

    plan = MixPlan(folder, read_manifest(folder), (Phase("main", 10**10, SHARES),), SEQ_LEN, 1)
    path = f"{folder}/flat.bin"
    np.random.Generator(np.random.PCG64(4)).integers(0, 50_000, TOKENS, np.uint16).tofile(path)
    order = np.random.Generator(np.random.PCG64(5)).permutation(TOKENS // SEQ_LEN - 1)

    class Windows(Dataset):  # type: ignore[misc]
        """A map of one flat file, as small trainers read it."""

        flat = np.memmap(path, np.uint16, "r")

        def __len__(self) -> int:
            return len(order)

        def __getitem__(self, number: int) -> tuple[Any, Any]:
            start = int(order[number]) * SEQ_LEN
            ids = from_numpy(self.flat[start : start + SEQ_LEN + 1].astype(np.int64))
            return ids[:-1], ids[1:]

    def over_map() -> int:
        batches = iter(DataLoader(Windows(), 64))
        for _ in range(100):
            next(batches)
        return 6_400

    sets = {
        boundaries: iter(TokenBatches(TokenLoader(plan, 64, boundaries=boundaries)))
        for boundaries in (False, True)
    }

    def ours(boundaries: bool) -> Callable[[], int]:
        def read() -> int:
            for _ in range(100):
                next(sets[boundaries])
            return 6_400

        return read

    return {"map in a DataLoader": over_map, "torch": ours(False), "torch, boundaries": ours(True)}


def show(costs: dict[str, float]) -> None:
    for name, cost in costs.items():
        print(f"{name:28}{cost:8.2f} us a sample")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(folder)
        access = best(random_access(folder))
        show({**access, **best(end_to_end(folder))})
        print(f"{'reader / map':28}{access['reader'] / access['ndarray over map']:8.2f}")
        if find_spec("torch"):
            found = best(with_torch(folder))
            show(found)
            print(f"{'torch / map':28}{found['torch'] / found['map in a DataLoader']:8.2f}")
    for count in (2_000, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            plan = many_shards(folder, count)
            maps, ours = best(scattered(plan)).items()
            show(dict((maps, ours)))
            print(f"{'reader / maps':28}{ours[1] / maps[1]:8.2f}")
            for name, cost in opening(plan).items():
                print(f"{name:28}{cost:8.1f} ms, {count:,} shards")


if __name__ == "__main__":
    main()
