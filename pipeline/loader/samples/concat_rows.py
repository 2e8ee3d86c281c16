"""Samples that are windows over the stream of a group's documents."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.loader.reader import TokenReader
from pipeline.loader.samples.packing import IGNORED
from pipeline.loader.samples.sample_rows import Ints, Longs, Rows


class ConcatRows:
    """Reads windows of `seq_len` tokens, and the token behind each as its last label."""

    def __init__(self, reader: TokenReader, seq_len: int) -> None:
        self._reader, self._width = reader, seq_len
        self._starts, self._stops = np.array([*reader.manifest.bounds.values()], np.int64).T

    def read(self, group: Ints, index: Longs, boundaries: bool) -> Rows:
        """See RowSource."""
        starts, stops = self._positions(group, index)
        width = self._width
        tokens = np.empty((len(starts), width + 1), np.int32)
        rows = np.arange(len(starts) + 1, dtype=np.int64) * width
        borders: list[npt.NDArray[Any]] = [rows]
        for part in self._reader.portions(starts, stops):
            self._fill(tokens[part], starts[part], stops[part])
            if boundaries:
                borders += self._inner_boundaries(starts[part], stops[part], rows[part])
        cu_seqlens = np.concatenate(borders).astype(np.int32)
        cu_seqlens.sort()
        return Rows(tokens[:, :-1], self._labels(tokens, stops - starts, boundaries), cu_seqlens)

    def ranges(self, group: Ints, index: Longs) -> list[list[tuple[int, int]]]:
        """See RowSource."""
        starts, stops = self._positions(group, index)
        stops = np.minimum(stops, starts + self._width)
        return [[pair] for pair in zip(starts.tolist(), stops.tolist(), strict=True)]

    def _positions(self, group: Ints, index: Longs) -> tuple[Longs, Longs]:
        """Where samples start in the dataset, and where they stop, the last label too."""
        starts = self._starts[group] + index * self._width
        return starts, np.minimum(starts + self._width + 1, self._stops[group])

    def _labels(self, tokens: Ints, lengths: Longs, boundaries: bool) -> Ints:
        """The next tokens; those behind the end of a short sample are ignored, and with
        `boundaries` that of a last token which ends its document too.
        """
        labels = tokens[:, 1:]
        short = np.flatnonzero(lengths <= self._width)
        ended = np.flatnonzero((tokens[:, -2] == self._reader.manifest.eos) & boundaries)
        if len(short) or len(ended):
            labels = labels.copy()
            labels[ended, -1] = IGNORED
            for row in short:
                labels[row, lengths[row] - 1 :] = IGNORED
        return labels

    def _fill(self, out: Ints, starts: Longs, stops: Longs) -> None:
        """Writes the tokens at [start, stop) into (n, T + 1), filled up with the end of text."""
        width = self._width + 1
        blocks = self._reader.locate(starts)
        offsets = starts - self._reader.starts[blocks]
        self._reader.compare(blocks, offsets, width)
        values = self._reader.unchecked
        for row, (block, at) in enumerate(zip(blocks.tolist(), offsets.tolist(), strict=True)):
            view = values(block)[at : at + width]
            if len(view) < width:  # the sample goes on in the next block, or the group ends
                view = self._reader.read(int(starts[row]), int(stops[row]))
                out[row, len(view) :] = self._reader.manifest.eos
            out[row, : len(view)] = view

    def _inner_boundaries(self, starts: Longs, stops: Longs, rows: Longs) -> list[npt.NDArray[Any]]:
        """Document starts inside samples, counted from the first sample.

        A block's borders end with its length, so the filling of a short sample counts as a
        document.
        """
        reader, width = self._reader, self._width
        blocks = reader.locate(starts)
        offsets = starts - reader.starts[blocks]
        # Keys of the borders' own type: a search with another one would convert the whole array.
        keys = np.stack([offsets + 1, offsets + width], axis=1).astype(np.int32)
        across = starts + width > reader.ends[blocks]
        parts, counts = [], []
        for row, (block, more) in enumerate(zip(blocks.tolist(), across.tolist(), strict=True)):
            borders: npt.NDArray[Any] = reader.borders(block)
            first, last = borders.searchsorted(keys[row])
            inside = borders[first:last]
            if more and stops[row] > reader.ends[block]:
                inside = self._across(block, int(starts[row]), int(stops[row]))
            parts.append(inside)
            counts.append(len(inside))
        return [np.concatenate(parts) + np.repeat(rows - offsets, counts)]

    def _across(self, block: int, start: int, stop: int) -> npt.NDArray[Any]:
        """Document starts in a sample that goes on behind a block, counted from the block's."""
        end = start + self._width
        inside = self._reader.document_starts(start, min(end, stop))
        inside = np.append(inside, stop) if stop < end else inside
        return np.asarray(inside - self._reader.starts[block])
