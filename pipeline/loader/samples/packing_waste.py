"""What a way of packing costs: samples that are not full, documents that are cut."""

from dataclasses import dataclass

import numpy as np

from pipeline.loader.reader import TokenReader
from pipeline.loader.samples.packed import Packed
from pipeline.loader.samples.packing import concat_samples


@dataclass(frozen=True)
class Waste:
    """Of one epoch of a dataset: samples, tokens that fill them up, and documents that are cut.

    `longer` of the documents have more tokens than a sample: these are cut by every packing.
    """

    samples: int
    padding: int
    cut: int
    longer: int
    documents: int
    tokens: int

    @property
    def padding_share(self) -> float:
        """Of all places of tokens."""
        return self.padding / max(1, self.padding + self.tokens)


def fitted_waste(packed: Packed, reader: TokenReader) -> Waste:
    """The waste of documents that are kept whole where they fit."""
    samples, tokens = int(packed.sizes.sum()), int(reader.ends[-1])
    longer, documents = _longer(reader, packed.seq_len)
    padding = samples * packed.seq_len - tokens
    return Waste(samples, padding, longer, longer, documents, tokens)


def concat_waste(reader: TokenReader, seq_len: int) -> Waste:
    """The waste of windows over the stream of each group."""
    bounds, cut = [*reader.manifest.bounds.values()], 0
    samples = sum(concat_samples(stop - start, seq_len) for start, stop in bounds)
    for block, group in enumerate(reader.groups.tolist()):
        begin = int(reader.starts[block]) - bounds[group][0]
        borders = reader.borders(block).astype(np.int64) + begin
        cut += int((borders[:-1] // seq_len != (borders[1:] - 1) // seq_len).sum())
    longer, documents = _longer(reader, seq_len)
    tokens = int(reader.ends[-1])
    return Waste(samples, samples * seq_len - tokens, cut, longer, documents, tokens)


def _longer(reader: TokenReader, seq_len: int) -> tuple[int, int]:
    """Documents with more tokens than a sample, and all of them."""
    lengths = [np.diff(reader.borders(block)) for block in range(len(reader.ends))]
    longer = sum(int((each > seq_len).sum()) for each in lengths)
    return longer, sum(map(len, lengths))
