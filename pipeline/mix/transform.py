"""Wiring of the mix job: histograms of all parts gathered, then every document given its place."""

from dataclasses import dataclass
from functools import partial

from pipeline.frame.graph import Chain, Each, Function, Gather
from pipeline.frame.transforms import MapUnits
from pipeline.mix.assign import assign_part
from pipeline.mix.columns import merge, summarise_part, summary_bytes
from pipeline.mix.decision import read_decision


def summarise_parts(path: str) -> Chain:
    """The histogram of all parts, a few hundred kilobytes, into one file."""
    return MapUnits("SummariseParts", summarise_part) | Gather(path, merge, summary_bytes)


@dataclass(frozen=True)
class AssignParts(Each):
    """Phase and group of every document, or the reason why it is left out.

    `decision` is the path of its text.
    """

    decision: str

    def start(self) -> Function:
        return partial(assign_part, decision=read_decision(self.decision))
