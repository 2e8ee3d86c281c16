"""What the loader hands out: a rank's share of a batch, and which documents are in it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pipeline.loader.reader import Stretch
from pipeline.loader.samples.packing import IGNORED
from pipeline.loader.samples.sample_rows import Ints, Longs


@dataclass(frozen=True)
class TokenBatch:
    """One rank's share of a batch: n samples of T tokens.

    tokens, labels: int32 (n, T); a label is the next token, or IGNORED. cu_seqlens: int32, where
    documents start in the n * T tokens laid end to end (every sample starts one), and n * T at the
    end. groups: int32 (n,), numbers in the plan's list. samples: int64 (n,), global samples.
    """

    step: int
    tokens: Ints
    labels: Ints
    cu_seqlens: Ints
    groups: Ints
    samples: Longs

    @cached_property
    def max_seqlen(self) -> int:
        """Tokens of the longest piece of a document."""
        return int(np.diff(self.cu_seqlens).max(initial=0))

    @cached_property
    def loss_mask(self) -> npt.NDArray[np.bool_]:
        """Which labels a model can know: bool (n, T). Not those that are none, nor the first token
        of a document, which follows from nothing before it; without `boundaries` none is seen.
        """
        known = self.labels != IGNORED
        starts = self.cu_seqlens[1:-1]
        inner = starts[starts % max(1, self.tokens.shape[1]) != 0]
        known.reshape(-1)[inner - 1] = False  # what begins a document is no label of what is before
        return np.asarray(known)

    @cached_property
    def positions(self) -> Ints:
        """Place of each token in its piece of a document: int32 (n, T)."""
        places = np.repeat(self.cu_seqlens[:-1], np.diff(self.cu_seqlens))
        np.subtract(np.arange(self.tokens.size, dtype=np.int32), places, out=places)
        return places.reshape(self.tokens.shape)


@dataclass(frozen=True)
class Seen:
    """A part of a document in a sample of a batch."""

    sample: int
    epoch: int
    stretch: Stretch
