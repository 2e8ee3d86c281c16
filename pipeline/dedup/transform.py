"""Wiring of deduplication: decisions obeyed, documents signed.

The pipelines that find duplicates stand in the jobs `exact` and `near`, made of rows alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from pipeline.dedup import STAGE
from pipeline.dedup.decisions import read_decided
from pipeline.dedup.near.minhash import sign
from pipeline.frame.graph import Each, Function
from pipeline.frame.transforms import EachRecord, Step
from pipeline.recipe import DedupConfig, MinhashConfig


@dataclass(frozen=True)
class ReadDecided(Each):
    """Units of (documents, decisions) to batches of what `exact` has left, cut.

    Documents that `exact` has dropped are in its own drops; here they were never met. A pass over
    those with `drawn` ids keeps their cuts in the folder `cuts`, and one over all need not make
    them again.
    """

    config: DedupConfig
    cuts: str = ""
    drawn: Callable[[str], bool] | None = None
    drops: ClassVar[tuple[str, ...]] = (STAGE,)

    def start(self) -> Function:
        return partial(read_decided, self.config, folder=self.cuts, drawn=self.drawn)


@dataclass
class SignDocuments(EachRecord):
    """Puts the signature of every measured document beside it, None for very short ones."""

    config: MinhashConfig

    def step(self) -> Step:
        return partial(sign, self.config)
