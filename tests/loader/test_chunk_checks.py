"""By default a loader compares what it uses, and hands out nothing else."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from small_dataset import CARD, documents, plan_of
from support_shards import write_token_file
from xxhash import xxh3_64_intdigest

from pipeline.errors import CheckError
from pipeline.loader import block_index
from pipeline.loader.phases import Phase
from pipeline.loader.reader import TokenReader
from pipeline.loader.token_loader import TokenLoader
from pipeline.tokenize.dataset_files import read_blocks
from pipeline.tokenize.manifest import CHUNK, read_manifest, write_dataset
from pipeline.tokenize.shards import shard_path, token_rows, write_shard
from pipeline.tokenize.token_files import TokenDocument, TokenFiles, read_token_file, token_table

GROUP = "main-web-0"
ONCE = Phase("main", None, {GROUP: 1.0})
BLOCK_TOKENS = 200_000  # of two bytes: six chunks each


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One shard of some 450,000 tokens."""
    folder = tmp_path_factory.mktemp("chunks")
    rows = [
        TokenDocument(id, GROUP, ids.astype(CARD.dtype), len(ids))
        for id, ids in documents({GROUP: 3_000})[GROUP]
    ]
    path = str(folder / "tokens.arrow")
    write_token_file(path, token_table(rows, CARD, 1), BLOCK_TOKENS)
    places = token_rows(read_token_file(path), 0, [GROUP])
    chosen = np.sort(places, order=list(places.dtype.names or ()))
    name = shard_path("main", GROUP, 0)
    shard = write_shard(str(folder), name, chosen, TokenFiles([path]), GROUP, BLOCK_TOKENS)
    write_dataset(str(folder), [shard], {GROUP: "main"}, CARD)
    return folder


@pytest.fixture
def changed(folder: Path) -> Iterator[tuple[Path, int]]:
    """A shard of which one token in the middle of a block is changed, and the token's position."""
    manifest = read_manifest(str(folder))
    table = read_blocks(str(folder), manifest)
    path = folder / manifest.shards[int(table["shard"][0])].path
    at = int(table["values_offset"][0]) + 2 * 100_000
    data = path.read_bytes()
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    yield folder, 100_000
    path.write_bytes(data)


def test_blocks_have_several_chunks(folder: Path) -> None:
    table = read_blocks(str(folder), read_manifest(str(folder)))
    assert table["size"].max() > 5 * CHUNK


def test_a_changed_token_stops_what_would_read_it_and_nothing_far_from_it(
    changed: tuple[Path, int],
) -> None:
    folder, at = changed
    reader = TokenReader(str(folder))
    reader.read(0, at - CHUNK)
    reader.read(at + CHUNK, at + CHUNK + 500)
    for start, stop in ((at, at + 1), (at - 300, at + 300), (at - 50_000, at + 50_000)):
        with pytest.raises(CheckError, match="has changed"):
            reader.read(start, stop)
    with pytest.raises(CheckError, match="has changed"):
        reader.values(0)
    assert len(TokenReader(str(folder), "off").read(at, at + 1)) == 1


@pytest.mark.parametrize("check", ["first", "always"])
def test_no_batch_holds_a_changed_token(
    changed: tuple[Path, int], check: block_index.Check
) -> None:
    folder, at = changed
    loader = TokenLoader(plan_of(folder, ONCE, seq_len=256), 1, check=check, drop_last=False)
    plan, found = loader.plan, []
    for step in range(plan.samples):
        try:
            loader.batch(step)
        except CheckError:
            index = int(plan.order(np.array([step])).index[0])
            found.append(index * 256)
    near = [start for start in found if start <= at < start + 257]
    assert near
    assert all(abs(start - at) <= CHUNK for start in found)


def test_a_batch_compares_little_more_than_it_holds(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    def counted(data: memoryview) -> int:
        compared.append(len(data))
        return int(xxh3_64_intdigest(data))

    monkeypatch.setattr(block_index, "xxh3_64_intdigest", counted)
    loader = TokenLoader(plan_of(folder, ONCE, seq_len=256), 1)
    loader.batch(0)
    assert 0 < sum(compared) <= 4 * CHUNK  # of tokens two at most, and of borders
    before = len(compared)
    loader.batch(0)
    assert len(compared) == before
