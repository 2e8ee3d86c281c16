"""Samples that hold whole documents, packed before (`packed`)."""

from dataclasses import dataclass

import numpy as np

from pipeline.loader.reader import TokenReader
from pipeline.loader.samples.packed import Packed
from pipeline.loader.samples.packing import IGNORED
from pipeline.loader.samples.sample_rows import Ints, Longs, Rows


@dataclass(frozen=True)
class Pieces:
    """The pieces of some samples, row by row; arrays of equal length."""

    row: Longs
    block: Longs
    start: Longs  # token of the block
    length: Longs
    at: Longs  # place in the samples' tokens laid end to end


class FittedRows:
    """Reads the pieces of samples, one behind the other, and fills up with the end of text."""

    def __init__(self, reader: TokenReader, packed: Packed) -> None:
        self._reader, self._packed, self._width = reader, packed, packed.seq_len
        self._ends, self._starts = packed.ends, packed.starts
        self._first = np.cumsum(packed.sizes) - packed.sizes  # sample of each group

    def read(self, group: Ints, index: Longs, boundaries: bool) -> Rows:
        """See RowSource. What fills up counts as a document."""
        count, width = len(group), self._width
        pieces = self._pieces(group, index)
        tokens = self._tokens(pieces, count)
        filled = np.bincount(pieces.row, pieces.length, count).astype(np.int64)
        rows = np.arange(count + 1, dtype=np.int64) * width
        gaps = (rows[:-1] + filled)[filled < width]
        borders = [pieces.at, gaps, rows[-1:]] if boundaries else [rows]
        cu_seqlens = np.concatenate(borders).astype(np.int32)
        cu_seqlens.sort()
        labels = self._labels(tokens, pieces, gaps)
        return Rows(tokens.reshape(count, width), labels.reshape(count, width), cu_seqlens)

    def ranges(self, group: Ints, index: Longs) -> list[list[tuple[int, int]]]:
        """See RowSource."""
        pieces = self._pieces(group, index)
        starts = self._reader.starts[pieces.block] + pieces.start
        found: list[list[tuple[int, int]]] = [[] for _ in group]
        for row, start, length in zip(
            pieces.row.tolist(), starts.tolist(), pieces.length.tolist(), strict=True
        ):
            found[row].append((start, start + length))
        return found

    def _pieces(self, group: Ints, index: Longs) -> Pieces:
        numbers = self._first[group] + index
        blocks = np.searchsorted(self._ends, numbers, side="right")
        starts, lengths, counts = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], []
        local = (numbers - self._starts[blocks]).tolist()
        for block, sample in zip(blocks.tolist(), local, strict=True):
            fitted = self._packed.block(block)
            first, stop = fitted.firsts[sample : sample + 2].tolist()
            starts.append(fitted.starts[first:stop])
            lengths.append(fitted.lengths[first:stop])
            counts.append(stop - first)
        held = np.array(counts, np.int64)
        row = np.repeat(np.arange(len(group)), held)
        length = np.concatenate(lengths).astype(np.int64)
        before = np.cumsum(length) - length
        firsts = (np.cumsum(held) - held)[row]
        at = row * self._width + before - before[firsts]
        return Pieces(row, blocks[row], np.concatenate(starts).astype(np.int64), length, at)

    def _tokens(self, pieces: Pieces, count: int) -> Ints:
        tokens = np.full(count * self._width, self._reader.manifest.eos, np.int32)
        positions = self._reader.starts[pieces.block] + pieces.start
        for part in self._reader.portions(positions, positions + 1):
            columns = (pieces.block, pieces.start, pieces.length, pieces.at)
            block, start, length, at = (column[part] for column in columns)
            self._reader.compare(block, start, length + 1)  # the last one's label too
            for each, begin, size, place in zip(
                block.tolist(), start.tolist(), length.tolist(), at.tolist(), strict=True
            ):
                view = self._reader.unchecked(each)
                tokens[place : place + size] = view[begin : begin + size]
        return tokens

    def _labels(self, tokens: Ints, pieces: Pieces, gaps: Longs) -> Ints:
        """The next tokens; those behind the end of a document and in what fills up are ignored."""
        width = self._width
        labels = np.full_like(tokens, IGNORED)
        labels[:-1] = tokens[1:]
        ends = pieces.at + pieces.length - 1
        labels[ends] = IGNORED
        for gap in gaps.tolist():
            labels[gap : gap - gap % -width] = IGNORED
        for piece in np.flatnonzero(pieces.length == width).tolist():  # a document may go on
            block, stop = int(pieces.block[piece]), int(pieces.start[piece]) + width
            borders = self._reader.borders(block)
            if borders[np.searchsorted(borders, np.int32(stop))] != stop:
                labels[ends[piece]] = self._reader.unchecked(block)[stop]
        return labels
