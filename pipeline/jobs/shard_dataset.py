"""The dataset that trainers open: shards gathered from token files, block table, manifest, plan."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from pipeline import files
from pipeline.document import Checked, Unit
from pipeline.errors import DamageError, GristmillError
from pipeline.frame import parts
from pipeline.frame.job_run import JobRun
from pipeline.frame.manifests import Manifest
from pipeline.frame.part_tables import Done, Totals
from pipeline.frame.unit_lists import UnitList, unit_list
from pipeline.mix.plan_file import Targets, groups_in, make_plan, recounted
from pipeline.recipe_types import MixConfig
from pipeline.tokenize.encode import load_tokenizer
from pipeline.tokenize.manifest import (
    BLOCKS,
    MANIFEST,
    PLAN,
    SUMS,
    TOKENIZER,
    read_manifest,
    write_dataset,
)
from pipeline.tokenize.shards import ShardPlan, read_entry, save_paths, shard_counts
from pipeline.tokenize.tokenizer_files import CONFIG, TokenizerCard, auto_config
from pipeline.tokenize.transform import gather_shards

LOCATED_AT_ONCE = 250_000  # about so many documents meet in one range: 11 MB of locators
_TOKEN_FILE = ("name", "tokens_bytes", "tokens_checksum")
_COUNTED = "apart:tokens:"


def write_dataset_of(job: JobRun, done: Done, mixed: Manifest, tokenizer: str) -> dict[str, Any]:
    """Writes the dataset of all token parts; gives what the job's manifest says of it.

    The dataset holds all that a trainer needs: shards, block table, manifest, plan, tokenizer.
    Its plan is that of the mixture, made once more from the tokens that there are. An empty mixture
    gives no dataset.
    """
    card = load_tokenizer(tokenizer).card
    totals = group_tokens(done.totals)
    if not totals:
        return {"dataset": "", "notes": ["no dataset: the mixture is empty"]}
    folder = files.join(job.folder, "shards", job.set_name)
    plan = counted_plan(mixed.extra, totals, job.recipe.mix)
    shards = shard_plan(job, folder, totals, plan, card)
    gather(job, done, shards)
    entries = [read_entry(path) for path in files.find(shards.entries)]
    phases = dict(zip(shards.groups, shards.phases, strict=True))
    files.write_json(files.join(folder, PLAN), plan)
    encoder = load_tokenizer(tokenizer)
    files.write_bytes_atomic(files.join(folder, TOKENIZER), encoder.spec.text.encode())
    files.write_json(files.join(folder, CONFIG), auto_config(encoder.spec))
    beside = (PLAN, TOKENIZER, CONFIG)
    written = write_dataset(folder, entries, phases, card, job.fingerprint, beside)
    job.keep(*(files.join(folder, name) for name in (*beside, SUMS, BLOCKS, MANIFEST)))
    return {
        "dataset": job.own_path(folder),
        "identity": written.identity,
        "shards": len(written.shards),
        "tokens": sum(totals.values()),
    }


def counted_plan(
    mixed: Mapping[str, Any], totals: Mapping[str, int], mix: MixConfig
) -> dict[str, Any]:
    """The plan of a mixture, from what its manifest says of it and the tokens of its groups."""
    groups = recounted(groups_in(mixed["plan"]), totals)
    return make_plan(groups, Targets(**mixed["targets"]), mix, counted=True)


def shards_of(manifest: Manifest) -> Iterator[Checked]:
    """The shards of the dataset that a job has made, which its manifest tells."""
    if own := manifest.extra["dataset"]:
        folder = manifest.full_path(own)
        try:
            told = read_manifest(folder)
        except GristmillError as error:
            raise DamageError.of(files.join(folder, MANIFEST)) from error
        for shard in told.shards:
            yield Checked(files.join(folder, shard.path), f"blake3:{shard.blake3}")


def gather(job: JobRun, done: Done, shards: ShardPlan) -> None:
    """Runs the pipeline that locates all documents and writes the shards."""
    units = token_units(job.folder, done)
    save_paths(shards.token_files, [unit.paths[0] for unit in units])
    ranges = max(4 * job.engine.workers, done.totals.kept // LOCATED_AT_ONCE)
    job.once("shards", units, gather_shards(shards, ranges))


def token_units(folder: str, done: Done) -> UnitList:
    """A unit for every token file, by the names of parts."""
    return unit_list(
        Unit(name, (parts.blob_path(folder, "tokens", name),), size, marks=(checksum,))
        for table in done.read()
        for name, size, checksum in zip(
            *(table[column].to_pylist() for column in _TOKEN_FILE), strict=True
        )
    )


def group_tokens(totals: Totals) -> dict[str, int]:
    """Tokens by group, from what the parts have counted."""
    counted = totals.apart.items()
    found = {key.removeprefix(_COUNTED): n for key, n in counted if key.startswith(_COUNTED)}
    return dict(sorted(found.items()))


def shard_plan(
    job: JobRun,
    folder: str,
    totals: dict[str, int],
    plan: Mapping[str, Any],
    card: TokenizerCard,
) -> ShardPlan:
    tokens = np.array(list(totals.values()), dtype=np.int64)
    counts = shard_counts(tokens, job.recipe.tokenize.shard_megabytes, card.dtype)
    return ShardPlan(
        folder=folder,
        entries=job.work_file("entries"),
        token_files=job.work_file("token_files.npy"),
        groups=tuple(totals),
        phases=tuple(plan["groups"][group]["phase"] for group in totals),
        counts=tuple(int(count) for count in counts),
    )
