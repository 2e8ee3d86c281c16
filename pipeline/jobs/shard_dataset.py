"""The dataset that trainers open: shards gathered from token files, block table, manifest, plan."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline import files
from pipeline.document import Unit
from pipeline.frame import parts
from pipeline.frame.parts import Part
from pipeline.frame.run import JobRun
from pipeline.tokenize.encode import load_tokenizer
from pipeline.tokenize.manifest import PLAN, TOKENIZER, write_dataset
from pipeline.tokenize.shards import ShardPlan, read_entry, shard_counts
from pipeline.tokenize.train import TokenizerCard
from pipeline.tokenize.transform import GatherShards

LOCATED_AT_ONCE = 250_000  # about so many documents meet in one range: 11 MB of locators


def write_dataset_of(
    job: JobRun, done: list[Part], plan: Mapping[str, Any], tokenizer: str
) -> dict[str, Any]:
    """Writes the dataset of all token parts; gives what the job's manifest says of it.

    The dataset holds all that a trainer needs: shards, block table, manifest, plan, tokenizer.
    An empty mixture gives no dataset.
    """
    card = load_tokenizer(tokenizer).card
    totals = group_tokens(done)
    if not totals:
        return {"dataset": "", "notes": ["no dataset: the mixture is empty"]}
    folder = files.join(job.folder, "shards", job.set_name)
    shards = shard_plan(job, folder, done, totals, plan, card)
    gather(job, done, shards)
    entries = [read_entry(path) for path in files.find(shards.entries)]
    phases = dict(zip(shards.groups, shards.phases, strict=True))
    files.write_json(files.join(folder, PLAN), dict(plan))
    source = tokenizer if tokenizer.endswith(".json") else files.join(tokenizer, TOKENIZER)
    files.write_bytes_atomic(files.join(folder, TOKENIZER), files.read_bytes(source))
    written = write_dataset(folder, entries, phases, card, job.fingerprint)
    return {
        "dataset": job.own_path(folder),
        "identity": written.identity,
        "shards": len(written.shards),
        "tokens": sum(totals.values()),
    }


def gather(job: JobRun, done: list[Part], shards: ShardPlan) -> None:
    """Runs the pipeline that locates all documents and writes the shards."""
    units = [
        Unit(part.name, (path,), bytes=part.bytes["tokens"])
        for part, path in zip(done, shards.token_files, strict=True)
    ]
    documents = sum(part.kept for part in done)
    ranges = max(4 * job.engine.workers, documents // LOCATED_AT_ONCE)
    job.once("shards", units, GatherShards(shards, ranges))


def group_tokens(done: list[Part]) -> dict[str, int]:
    """Tokens by group, from what the parts have counted."""
    totals: dict[str, int] = {}
    for part in done:
        for key, count in part.seen.items():
            if key.startswith("apart:tokens:"):
                group = key.removeprefix("apart:tokens:")
                totals[group] = totals.get(group, 0) + count
    return dict(sorted(totals.items()))


def shard_plan(
    job: JobRun,
    folder: str,
    done: list[Part],
    totals: dict[str, int],
    plan: Mapping[str, Any],
    card: TokenizerCard,
) -> ShardPlan:
    tokens = np.array(list(totals.values()), dtype=np.int64)
    counts = shard_counts(tokens, job.recipe.tokenize.shard_megabytes, card.dtype)
    return ShardPlan(
        folder=folder,
        entries=job.work_file("entries"),
        token_files=tuple(parts.blob_path(job.folder, "tokens", part.name) for part in done),
        groups=tuple(totals),
        phases=tuple(plan["groups"][group]["phase"] for group in totals),
        counts=tuple(int(count) for count in counts),
    )
