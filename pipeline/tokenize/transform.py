"""Wiring of the tokenize job: a sample drawn, parts encoded, shards gathered by locators."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import apache_beam as beam
import numpy as np
import pyarrow as pa

from pipeline import files
from pipeline.document import Unit, unit_hash
from pipeline.frame.parts import Made
from pipeline.frame.shuffle import Rows
from pipeline.frame.transforms import MapUnits, ShuffleRows
from pipeline.tokenize.blocks import BLOCK, BLOCK_TOKENS, to_bytes
from pipeline.tokenize.encode import load_tokenizer
from pipeline.tokenize.manifest import ShardEntry
from pipeline.tokenize.shards import (
    ROW,
    Entry,
    assign_shards,
    encode_part,
    read_token_file,
    shard_path,
    token_rows,
    write_shard,
)
from pipeline.tokenize.train import MAX_CHARACTERS

_WANTED = ["id", "source", "language", "text"]


def chosen(unit: Unit, columns: list[str]) -> pa.Table:
    """The rows of a curated part that the mixture has chosen, with phase and group."""
    curated, mixture = unit.paths[:2]
    right = files.read_table(mixture)
    left = files.read_table(curated, columns)
    rows = left.filter(pa.compute.is_in(left["id"], value_set=right["id"].combine_chunks()))
    return rows.append_column("phase", right["phase"]).append_column("group", right["group"])


@dataclass
class SampleTexts(beam.PTransform):
    """Writes the texts that train the tokenizer, a file per part; `rates` are shares by group."""

    folder: str
    rates: dict[str, float]
    seed: int

    def expand(self, units: Any) -> Any:
        sampler = partial(_sampler, self.folder, self.rates, self.seed)
        return units | MapUnits("SampleTexts", sampler)


def _sampler(folder: str, rates: dict[str, float], seed: int) -> Callable[[Unit], Iterable[str]]:
    def sample(unit: Unit) -> Iterable[str]:
        rows = chosen(unit, ["id", "text"])
        pairs = zip(rows["id"].to_pylist(), rows["group"].to_pylist(), strict=True)
        drawn = [unit_hash(seed, "tokenizer", one) < rates.get(group, 0) for one, group in pairs]
        taken = rows.filter(pa.array(drawn, pa.bool_()))
        texts = [text[:MAX_CHARACTERS] for text in taken["text"].to_pylist()]
        path = files.join(folder, f"{unit.name}.parquet")
        files.write_table(path, pa.table({"id": taken["id"], "text": pa.array(texts, pa.string())}))
        yield path

    return sample


def sampled_texts(folder: str) -> Iterator[str]:
    """The texts of all sample files in the order of their ids, whatever parts they came in."""
    tables = [files.read_table(files.join(folder, name)) for name in files.names(folder)]
    rows = pa.concat_tables(tables).sort_by("id") if tables else pa.table({"text": []})
    yield from rows["text"].to_pylist()


@dataclass
class EncodeParts(beam.PTransform):
    """Token files, one per part."""

    tokenizer: str
    seed: int

    def expand(self, units: Any) -> Any:
        return units | MapUnits("EncodeParts", partial(_encoder, self.tokenizer, self.seed))


def _encoder(tokenizer: str, seed: int) -> Callable[[Unit], Iterable[Made]]:
    encoder = load_tokenizer(tokenizer)

    def encode(unit: Unit) -> Iterable[Made]:
        rows = _with_scores(chosen(unit, _WANTED), unit)
        table = encode_part(_entries(rows), encoder, seed)
        seen = {"document": len(rows), **_group_tokens(table)}
        blobs = {"tokens": to_bytes(table, BLOCK_TOKENS)}
        yield Made(f"{unit.name}.000", {}, kept=table.num_rows, seen=seen, blobs=blobs)

    return encode


def _with_scores(rows: pa.Table, unit: Unit) -> pa.Table:
    """`rows` with score and cluster size, from the parts of classify and near."""
    scores = files.read_table(unit.paths[2], ["id", "referenced_score"])
    clusters = files.read_table(unit.paths[3], ["id", "size"])
    score = dict(zip(*(scores[name].to_pylist() for name in scores.column_names), strict=True))
    size = dict(zip(*(clusters[name].to_pylist() for name in clusters.column_names), strict=True))
    ids = rows["id"].to_pylist()
    found = [score.get(one) or 0.0 for one in ids]
    rows = rows.append_column("score", pa.array(found, pa.float64()))
    return rows.append_column(
        "cluster_size", pa.array([size.get(one, 1) for one in ids], pa.int64())
    )


def _entries(rows: pa.Table) -> Iterator[Entry]:
    names = ("id", "text", "group", "source", "language", "score", "cluster_size")
    for row in zip(*(rows[name].to_pylist() for name in names), strict=True):
        yield Entry(*row)


def _group_tokens(table: pa.Table) -> dict[str, int]:
    lengths = pa.compute.list_value_length(table["tokens"]).to_numpy()
    groups = np.array(table["group"].to_pylist(), dtype=np.str_)
    return {
        f"apart:tokens:{group}": int(lengths[groups == group].sum()) for group in np.unique(groups)
    }


@dataclass(frozen=True)
class ShardPlan:
    """What every worker must know to gather shards; small."""

    folder: str
    told: str  # folder of what is said of every finished shard
    token_files: tuple[str, ...]  # sorted; a row's part is its place here
    groups: tuple[str, ...]  # sorted
    phases: tuple[str, ...]  # of the groups
    counts: tuple[int, ...]  # shards of each group


@dataclass
class GatherShards(beam.PTransform):
    """Locators of all documents, grouped by shard; every shard is gathered from the token files.

    Most bytes of a grouped element: the locators, 44 bytes each, of one part in one range.
    """

    plan: ShardPlan
    ranges: int

    def expand(self, units: Any) -> Any:
        return (
            units
            | MapUnits("LocateTokens", partial(_locator, self.plan))
            | ShuffleRows(("group", "shard"), self.ranges, ROW)
            | beam.FlatMap(_write_shards, self.plan)
        )


def _locator(plan: ShardPlan) -> Callable[[Unit], Iterable[Rows]]:
    part = {path: number for number, path in enumerate(plan.token_files)}
    counts = np.array(plan.counts, dtype=np.int64)

    def locate(unit: Unit) -> Iterable[Rows]:
        path = unit.paths[0]
        rows = token_rows(read_token_file(path), part[path], plan.groups)
        yield assign_shards(rows, counts)

    return locate


def _write_shards(numbered: tuple[int, Rows], plan: ShardPlan) -> Iterator[str]:
    """Writes the shards of a range, and beside each what the manifest will say of it."""
    rows = numbered[1]
    for group, number in np.unique(rows[["group", "shard"]]).tolist():
        name = shard_path(plan.phases[group], plan.groups[group], number)
        told = files.join(plan.told, f"{name}.json")
        if not files.exists(told):
            mine = rows[(rows["group"] == group) & (rows["shard"] == number)]
            mine = np.sort(mine, order=list(ROW.names or ()))
            group_name = plan.groups[group]
            entry, blocks = write_shard(plan.folder, name, mine, plan.token_files, group_name)
            value = {"entry": asdict(entry), "blocks": blocks.tolist()}
            files.write_bytes_atomic(told, json.dumps(value).encode())
        yield told


def told_shard(path: str) -> tuple[ShardEntry, Rows]:
    """What a worker has told of a finished shard."""
    value = files.read_json(path)
    return ShardEntry(**value["entry"]), np.array([*map(tuple, value["blocks"])], dtype=BLOCK)
