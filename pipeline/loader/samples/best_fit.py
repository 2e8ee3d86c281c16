"""Whole documents into samples: best fit, longest first (Ding et al. 2024).

A document longer than a sample is cut at its length, as it must be; every piece that is left goes
into the fullest sample that still has room for it. The same lengths give the same samples.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Fitted:
    """Pieces of documents in the order of their samples, and in a sample in that of the tokens.

    Sample i holds the pieces firsts[i] to before firsts[i + 1]; a piece is `lengths` tokens from
    `starts` on.
    """

    firsts: Ints
    starts: Ints
    lengths: Ints

    @property
    def samples(self) -> int:
        return len(self.firsts) - 1


def fitted(borders: npt.NDArray[Any], width: int) -> Fitted:
    """The samples of `width` tokens of documents that stand one behind the other.

    `borders`: where each starts, ascending, and where the last one ends.
    """
    starts, lengths = cut_pieces(borders, width)
    # Rooms beyond all there is need not be told apart.
    samples = best_fit(lengths, min(width, int(borders[-1] - borders[0])))
    order = np.lexsort((starts, samples))
    counts = np.bincount(samples, minlength=0)
    firsts = np.append(0, np.cumsum(counts)).astype(np.int32)
    return Fitted(firsts, starts[order], lengths[order])


def cut_pieces(borders: npt.NDArray[Any], width: int) -> tuple[Ints, Ints]:
    """Starts and lengths of the pieces of at most `width` tokens that documents are cut into."""
    begins, sizes = borders[:-1].astype(np.int64), np.diff(borders).astype(np.int64)
    counts = -(-sizes // width)
    nth = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    lengths = np.minimum(np.repeat(sizes, counts) - nth * width, width)
    starts = np.repeat(begins, counts) + nth * width
    return starts.astype(np.int32), lengths.astype(np.int32)


def best_fit(lengths: Ints, width: int) -> Ints:
    """The sample of each piece, numbered as they are opened.

    Which rooms are left is kept as bits of one number, so that the least that is large enough is
    found in a few operations, however many samples are open.
    """
    order = np.argsort(-lengths, kind="stable")
    found, samples, rooms = np.empty(len(lengths), np.int32), 0, 0
    with_room: defaultdict[int, list[int]] = defaultdict(list)
    for at, length in zip(order.tolist(), lengths[order].tolist(), strict=True):
        fitting = rooms >> length
        if fitting:
            room = length + (fitting & -fitting).bit_length() - 1
            sample = with_room[room].pop()
            if not with_room[room]:
                rooms ^= 1 << room
        else:
            room, sample = width, samples
            samples += 1
        left = room - length
        if left:
            with_room[left].append(sample)
            rooms |= 1 << left
        found[at] = sample
    return found
