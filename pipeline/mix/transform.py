"""Wiring of the mix job: sums over all parts, texts drawn, then every document given its place."""

from dataclasses import dataclass
from functools import partial

from pipeline.frame.graph import Chain, Each, Function, Gather
from pipeline.frame.transforms import MapUnits
from pipeline.mix.assign import assign_part
from pipeline.mix.decision_file import read_decision
from pipeline.mix.inventory import merge, summarise_part, summary_bytes
from pipeline.mix.text_sample import TextSample, write_texts


def summarise_parts(path: str, by: str, long_from: dict[str, int] | None = None) -> Chain:
    """What there is in all parts, at most a few hundred kilobytes each, into one file."""
    each = partial(summarise_part, by=by, long_from=long_from or {})
    return MapUnits("SummariseParts", each) | Gather(path, merge, summary_bytes)


@dataclass(frozen=True)
class SampleTexts(Each):
    """Texts that train the tokenizer and pieces that are counted, into files by part.

    `decision` is the path of its text.
    """

    sample: TextSample
    decision: str

    def start(self) -> Function:
        return partial(write_texts, sample=self.sample, decision=read_decision(self.decision))


@dataclass(frozen=True)
class AssignParts(Each):
    """Phase and group of every document, or the reason why it is left out.

    `decision` is the path of its text.
    """

    decision: str

    def start(self) -> Function:
        return partial(assign_part, decision=read_decision(self.decision))
