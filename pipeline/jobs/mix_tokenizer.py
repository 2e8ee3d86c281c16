"""The tokenizer that a mixture is counted in, given or trained, and the rates that it gives."""

from dataclasses import dataclass

import numpy as np

from pipeline import files
from pipeline.frame.job_run import JobRun
from pipeline.frame.unit_lists import UnitList
from pipeline.mix.decision import Decision, decide
from pipeline.mix.decision_file import decision_text
from pipeline.mix.inventory import Summary
from pipeline.mix.text_sample import (
    TextSample,
    counted_pieces,
    piece_rates,
    training_texts,
)
from pipeline.mix.token_rates import TokenRates, measured_rates
from pipeline.mix.transform import SampleTexts
from pipeline.tokenize.encode import load_tokenizer
from pipeline.tokenize.train import MAX_CHARACTERS, sample_rates, save_tokenizer, train_tokenizer


@dataclass(frozen=True)
class Counted:
    """The folder (or file) of the tokenizer, its digest, and the tokens a character by it."""

    tokenizer: str
    digest: str
    rates: TokenRates
    notes: tuple[str, ...]


def counted(job: JobRun, units: UnitList, summary: Summary) -> Counted:
    """Texts drawn by a mixture of characters, a tokenizer trained on them, their tokens counted."""
    recipe = job.recipe
    mix = recipe.mix.model_copy(update={"budget": "up_to", "long": False})
    first = decide(summary, TokenRates(), mix, recipe.classify, recipe.seed)
    path, texts = job.work_file("first.json"), job.work_file("texts")
    files.write_bytes_atomic(path, decision_text(first).encode())
    folder = recipe.tokenize.tokenizer
    sample = _sample(job, first, summary, texts)
    job.once("texts", units, SampleTexts(sample, path))
    if not folder:
        folder = _trained(job, texts)
    encoder = load_tokenizer(folder)
    with job.engine.measured("CountTokens"):
        rates = measured_rates(counted_pieces(texts), encoder.count)
    return Counted(folder, encoder.card.digest, rates, _notes(job, encoder.card.vocabulary))


def _notes(job: JobRun, vocabulary: int) -> tuple[str, ...]:
    asked = job.recipe.tokenize.vocabulary
    if job.recipe.tokenize.tokenizer or vocabulary >= asked:
        return ()
    return (
        f"The tokenizer has {vocabulary:,} of {asked:,} tokens: no more pairs come twice in what "
        "it was trained on; give it more text, or ask for fewer (tokenize.vocabulary).",
    )


def _sample(job: JobRun, first: Decision, summary: Summary, folder: str) -> TextSample:
    """At which rates documents are drawn, so that the mixture's shares are those of the sample."""
    config = job.recipe.tokenize
    whole = np.maximum(summary.dense(summary.characters).sum(axis=(1, 2)), 1)
    documents = summary.dense(summary.documents).sum(axis=(1, 2))
    characters = np.minimum(first.chosen / TokenRates().of(first.names), whole)
    chosen = dict(zip(first.names, (documents * characters / whole).tolist(), strict=True))
    seen = first.seen / max(float(first.seen.sum()), 1e-300)
    sizes, shares = (dict(zip(first.names, of.tolist(), strict=True)) for of in (characters, seen))
    training = {} if config.tokenizer else sample_rates(sizes, shares, config.train_megabytes)
    return TextSample(folder, training, piece_rates(chosen), MAX_CHARACTERS)


def _trained(job: JobRun, texts: str) -> str:
    """The folder of the tokenizer that is trained on the sample, unless it is there already."""
    config = job.recipe.tokenize
    folder = files.join(job.folder, "tokenizer", job.set_name)
    if not job.has(folder):
        with job.engine.measured("TrainTokenizer"):
            trained = train_tokenizer(
                training_texts(texts), config.vocabulary, config.digits, config.train_megabytes
            )
        save_tokenizer(folder, trained)
        job.keep(*files.find(folder))
    return folder
