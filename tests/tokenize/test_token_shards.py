"""Shards: whole documents, keyed order, same bytes, one file that tells a change."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_shards import plan_shards, write_token_file
from training_texts import texts

from pipeline.document import digest
from pipeline.errors import CheckError, UsageError
from pipeline.tokenize.blocks import block_bounds, describe, to_bytes
from pipeline.tokenize.dataset_files import read_blocks, verify
from pipeline.tokenize.encode import Encoder
from pipeline.tokenize.manifest import MANIFEST, Manifest, read_manifest, write_dataset
from pipeline.tokenize.shards import ROW, shard_path, token_rows, write_shard
from pipeline.tokenize.token_files import (
    Entry,
    TokenDocument,
    TokenFiles,
    encode_part,
    read_token_file,
    token_table,
)

GROUPS = ("anneal-wiki-0", "main-web-0", "main-web-3")
PHASES = {name: name.split("-")[0] for name in GROUPS}
BLOCK_TOKENS = 5_000


def entries(count: int = 240) -> list[Entry]:
    return [
        Entry(
            id=digest(str(number)),
            text=text,
            group=GROUPS[number % 7 % 3],
            source=f"crawl-{number % 2}",
            language="en" if number % 3 else "de",
            score=number / 1_000,
            cluster_size=1 + number % 4,
        )
        for number, text in enumerate(texts(count))
    ]


def write(folder: Path, encoder: Encoder, parts: int, megabytes: float = 0.01) -> Manifest:
    paths, columns = [], []
    for part in range(parts):
        table = encode_part(entries()[part::parts], encoder, seed=9)
        paths.append(f"{folder}/tokens/{part}.arrow")
        write_token_file(paths[-1], table, BLOCK_TOKENS)
        columns.append(token_rows(read_token_file(paths[-1]), part, GROUPS))
    rows = plan_shards(np.concatenate(columns), len(GROUPS), megabytes, encoder.card.dtype)
    shards = []
    for group, number in np.unique(rows[["group", "shard"]]).tolist():
        mine = rows[(rows["group"] == group) & (rows["shard"] == number)]
        name = shard_path(PHASES[GROUPS[group]], GROUPS[group], number)
        shards.append(
            write_shard(str(folder), name, mine, TokenFiles(paths), GROUPS[group], BLOCK_TOKENS)
        )
    return write_dataset(str(folder), shards[::-1], PHASES, encoder.card, "f" * 16)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    folder = tmp_path_factory.mktemp("shards")
    write(folder, encoder, parts=3)
    return folder


def test_shards_hold_every_document_once_with_its_columns(folder: Path, encoder: Encoder) -> None:
    manifest = read_manifest(str(folder))
    found = {}
    for shard in manifest.shards:
        for row in read_token_file(str(folder / shard.path)).to_pylist():
            found[row["doc_id"].hex()] = (shard.group, row)
    assert len(found) == len(entries()) == sum(s.documents for s in manifest.shards)
    for entry in entries():
        group, row = found[entry.id]
        assert encoder.decode(np.array(row["tokens"])) == entry.text
        assert row["tokens"][-1] == encoder.card.eos
        assert group == entry.group
        assert row["n_bytes"] == len(entry.text.encode())
        assert (row["source"], row["language"]) == (entry.source, entry.language)
        assert row["score"] == pytest.approx(entry.score)
        assert row["cluster_size"] == entry.cluster_size


def test_shards_do_not_depend_on_parts(folder: Path, encoder: Encoder, tmp_path: Path) -> None:
    manifest = write(tmp_path, encoder, parts=7)
    assert manifest.identity == read_manifest(str(folder)).identity
    for shard in manifest.shards:
        assert (tmp_path / shard.path).read_bytes() == (folder / shard.path).read_bytes()


def test_shards_of_a_group_are_of_even_size(folder: Path) -> None:
    shards = [s for s in read_manifest(str(folder)).shards if s.group == "main-web-0"]
    assert len(shards) > 3
    tokens = [shard.tokens for shard in shards]
    assert max(tokens) < 2.5 * min(tokens)


def test_neighbours_in_a_shard_are_shuffled(folder: Path) -> None:
    numbers = {digest(str(n)): n for n in range(len(entries()))}
    shards = [one for one in read_manifest(str(folder)).shards if one.documents > 8]
    assert len(shards) > 5
    for shard in shards:
        ids = read_token_file(str(folder / shard.path)).column("doc_id").to_pylist()
        order = [numbers[id.hex()] for id in ids]
        assert order != sorted(order)


def test_documents_of_a_shard_lie_side_by_side_in_token_files(encoder: Encoder) -> None:
    table = encode_part(entries(), encoder, seed=9)
    rows = plan_shards(token_rows(table, 0, GROUPS), len(GROUPS), 0.01, "uint16")
    assert len(rows) == len(entries())
    assert len(np.unique(rows[["group", "shard"]])) > len(GROUPS)
    for group, shard in np.unique(rows[["group", "shard"]]).tolist():
        mine = np.sort(rows[(rows["group"] == group) & (rows["shard"] == shard)]["row"])
        np.testing.assert_array_equal(np.diff(mine), 1)


def test_buffers_lie_where_the_block_table_says(folder: Path) -> None:
    manifest = read_manifest(str(folder))
    blocks = read_blocks(str(folder), manifest)
    assert len(blocks["tokens"]) > len(manifest.shards)
    seen = dict.fromkeys(range(len(manifest.shards)), 0)
    for block, shard in enumerate(blocks["shard"].tolist()):
        data = (folder / manifest.shards[shard].path).read_bytes()
        table = read_token_file(str(folder / manifest.shards[shard].path))
        count = int(blocks["documents"][block])
        starts = np.frombuffer(data, "<i4", count + 1, blocks["starts_offset"][block])
        values = np.frombuffer(data, "<u2", blocks["tokens"][block], blocks["values_offset"][block])
        ids = np.frombuffer(data, "V16", count, blocks["ids_offset"][block])
        rows = table.slice(seen[shard], count)
        assert np.split(values, starts[1:-1])[0].tolist() == rows.column("tokens")[0].as_py()
        assert values.tolist() == [t for row in rows.column("tokens").to_pylist() for t in row]
        assert [bytes(id) for id in ids] == rows.column("doc_id").to_pylist()
        seen[shard] += count
    assert list(seen.values()) == [shard.documents for shard in manifest.shards]


@given(st.lists(st.integers(1, 50), max_size=60), st.integers(1, 80))
def test_blocks_hold_whole_documents_up_to_the_limit(lengths: list[int], limit: int) -> None:
    bounds = list(block_bounds(np.array(lengths, np.int64), limit))
    assert [n for first, stop in bounds for n in range(first, stop)] == list(range(len(lengths)))
    for first, stop in bounds:
        assert sum(lengths[first:stop]) <= limit or stop == first + 1
        if stop < len(lengths):
            assert sum(lengths[first : stop + 1]) > limit


def test_empty_part_makes_an_empty_token_file(encoder: Encoder, tmp_path: Path) -> None:
    path = str(tmp_path / "empty.arrow")
    write_token_file(path, encode_part([], encoder, seed=9))
    table = read_token_file(path)
    assert table.num_rows == 0
    assert len(token_rows(table, 0, GROUPS)) == 0


def test_wide_vocabulary_is_written_as_uint32(encoder: Encoder) -> None:
    card = replace(encoder.card, vocabulary=70_000)
    table = token_table([TokenDocument("0" * 32, "g", np.array([69_999], np.uint32))], card, 1)
    assert table.column("tokens").type.value_type == pa.uint32()
    assert describe(to_bytes(table, 10), 0)["tokens"].tolist() == [1]


def test_id_that_does_not_fit_is_never_wrapped(encoder: Encoder) -> None:
    document = TokenDocument("0" * 32, "g", np.array([70_000], np.uint32))
    with pytest.raises(AssertionError, match="does not fit"):
        token_table([document], encoder.card, 1)


@pytest.mark.parametrize("group", ["../web", "a b", "", "/web", "web/", ".hidden"])
def test_group_that_is_no_file_name_is_refused(group: str) -> None:
    with pytest.raises(UsageError, match="no file name"):
        shard_path("main", group, 0)


def test_shard_names_say_phase_group_and_number() -> None:
    assert shard_path("main", "main-web-0", 12) == "main/web-0/00012.arrow"


def test_shards_too_large_for_a_list_are_refused() -> None:
    with pytest.raises(UsageError, match="too large"):
        plan_shards(np.zeros(0, ROW), 1, 10_000, "uint16")


def test_verify_accepts_what_was_written(folder: Path) -> None:
    totals = verify(str(folder)).groups
    assert sum(row["documents"] for row in totals.values()) == len(entries())
    assert set(totals) == set(GROUPS)


def test_verify_names_every_file_with_a_flipped_bit(folder: Path) -> None:
    paths = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "tokens"]
    assert {folder / shard.path for shard in read_manifest(str(folder)).shards} < set(paths)
    for path in paths:
        whole = path.read_bytes()
        for at in (10, len(whole) // 2, len(whole) - 9):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 2]) + whole[at + 1 :])
            with pytest.raises(CheckError, match=path.name):
                verify(str(folder))
        path.write_bytes(whole)
    verify(str(folder))


def test_verify_names_a_missing_shard(folder: Path) -> None:
    shard = folder / read_manifest(str(folder)).shards[-1].path
    whole = shard.read_bytes()
    shard.unlink()
    with pytest.raises(CheckError, match=r"missing"):
        verify(str(folder))
    shard.write_bytes(whole)


def test_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=MANIFEST):
        read_manifest(str(tmp_path))


def test_dataset_without_shards_is_refused(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(UsageError, match="empty"):
        write_dataset(str(tmp_path), [], {}, encoder.card)


def test_identity_changes_with_any_shard(folder: Path, encoder: Encoder, tmp_path: Path) -> None:
    other = write(tmp_path, encoder, parts=3, megabytes=0.02)
    assert other.identity != read_manifest(str(folder)).identity
