"""Wiring of the quality stage: documents are edited, split once, measured and judged.

Outliers are measured against a reference that is fitted on a sample of the corpus itself, so a
sample pass runs first where the recipe has that rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from classifiers.fasttext_model import FasttextModel
from pipeline import files
from pipeline.document import Batch
from pipeline.frame.graph import Each, Function
from pipeline.frame.transforms import apply_step, documents
from pipeline.quality import STAGE
from pipeline.quality.judge import judge_document
from pipeline.quality.outlier_reference import table_reference
from pipeline.quality.outlier_samples import measured_before, write_samples
from pipeline.quality.outliers import NO_REFERENCE
from pipeline.quality.signals.signal_sources import (
    NO_SOURCES,
    Signatures,
    load_sources,
    no_signatures,
)
from pipeline.recipe import QualityConfig, SignalsConfig


@dataclass
class JudgeQuality(Each):
    """Documents become measured documents; those against which a rule speaks are dropped.

    `reference` is the path of the table that outliers are measured against, "" for none; `samples`
    the folder where `SampleOutliers` has left what it has measured; `signatures` makes the signals
    that deduplication knows how to make.
    """

    config: QualityConfig
    reference: str = ""
    samples: str = ""
    signatures: Signatures = no_signatures
    drops: ClassVar[tuple[str, ...]] = (STAGE,)

    def start(self) -> Function:
        path, places = self.reference, self.config.signal_sources
        reference = table_reference(files.read_table(path)) if path else NO_REFERENCE
        sources = NO_SOURCES
        if self.config.signals:
            sources = load_sources(places, _models(places), self.signatures)
        known = (self.config, reference, sources)

        def judged(batch: Batch) -> tuple[Batch]:
            before = measured_before(batch, self.samples)
            step = documents(lambda one: judge_document(one, *known, before.get(one.id)))
            return (apply_step(step, batch),)

        return judged


def _models(config: SignalsConfig) -> dict[str, Any]:
    """The scores of the models that a recipe names, by the name of their signal."""
    named = {
        "wikiref": config.wikiref_model,
        "palm": config.palm_model,
        "wikipedia": config.wikipedia_model,
    }
    return {name: FasttextModel(folder).score for name, folder in named.items() if folder}


@dataclass(frozen=True)
class SampleOutliers(Each):
    """Writes what a share of the documents gives to the outlier reference, files by part."""

    config: QualityConfig
    seed: int
    rate: float
    folder: str

    def start(self) -> Function:
        return self._write

    def _write(self, batch: Batch) -> Iterator[str]:
        return write_samples(batch, self.config, self.seed, self.rate, self.folder)
