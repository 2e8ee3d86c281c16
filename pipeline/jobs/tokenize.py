"""tokenize: a tokenizer, token files by part, and the shards of a dataset that a loader opens."""

from typing import Any

from pipeline import files
from pipeline.frame.job_run import Job, JobRun
from pipeline.frame.manifests import Manifest
from pipeline.frame.unit_lists import UnitList
from pipeline.jobs.shard_dataset import shards_of, write_dataset_of
from pipeline.recipe import Recipe
from pipeline.tokenize.encode import load_tokenizer
from pipeline.tokenize.tokenizer_sample import sampled_texts
from pipeline.tokenize.train import sample_rates, save_tokenizer, train_tokenizer
from pipeline.tokenize.transform import EncodeParts, SampleTexts


def obeys(recipe: Recipe) -> dict[str, Any]:
    """What the fingerprint is of."""
    given = recipe.tokenize.tokenizer
    return {
        "tokenize": recipe.tokenize.model_dump(mode="json", exclude={"tokenizer"}),
        "tokenizer": load_tokenizer(given).card.digest if given else "",
    }


def run(job: JobRun) -> Manifest:
    """A sample that the tokenizer is trained on, token files, and shards gathered from them."""
    plan = job.inputs["mix"].extra["plan"]
    tokenizer = tokenizer_folder(job, plan, _units(job))
    card = load_tokenizer(tokenizer).card
    graph = EncodeParts(tokenizer, job.recipe.seed) | job.commit()
    done = job.run_units(_units(job, also=(card.digest,)), graph)
    dataset = write_dataset_of(job, done, plan, tokenizer)
    job.extra |= {"tokenizer": job.own_path(tokenizer), "digest": card.digest, **dataset}
    return job.finish(done)


def _units(job: JobRun, also: tuple[str, ...] = ()) -> UnitList:
    mixed = (("curate", "curated"), ("mix", "mixture"))
    pairs = (*mixed, ("classify", "scores"), ("near", "clusters"))
    return job.units_of(*pairs, also=also)


def tokenizer_folder(job: JobRun, plan: dict[str, Any], units: UnitList) -> str:
    """The folder of the tokenizer: the recipe's, or one trained on a sample drawn by mixture."""
    config = job.recipe.tokenize
    if config.tokenizer:
        return config.tokenizer
    folder = files.join(job.folder, "tokenizer", job.set_name)
    if not job.has(folder):
        texts = job.work_file("texts")
        rates = sample_rates(*group_sizes(plan), config.train_megabytes)
        job.once("texts", units, SampleTexts(texts, rates, job.recipe.seed))
        with job.engine.measured("TrainTokenizer"):
            trained = train_tokenizer(
                sampled_texts(texts), config.vocabulary, config.digits, config.train_megabytes
            )
        save_tokenizer(folder, trained)
        job.keep(*files.find(folder))
    return folder


def group_sizes(plan: dict[str, Any]) -> tuple[dict[str, int], dict[str, float]]:
    """Characters of every group, and its weight over all phases."""
    characters = {name: group["characters"] for name, group in plan["groups"].items()}
    total = sum(characters.values()) or 1
    weights = dict.fromkeys(characters, 0.0)
    for phase in plan["phases"]:
        size = sum(characters[name] for name in phase["weights"]) / total
        for name, weight in phase["weights"].items():
            weights[name] += weight * size
    return characters, weights


JOB = Job(
    "tokenize",
    obeys,
    run,
    reads=("curate", "near", "classify", "mix"),
    holds=shards_of,
    work=1 / 4,
)
