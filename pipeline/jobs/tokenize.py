"""tokenize: token files by part, and the shards of a dataset that a loader opens."""

from typing import Any

from pipeline.errors import DamageError
from pipeline.frame.job_run import Job, JobRun
from pipeline.frame.manifests import Manifest
from pipeline.frame.unit_lists import UnitList
from pipeline.jobs.shard_dataset import shards_of, write_dataset_of
from pipeline.recipe import Recipe
from pipeline.tokenize.encode import load_tokenizer
from pipeline.tokenize.transform import EncodeParts


def obeys(recipe: Recipe) -> dict[str, Any]:
    """What the fingerprint is of; the tokenizer is told by the mixture that was counted in it."""
    return {"tokenize": recipe.tokenize.chosen("shard_megabytes")}


def run(job: JobRun) -> Manifest:
    """Token files, and shards gathered from them."""
    mixed = job.inputs["mix"]
    own = mixed.extra["tokenizer"]
    tokenizer = mixed.full_path(own) if own else job.recipe.tokenize.tokenizer
    card = load_tokenizer(tokenizer).card
    if card.digest != mixed.extra["digest"]:
        raise DamageError.of(tokenizer)
    graph = EncodeParts(tokenizer, job.recipe.seed) | job.commit()
    done = job.run_units(_units(job, also=(card.digest,)), graph)
    dataset = write_dataset_of(job, done, mixed, tokenizer)
    job.extra |= {"digest": card.digest, **dataset}
    return job.finish(done)


def _units(job: JobRun, also: tuple[str, ...] = ()) -> UnitList:
    mixed = (("curate", "curated"), ("mix", "mixture"))
    pairs = (*mixed, ("classify", "scores"), ("near", "clusters"))
    return job.units_of(*pairs, also=also)


JOB = Job(
    "tokenize",
    obeys,
    run,
    reads=("curate", "near", "classify", "mix"),
    holds=shards_of,
    work=1 / 4,
    version=2,
)
