"""What one part goes through in tokenize: what the mixture chose, drawn, encoded, located."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from support_parts import curated, document, unit_of

from pipeline import files
from pipeline.document import Unit, digest
from pipeline.tokenize.encode import Encoder
from pipeline.tokenize.shards import ShardPlan, locate_part, read_entry, write_shards
from pipeline.tokenize.token_files import chosen, encode_unit, read_token_file
from pipeline.tokenize.tokenizer_sample import sampled_texts, write_texts

GROUPS = {"one": "main-web-0", "two": "main-code-0", "three": "main-web-0"}
PLACES = ("main-code-0", "main-web-0")


def mixture(*names: str) -> pa.Table:
    """A mixture of these documents, in the order given."""
    return pa.table(
        {
            "id": [digest(name) for name in names],
            "phase": ["main"] * len(names),
            "group": [GROUPS[name] for name in names],
        }
    )


def part(folder: Path, *names: str) -> Unit:
    """A unit of (curated, mixture, scores, clusters); the document `four` is not chosen."""
    scores = pa.table({"id": [digest("two"), digest("one")], "referenced_score": [None, 0.25]})
    clusters = pa.table({"id": [digest("three")], "size": [7]})
    documents = [document(name, f"the words of {name}") for name in (*GROUPS, "four")]
    return unit_of(folder, curated(*documents), mixture(*names), scores, clusters)


def test_the_mixture_finds_its_documents_whatever_its_order(tmp_path: Path) -> None:
    for order in (("one", "two", "three"), ("three", "two", "one")):
        rows = chosen(part(tmp_path, *order), ["id", "text"]).to_pylist()
        assert {row["text"]: row["group"] for row in rows} == {
            f"the words of {name}": group for name, group in GROUPS.items()
        }


def test_texts_are_drawn_at_the_rate_of_their_group(tmp_path: Path) -> None:
    folder = str(tmp_path / "texts")
    (path,) = write_texts(part(tmp_path, *GROUPS), folder, {"main-web-0": 1.0}, seed=1)
    assert path == f"{folder}/part.parquet"
    assert sorted(sampled_texts(folder)) == ["the words of one", "the words of three"]


def test_drawn_texts_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    folder, unit = str(tmp_path / "texts"), part(tmp_path, *GROUPS)
    for name in ("z", "a"):
        list(write_texts(replace(unit, name=name), folder, {"main-web-0": 1.0}, seed=1))
    found = list(sampled_texts(folder))
    assert found == sorted(found, key=lambda text: digest(text.rpartition(" ")[2]))
    assert len(found) == 4


def test_no_sample_gives_no_texts(tmp_path: Path) -> None:
    assert list(sampled_texts(str(tmp_path / "none"))) == []


def test_a_part_is_encoded_with_what_is_known_of_its_documents(
    tmp_path: Path, encoder: Encoder
) -> None:
    (made,) = encode_unit(part(tmp_path, *GROUPS), encoder, seed=3)
    path = str(tmp_path / "tokens.arrow")
    files.write_bytes_atomic(path, made.blobs["tokens"])
    table = read_token_file(path)
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


def test_located_documents_are_gathered_into_shards_that_are_told(
    tmp_path: Path, encoder: Encoder
) -> None:
    (made,) = encode_unit(part(tmp_path, *GROUPS), encoder, seed=3)
    path = str(tmp_path / "tokens.arrow")
    files.write_bytes_atomic(path, made.blobs["tokens"])
    told = f"{tmp_path}/told"
    plan = ShardPlan(f"{tmp_path}/shards", told, (path,), PLACES, ("main", "main"), (1, 1))
    (rows,) = locate_part(Unit("tokens", (path,)), {path: 0}, plan)
    entries = [read_entry(one)[0] for one in write_shards(rows, plan)]
    assert {entry.group: entry.documents for entry in entries} == {
        "main-code-0": 1,
        "main-web-0": 2,
    }
    assert write_shards(rows, plan) == [f"{told}/{entry.path}.json" for entry in entries]
