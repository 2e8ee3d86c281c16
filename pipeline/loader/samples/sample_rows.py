"""Samples read: what both ways of packing give of a batch."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """n samples of T tokens. tokens, labels: int32 (n, T). cu_seqlens: int32, where documents start
    in the n * T tokens laid end to end (every sample starts one), and n * T at the end.
    """

    tokens: Ints
    labels: Ints
    cu_seqlens: Ints


class RowSource(Protocol):
    """Reads samples, each told by its group and its number there."""

    def read(self, group: Ints, index: Longs, boundaries: bool) -> Rows:
        """The samples; without `boundaries`, cu_seqlens has their starts alone."""

    def ranges(self, group: Ints, index: Longs) -> list[list[tuple[int, int]]]:
        """The positions [start, stop) of the dataset that each sample holds."""
