"""Wiring of the quality stage: documents are edited, split once, measured and judged."""

from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import apache_beam as beam

from pipeline.document import Document, Dropped, Measured, drop
from pipeline.quality.judge import judged
from pipeline.recipe import QualityConfig
from pipeline.routing import MapBatches, Step, documents

STAGE = "quality"
NOT_PROSE = ("code",)  # domains that a source declares and rules made for prose do not judge


@dataclass
class JudgeQuality(beam.PTransform):
    """Documents become measured documents; those against which a rule speaks are dropped."""

    config: QualityConfig

    def expand(self, batches: Any) -> Any:
        return batches | MapBatches("JudgeQuality", partial(_judge, self.config))


def _judge(config: QualityConfig) -> Step:
    def step(document: Document) -> Measured | Dropped:
        found = judged(document, config)
        if found.reasons and document.domain not in NOT_PROSE:
            return drop(document, STAGE, found.reasons[0], " ".join(found.reasons[1:]))
        edited = replace(document, text=found.text)
        return Measured(edited, found.words, asdict(found.statistics))

    return documents(step)
