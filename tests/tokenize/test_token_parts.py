"""What one part goes through in tokenize: what the mixture chose, encoded, located."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from support_parts import curated, document, unit_of

from pipeline import files
from pipeline.document import Unit, digest
from pipeline.mix.assign import MIXTURE_SCHEMA
from pipeline.tokenize.encode import Encoder
from pipeline.tokenize.shards import (
    ShardPlan,
    describe_shard,
    locate_part,
    read_entry,
    read_paths,
    save_paths,
    write_shards,
)
from pipeline.tokenize.token_files import chosen, encode_unit, read_token_file

GROUPS = {"one": "main-web-0", "two": "main-code-0", "three": "main-web-0"}
PLACES = ("main-code-0", "main-web-0")


def mixture(*names: str) -> pa.Table:
    """A mixture of these documents, in the order given."""
    rows = [{"id": digest(name), "phase": "main", "group": GROUPS[name]} for name in names]
    return pa.Table.from_pylist(rows, schema=MIXTURE_SCHEMA)


def part(folder: Path, *names: str, turned: bool = False) -> Unit:
    """A unit of (curated, mixture, scores, clusters); the document `four` is not chosen.

    `turned` has the documents and their scores in another order.
    """
    scores = pa.table({"id": [digest("two"), digest("one")], "referenced_score": [None, 0.25]})
    clusters = pa.table({"id": [digest("three")], "size": [7]})
    documents = [document(name, f"the words of {name}") for name in (*GROUPS, "four")]
    rows = curated(*documents)
    if turned:
        rows, scores = rows.take([3, 1, 0, 2]), scores.take([1, 0])
    return unit_of(folder, rows, mixture(*names), scores, clusters)


def encoded(folder: Path, encoder: Encoder) -> str:
    """The path of the token file of `part`."""
    (made,) = encode_unit(part(folder, *GROUPS), encoder, seed=3)
    path = str(folder / "tokens.arrow")
    files.write_bytes_atomic(path, made.blobs["tokens"])
    return path


def plan(folder: Path, *paths: str) -> ShardPlan:
    """A shard of each group, gathered from the token files at `paths`."""
    listed = f"{folder}/token_files.npy"
    save_paths(listed, paths)
    told = f"{folder}/told"
    return ShardPlan(f"{folder}/shards", told, listed, PLACES, ("main", "main"), (1, 1))


def test_the_mixture_finds_its_documents_whatever_its_order(tmp_path: Path) -> None:
    for order in (("one", "two", "three"), ("three", "two", "one")):
        rows = chosen(part(tmp_path, *order), ["id", "text"]).to_pylist()
        assert {row["text"]: row["group"] for row in rows} == {
            f"the words of {name}": group for name, group in GROUPS.items()
        }


def test_a_part_is_encoded_with_what_is_known_of_its_documents(
    tmp_path: Path, encoder: Encoder
) -> None:
    table = read_token_file(encoded(tmp_path, encoder))
    rows = {row["doc_id"].hex(): row for row in table.to_pylist()}
    known = {name: rows[digest(name)] for name in GROUPS}
    assert {name: encoder.decode(np.array(row["tokens"])) for name, row in known.items()} == {
        name: f"the words of {name}" for name in GROUPS
    }
    assert [known[name]["score"] for name in GROUPS] == [0.25, 0.0, 0.0]
    assert [known[name]["cluster_size"] for name in GROUPS] == [1, 1, 7]


def test_an_encoded_part_counts_documents_and_tokens_by_group(
    tmp_path: Path, encoder: Encoder
) -> None:
    (made,) = encode_unit(part(tmp_path, *GROUPS), encoder, seed=3)
    lengths = {name: len(encoder.encode_document(f"the words of {name}")) for name in GROUPS}
    assert (made.part, made.kept, made.seen["document"]) == ("part.000", 3, 3)
    assert made.seen["apart:tokens:main-code-0"] == lengths["two"]
    assert made.seen["apart:tokens:main-web-0"] == lengths["one"] + lengths["three"]


def test_rows_in_another_order_are_encoded_to_the_same_bytes(
    tmp_path: Path, encoder: Encoder
) -> None:
    units = [part(tmp_path / "a", *GROUPS), part(tmp_path / "b", *[*GROUPS][::-1], turned=True)]
    one, other = (next(encode_unit(unit, encoder, seed=3)) for unit in units)
    assert one == other


def test_a_part_that_the_mixture_leaves_out_has_no_tokens(tmp_path: Path, encoder: Encoder) -> None:
    (made,) = encode_unit(part(tmp_path), encoder, seed=3)
    assert (made.kept, made.seen) == (0, {"document": 0})


def test_paths_of_token_files_are_read_as_they_were_saved(tmp_path: Path) -> None:
    paths = ["gs://bucket/a.arrow", "/tmp/größer als a/b.arrow"]
    save_paths(f"{tmp_path}/paths.npy", paths)
    assert [one.decode() for one in read_paths(f"{tmp_path}/paths.npy")] == paths


def test_located_documents_are_gathered_into_shards_that_are_told(
    tmp_path: Path, encoder: Encoder
) -> None:
    path = encoded(tmp_path, encoder)
    shards = plan(tmp_path, path)
    (rows,) = locate_part(Unit("tokens", (path,)), shards)
    entries = [read_entry(one)[0] for one in write_shards(shards, rows)]
    assert {entry.group: entry.documents for entry in entries} == {
        "main-code-0": 1,
        "main-web-0": 2,
    }


def test_documents_are_located_in_the_file_that_they_are_in(
    tmp_path: Path, encoder: Encoder
) -> None:
    path = encoded(tmp_path, encoder)
    shards = plan(tmp_path, "other", path)
    (rows,) = locate_part(Unit("tokens", (path,), number=1), shards)
    assert rows["part"].tolist() == [1, 1, 1]
    ids = [row["doc_id"].hex() for row in read_token_file(path).to_pylist()]
    assert [ids[at] for at in rows["row"]] == ids
    assert [f"{hi:016x}{lo:016x}" for hi, lo in rows[["hi", "lo"]].tolist()] == ids


def test_what_is_told_of_a_shard_is_what_its_bytes_say(tmp_path: Path, encoder: Encoder) -> None:
    path = encoded(tmp_path, encoder)
    shards = plan(tmp_path, path)
    (rows,) = locate_part(Unit("tokens", (path,)), shards)
    for entry, blocks, sums in map(read_entry, write_shards(shards, rows[::-1])):
        data = files.read_bytes(f"{tmp_path}/shards/{entry.path}")
        expected = describe_shard(entry.path, entry.group, data)
        assert entry == expected[0]
        assert blocks.tolist() == expected[1].tolist()
        assert sums.tolist() == expected[2].tolist()


def test_a_shard_that_was_told_is_not_gathered_again(tmp_path: Path, encoder: Encoder) -> None:
    path = encoded(tmp_path, encoder)
    shards = plan(tmp_path, path)
    (rows,) = locate_part(Unit("tokens", (path,)), shards)
    told = write_shards(shards, rows)
    files.remove(path)
    assert write_shards(shards, rows) == told
