"""A dataset in a store: the bytes of a local one, fetched by whole blocks, kept within a bound."""

import os
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from small_dataset import DOCUMENTS, plan_of
from support_store import Store

from pipeline import files
from pipeline.errors import CheckError, UsageError
from pipeline.loader import block_index, shard_sources
from pipeline.loader.dataset import Dataset
from pipeline.loader.phases import Phase
from pipeline.loader.plan import MixPlan
from pipeline.loader.reader import TokenReader
from pipeline.loader.samples.concat_rows import ConcatRows
from pipeline.loader.token_batch import TokenBatch
from pipeline.loader.token_loader import TokenLoader
from pipeline.tokenize.dataset_files import verify
from pipeline.tokenize.manifest import read_manifest
from pipeline.tokenize.token_files import read_token_file

MAIN = Phase("main", 40_000, {"main-web-0": 0.7, "main-code-1": 0.3})
ANNEAL = Phase("anneal", 15_000, {"anneal-math-0": 0.6, "main-code-1": 0.4})
GLOBAL_BATCH = 24
FIELDS = ("tokens", "labels", "cu_seqlens", "groups", "samples")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard_sources, "WAIT", lambda _: 0.001)


def copied(dataset: Path, folder: str) -> str:
    for path in sorted(dataset.rglob("*")):
        if path.is_file():
            files.write_bytes_atomic(f"{folder}/{path.relative_to(dataset)}", path.read_bytes())
    return folder


@pytest.fixture
def remote(dataset: Path, store: Store) -> str:
    return copied(dataset, store.folder)


@pytest.fixture
def in_memory(dataset: Path) -> str:
    """Where requests are not counted: many of them take less time."""
    return copied(dataset, f"memory://{uuid4().hex}")


def plan(folder: str | Path) -> MixPlan:
    return MixPlan(str(folder), read_manifest(str(folder)), (MAIN, ANNEAL), 64, 11)


def batches(folder: str | Path, world: int = 1, **options: Any) -> list[list[TokenBatch]]:
    """The batches of every rank."""
    order = plan(folder)
    return [list(TokenLoader(order, GLOBAL_BATCH, rank, world, **options)) for rank in range(world)]


def assert_equal(found: list[list[TokenBatch]], wanted: list[list[TokenBatch]]) -> None:
    assert [len(rank) for rank in found] == [len(rank) for rank in wanted]
    for one, other in zip(chain(*found), chain(*wanted), strict=True):
        for name in FIELDS:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def shards_asked(asked: Counter[tuple[str, str]], method: str) -> int:
    return sum(n for (how, key), n in asked.items() if how == method and key.endswith(".arrow"))


def largest(folder: str) -> int:
    """A bound that holds the largest block and little else."""
    return int(TokenReader(folder)._table["size"].max()) + 8


@pytest.mark.parametrize("place", ["s3", "memory"])
@pytest.mark.parametrize("world", [1, 2, 3, 5])
def test_batches_from_a_store_are_those_of_the_local_dataset(
    place: str, world: int, dataset: Path, store: Store
) -> None:
    remote = copied(dataset, store.folder if place == "s3" else f"memory://{uuid4().hex}")
    wanted = batches(dataset, world)
    assert sum(map(len, wanted)) > 30
    assert_equal(batches(remote, world), wanted)


@pytest.mark.parametrize("seq_len", [7, 64, 5_000])
def test_samples_across_blocks_are_those_of_the_local_dataset(
    seq_len: int, in_memory: str, dataset: Path
) -> None:
    one_pass = Phase("main", None, dict.fromkeys(DOCUMENTS, 1.0))
    orders = [
        MixPlan(folder, read_manifest(folder), (one_pass,), seq_len, 3)
        for folder in (in_memory, str(dataset))
    ]
    bound = 3 * largest(in_memory)
    found, wanted = (list(TokenLoader(order, 4, cache_bytes=bound)) for order in orders)
    assert len(wanted) > 2
    assert_equal([found], [wanted])


def test_documents_of_a_store_are_explained(remote: str, dataset: Path) -> None:
    loaders = [TokenLoader(plan(folder), GLOBAL_BATCH) for folder in (remote, dataset)]
    found, wanted = ([loader.explain(step) for step in (0, 9)] for loader in loaders)
    assert len(wanted[0]) > 10
    assert found == wanted


def test_every_block_is_fetched_once_and_every_shard_measured_once(
    remote: str, store: Store
) -> None:
    reader = TokenLoader(plan(remote), GLOBAL_BATCH).reader
    order = plan(remote)
    with store.counting() as asked:
        loader = TokenLoader(order, GLOBAL_BATCH)
        for _ in range(2):
            for step in range(order.samples // GLOBAL_BATCH):
                loader.batch(step)
    everything = order.order(np.arange(order.samples // GLOBAL_BATCH * GLOBAL_BATCH))
    starts, stops = ConcatRows(reader, order.seq_len)._positions(everything.group, everything.index)
    ends = zip(reader.locate(starts).tolist(), reader.locate(stops - 1).tolist(), strict=True)
    blocks = {block for first, last in ends for block in range(first, last + 1)}
    assert 10 < len(blocks) <= len(reader.ends)
    assert asked.pop(("GET", "folder/blocks.arrow")) == 1
    assert shards_asked(asked, "GET") == len(blocks)
    assert shards_asked(asked, "HEAD") == len({int(reader._table["shard"][b]) for b in blocks})
    assert asked.total() == shards_asked(asked, "GET") + shards_asked(asked, "HEAD")


@pytest.mark.parametrize("times", [1, 3, 8])
def test_memory_never_holds_more_than_its_bound(times: int, in_memory: str, dataset: Path) -> None:
    bound = times * largest(in_memory)
    loader = TokenLoader(plan(in_memory), GLOBAL_BATCH, cache_bytes=bound)
    cache: Any = loader.reader._source._cache  # type: ignore[attr-defined]
    for batch, wanted in zip(loader, batches(dataset)[0], strict=True):
        np.testing.assert_array_equal(batch.tokens, wanted.tokens)
        held = sum(map(len, cache._held.values()))
        assert 0 < held == cache._bytes <= bound


@pytest.mark.parametrize("times", [1, 3, 1_000])
def test_folder_never_holds_more_than_its_bound(
    times: int, in_memory: str, dataset: Path, tmp_path: Path
) -> None:
    bound = times * largest(in_memory)
    loader = TokenLoader(plan(in_memory), GLOBAL_BATCH, cache_bytes=bound, cache_folder=tmp_path)
    for batch, wanted in zip(loader, batches(dataset)[0], strict=True):
        np.testing.assert_array_equal(batch.tokens, wanted.tokens)
        assert 0 < sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file()) <= bound


def test_folder_serves_all_processes_of_a_machine(
    remote: str, store: Store, dataset: Path, tmp_path: Path
) -> None:
    batches(remote, cache_folder=tmp_path)
    with store.counting() as asked:
        found = batches(remote, 3, cache_folder=tmp_path)
    assert shards_asked(asked, "GET") == asked["GET", "folder/blocks.arrow"]
    assert_equal(found, batches(dataset, 3))


@pytest.mark.parametrize("check", ["first", "always"])
@pytest.mark.parametrize("damage", ["cut", "longer", "empty", "flipped", "another block", "gone"])
def test_damaged_file_of_the_folder_is_fetched_again(
    damage: str, check: block_index.Check, remote: str, store: Store, tmp_path: Path
) -> None:
    reader = TokenReader(remote, check, cache_folder=tmp_path)
    wanted = [reader.values(block).tolist() for block in (0, 1)]
    path = tmp_path / reader.manifest.identity / "0"
    data = path.read_bytes()
    (tmp_path / "whole").write_bytes(data)
    changed = {
        "cut": data[:-1],
        "longer": data + b"1",
        "empty": b"",
        "flipped": bytes([data[0] ^ 1]) + data[1:],
        "another block": path.with_name("1").read_bytes(),
    }
    path.unlink()
    if damage in changed:
        path.write_bytes(changed[damage])
    with store.counting() as asked:
        assert [reader.values(block).tolist() for block in (0, 1)] == wanted
    assert shards_asked(asked, "GET") == 1
    assert path.read_bytes() == data


def test_always_compares_what_the_folder_gives_even_unchanged_by_its_time(
    remote: str, tmp_path: Path
) -> None:
    reader = TokenReader(remote, "always", cache_folder=tmp_path)
    wanted = reader.values(0).tolist()
    path = tmp_path / reader.manifest.identity / "0"
    data, time = path.read_bytes(), path.stat().st_mtime_ns
    assert reader.values(0).tolist() == wanted
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    os.utime(path, ns=(time, time))
    assert reader.values(0).tolist() == wanted
    assert path.read_bytes() == data


def flip(path: str, at: int) -> None:
    data = files.read_bytes(path)
    files.write_bytes_atomic(path, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


@pytest.mark.parametrize("cached", [False, True])
def test_flipped_byte_in_the_store_is_found(cached: bool, remote: str, tmp_path: Path) -> None:
    manifest = read_manifest(remote)
    folder = tmp_path if cached else ""
    table = TokenReader(remote)._table
    flip(f"{remote}/{manifest.shards[0].path}", int(table["offset"][0]) + 9)
    for _ in range(2):
        with pytest.raises(CheckError, match=manifest.shards[0].path):
            TokenReader(remote, cache_folder=folder).values(0)
    with pytest.raises(CheckError, match="has changed"):
        batches(remote, cache_folder=folder)
    assert TokenReader(remote, "off").values(0).size > 0


def test_block_that_is_fetched_again_is_compared_again(remote: str) -> None:
    reader = TokenReader(remote, cache_bytes=largest(remote))
    reader.values(0)
    reader.values(1)
    flip(f"{remote}/{reader.manifest.shards[0].path}", int(reader._table["offset"][0]) + 9)
    with pytest.raises(CheckError, match="has changed"):
        reader.values(0)


@pytest.mark.parametrize("size", [-8, 8])
def test_shard_of_another_size_is_named(size: int, remote: str) -> None:
    (path, *_) = (shard.path for shard in read_manifest(remote).shards)
    data = files.read_bytes(f"{remote}/{path}")
    files.write_bytes_atomic(f"{remote}/{path}", data[:size] if size < 0 else data + bytes(size))
    with pytest.raises(CheckError, match=rf"{path} has {len(data) + size} bytes"):
        TokenReader(remote).values(0)


def test_shard_that_is_gone_is_named(remote: str) -> None:
    (path, *_) = (shard.path for shard in read_manifest(remote).shards)
    reader = TokenReader(remote)
    files.remove(f"{remote}/{path}")
    with pytest.raises(CheckError, match=f"{path} is gone"):
        reader.values(0)
    with pytest.raises(CheckError, match="is gone"):
        batches(remote)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_fault_that_passes_is_tried_again(
    method: str, remote: str, store: Store, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from s3fs import S3FileSystem

    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")  # the client itself tries nothing again
    S3FileSystem.clear_instance_cache()
    reader = TokenReader(remote)
    store.fail(method, "/main/", 2)
    with store.counting() as asked:
        found = reader.values(len(reader.ends) - 1)
    assert (store.faults, shards_asked(asked, method)) == ([], 3)
    local = TokenReader(str(dataset))
    np.testing.assert_array_equal(found, local.values(len(local.ends) - 1))


def test_fault_that_stays_ends_in_a_sentence(
    remote: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from s3fs import S3FileSystem

    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    S3FileSystem.clear_instance_cache()
    reader = TokenReader(remote)
    store.fail("GET", "/", 100)
    with pytest.raises(CheckError, match=r"cannot be read .*; resume to go on"):
        reader.values(0)
    assert len(store.faults) == 100 - shard_sources.ATTEMPTS


def test_bound_below_the_largest_block_is_refused(remote: str, tmp_path: Path) -> None:
    least = largest(remote)
    for folder in ("", tmp_path):
        with pytest.raises(UsageError, match=f"set at least {least}"):
            TokenReader(remote, cache_bytes=least - 1, cache_folder=folder)


def test_cache_folder_elsewhere_is_refused(remote: str) -> None:
    with pytest.raises(UsageError, match="local disk"):
        TokenReader(remote, cache_folder="s3://bucket/cache")


def test_cache_folder_that_is_a_file_is_refused(remote: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written"):
        TokenReader(remote, cache_folder=tmp_path / "file")


def test_a_folder_in_a_store_without_a_dataset_is_refused(store: Store) -> None:
    for folder in (store.folder, "s3://no-such-bucket/x"):
        with pytest.raises(UsageError, match="no dataset at"):
            read_manifest(folder)


def test_plan_of_a_dataset_in_a_store_is_read(remote: str, dataset: Path) -> None:
    with pytest.raises(CheckError, match=r"s3://.*/plan.json is missing; run its recipe again"):
        Dataset(remote).plan(64)
    rows = {group: {"documents": n} for group, n in DOCUMENTS.items()}
    weights = {"main-web-0": 1.0}
    phase = {"name": "main", "tokens": None, "weights": weights, "max_epochs": {}}
    value = {"version": 1, "seed": 4, "groups": rows, "phases": [phase]}
    files.write_json(f"{remote}/plan.json", value)
    found = Dataset(remote).plan(64)
    wanted = plan_of(dataset, Phase("main", None, weights), seed=4)
    assert (found.digest, found.samples) == (wanted.digest, wanted.samples)


def test_every_byte_in_a_store_is_verified_with_a_request_a_file(remote: str, store: Store) -> None:
    with store.counting() as asked:
        manifest = verify(remote)
    lists = {shard.path.partition("/")[0] for shard in manifest.shards}
    assert asked.total() == len(manifest.shards) + 3 + len(lists) == len(asked)
    assert {how for how, _ in asked} == {"GET", "LIST"}
    flip(f"{remote}/{manifest.shards[-1].path}", 99)
    with pytest.raises(CheckError, match=f"{manifest.shards[-1].path} does not match"):
        verify(remote)
    files.remove(f"{remote}/{manifest.shards[0].path}")
    with pytest.raises(CheckError, match=f"{manifest.shards[0].path} is missing"):
        verify(remote)


def test_shard_in_a_store_is_read_as_a_table(remote: str, store: Store, dataset: Path) -> None:
    path = read_manifest(remote).shards[0].path
    with store.counting() as asked:
        assert read_token_file(f"{remote}/{path}") == read_token_file(f"{dataset}/{path}")
    assert asked == {("GET", f"folder/{path}"): 1}
