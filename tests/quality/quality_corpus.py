"""A made language of few words, in which a seed draws texts: a corpus to fit a reference on."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa

from pipeline.quality.outlier_reference import Sample, fit_reference
from pipeline.quality.outliers import Reference
from pipeline.quality.statistics_record import STATISTICS_SCHEMA, QualityStatistics

# From the most to the least frequent; the frequencies fall as one over the rank (Zipf).
_RANKED = (
    "the of and a to in it was on with for at by from had were they when water mill river stone "
    "wheel bread flour grain miller bridge village winter summer morning evening children farmer "
    "baker carpenter market church narrow broken heavy quiet ancient wooden granite turned "
    "carried listened remembered repaired gathered measured explained valley harvest kitchen "
    "lantern orchard machine engineer museum neighbour daughter ferryman afternoon electricity "
    "restoration neighbourhood photograph understanding grandmother thunderstorm cartwheel "
    "blacksmith watercourse apprenticeship swallow barley rye oak ice oats ash elm yew ox hen "
    "garden window candle hammer anvil ladder basket barrel wagon saddle harness blanket pillow "
    "mirror button needle thread ribbon copper silver timber gravel meadow pasture thicket hollow "
    "valleys summit glacier current harbour lighthouse merchant inventory signature parliament "
    "celebration instrument laboratory photographer archaeologist administration cathedral abbot"
)
WORDS = _RANKED.split()


def draw(
    seed: int,
    words: int,
    power: float = 1.0,
    length_power: float = 0.0,
    sentence: int = 12,
    repeats: float = 0.0,
) -> str:
    """A text of `words` words.

    Args:
        seed: of the choice.
        words: how many.
        power: above 1 frequent words are still more frequent, below 1 less.
        length_power: above 0 long words are preferred.
        sentence: words between full stops, about.
        repeats: share of the text, at its end, that repeats its beginning.
    """
    chance = np.random.Generator(np.random.PCG64(seed))
    weights = np.arange(1, len(WORDS) + 1, dtype=np.float64) ** -power
    weights *= np.array([len(word) for word in WORDS], np.float64) ** length_power
    drawn = chance.choice(len(WORDS), size=words, p=weights / weights.sum())
    chosen = [WORDS[i] for i in drawn]
    again = int(words * repeats)
    chosen = chosen[: words - again] + chosen[:again]
    ends = np.cumsum(chance.integers(max(1, sentence - 4), sentence + 5, size=words))
    for end in ends[ends < words]:
        chosen[end] += "."
    return " ".join(chosen) + "."


@cache
def made_reference(language: str = "en", tail: float = 0.0025) -> Reference:
    """The reference of 400 ordinary texts of 60 to 600 words."""
    chance = np.random.Generator(np.random.PCG64(0))
    sizes = chance.integers(60, 600, size=400)
    samples = [Sample(language, draw(seed, int(n))) for seed, n in enumerate(sizes)]
    return fit_reference(samples, tail)


def statistics_columns(rows: Sequence[QualityStatistics]) -> list[pa.Array]:
    """One Arrow array per field of STATISTICS_SCHEMA, rows in the given order."""
    return [
        pa.array([getattr(row, column.name) for row in rows], column.type)
        for column in STATISTICS_SCHEMA
    ]
