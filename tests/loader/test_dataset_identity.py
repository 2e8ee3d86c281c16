"""Every byte of a dataset stands under one identity, which trainers may pin."""

import json
import random
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import mixed_dataset
import pytest

from gristmill import open_dataset
from pipeline.document import digest
from pipeline.errors import CheckError
from pipeline.loader.dataset import Dataset
from pipeline.loader.token_loader import TokenLoader
from pipeline.recipe_types import MixConfig
from pipeline.tokenize.dataset_files import verify
from pipeline.tokenize.encode import load_tokenizer
from pipeline.tokenize.manifest import MANIFEST, PLAN, TOKENIZER, read_manifest

SIZES = {("main", "books", 0): 12, ("main", "news", 0): 30}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    mixed_dataset.write(tmp_path, SIZES, MixConfig(annealing=False))
    return tmp_path


def test_a_dataset_is_what_its_identity_names(folder: Path) -> None:
    identity = Dataset(str(folder)).identity
    assert open_dataset(folder, identity).identity == identity == verify(str(folder)).identity
    with pytest.raises(CheckError, match=f"is dataset {identity}, not {'0' * 32}"):
        open_dataset(folder, "0" * 32)


def test_another_plan_or_tokenizer_is_another_dataset(folder: Path) -> None:
    files = json.loads((folder / MANIFEST).read_text())["files"]
    assert {PLAN, TOKENIZER} <= set(files)


@pytest.mark.parametrize("name", [MANIFEST, PLAN, TOKENIZER, "blocks.arrow"])
def test_every_flipped_byte_beside_the_shards_is_found(folder: Path, name: str) -> None:
    path = folder / name
    data = path.read_bytes()
    draws = random.Random(7)
    for at in draws.sample(range(len(data)), 60):
        changed = draws.choice([value for value in range(256) if value != data[at]])
        path.write_bytes(data[:at] + bytes([changed]) + data[at + 1 :])
        with pytest.raises(CheckError):
            verify(str(folder))
    path.write_bytes(data)
    verify(str(folder))


def handed_out(folder: Path) -> list[str]:
    """Texts of the batches that a trainer is given, up to where the dataset is found changed."""
    given = []
    with suppress(CheckError):
        dataset = open_dataset(folder)
        encoder = load_tokenizer(dataset.folder)
        loader = TokenLoader(dataset.plan(64), 8, drop_last=False)
        for batch in loader:
            given.append(encoder.decode(batch.tokens.reshape(-1)))
    return given


def test_no_flipped_byte_of_any_file_reaches_a_trainer(folder: Path) -> None:
    wanted, draws, stopped = handed_out(folder), random.Random(11), 0
    assert len(wanted) > 10
    manifest = read_manifest(str(folder))
    beside = [MANIFEST, "blocks.arrow", *manifest.files]
    names = [*beside, *(shard.path for shard in manifest.shards)]
    assert {PLAN, TOKENIZER, "chunks.bin"} < set(names)
    for number in range(300):
        path = folder / names[number % len(names)]
        data = path.read_bytes()
        at = draws.randrange(len(data))
        path.write_bytes(data[:at] + bytes([data[at] ^ draws.randrange(1, 256)]) + data[at + 1 :])
        with pytest.raises(CheckError):
            verify(str(folder))
        given = handed_out(folder)
        assert given == wanted[: len(given)], f"byte {at} of {path}"
        stopped += len(given) < len(wanted)
        path.write_bytes(data)
    assert stopped > 250  # of shards, some bytes are of no token


def test_a_plan_that_was_changed_is_not_followed(folder: Path) -> None:
    path = folder / PLAN
    path.write_text(path.read_text().replace('"seed": 1', '"seed": 2'))
    with pytest.raises(CheckError, match=r"plan\.json does not match the manifest; run its recipe"):
        Dataset(str(folder)).plan(64)


@pytest.mark.parametrize("name", [PLAN, TOKENIZER, "blocks.arrow"])
def test_a_lost_file_is_named_with_its_remedy(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(CheckError, match=f"{name} is missing; run its recipe again"):
        verify(str(folder))


def test_a_manifest_is_plain_json_with_sorted_keys(folder: Path) -> None:
    manifest = read_manifest(str(folder))
    odd = replace(manifest, shards=(replace(manifest.shards[0], path='a "b"/ü\n.arrow'),) * 2)
    for one in (manifest, odd):
        value = json.loads(one.json)
        assert one.json == json.dumps(value, indent=1, sort_keys=True).encode() + b"\n"
        assert value["shards"] == [asdict(shard) for shard in one.shards]


def test_a_dataset_of_version_1_is_read_and_has_the_identity_it_had(folder: Path) -> None:
    path = folder / MANIFEST
    value = json.loads(path.read_text())
    for key in ("files", "identity"):
        del value[key]
    path.write_bytes(json.dumps({**value, "version": 1}, indent=1, sort_keys=True).encode() + b"\n")
    old = Dataset(str(folder))
    assert old.identity == digest(path.read_bytes())
    assert old.plan(64).samples > 0
    assert verify(str(folder)).version == 1


def test_a_shard_that_no_manifest_names_is_told(folder: Path) -> None:
    shard = folder / read_manifest(str(folder)).shards[0].path
    (shard.parent / "00077.arrow").write_bytes(shard.read_bytes())
    with pytest.raises(CheckError, match=r"00077\.arrow is of no shard of this dataset"):
        verify(str(folder))


def test_tokenizers_that_did_not_encode_the_dataset_are_refused(folder: Path) -> None:
    path = folder / TOKENIZER
    path.write_text(path.read_text() + "\n")
    with pytest.raises(CheckError, match=r"tokenizer\.json does not match the manifest"):
        load_tokenizer(str(folder))
