"""Wiring of the mix job: histograms of all parts gathered, then every document given its place."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam

from pipeline.frame.shuffle import Gather
from pipeline.frame.transforms import MapUnits
from pipeline.mix.assign import assign_part
from pipeline.mix.columns import merge, summarise_part, summary_bytes
from pipeline.mix.decision import Decision


@dataclass
class SummariseParts(beam.PTransform):
    """The histogram of all parts, a few hundred kilobytes, into one file."""

    path: str

    def expand(self, units: Any) -> Any:
        summaries = units | MapUnits("SummariseParts", summarise_part)
        return summaries | Gather(self.path, merge, summary_bytes)


@dataclass
class AssignParts(beam.PTransform):
    """Phase and group of every document, or the reason why it is left out."""

    decision: Decision

    def expand(self, units: Any) -> Any:
        return units | MapUnits("AssignParts", partial(assign_part, decision=self.decision))
