"""Why a block stayed or went: its chance, and the features that spoke most for and against it.

A feature's effect is what the log-odds lose when the feature is set to the page's median in every
block and both stages judge again (occlusion, Zeiler and Fergus 2014). Effects of features that tell
the same do not add up.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.extract.blocks import Ints, PageBlocks
from pipeline.extract.extractor import choose, page_threshold, settle
from pipeline.extract.features import FEATURES, Floats, block_features
from pipeline.extract.model import LEAF_SCALE, BlockModel
from pipeline.extract.nesting import Limits
from pipeline.extract.tables import data_tables
from pipeline.extract.walk import read_blocks

_MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """A feature, its value for the block, and what it adds to the log-odds of staying."""

    feature: str
    value: float
    effect: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """One block: its chance of staying (0 to 1), whether it stays, and why."""

    text: str
    chance: float
    kept: bool
    rule: str  # what decided against the chance: "repeated"
    path: str  # class, id and role of the nearest element that has any
    reasons: tuple[Reason, ...]


def explain(html: str, model: BlockModel, limits: Limits) -> list[Verdict] | str:
    """A verdict on each block of a page, or the reason why the page has none."""
    page = read_blocks(html, limits)
    if isinstance(page, str):
        return page
    matrix = block_features(page, model.weights, model.classes)
    chances = settle(page, model.judge(page, matrix), matrix, data_tables(page))
    kept = set(choose(page, model)[0])
    least = page_threshold(chances, page.sizes(), model.threshold)
    effects = feature_effects(page, model, matrix)
    return [
        Verdict(
            text,
            min(int(chances[at]), 1000) / 1000,
            at in kept,
            "repeated" if chances[at] > least and at not in kept else "",
            page.chains[page.place(at).chain][1] if page.place(at).chain >= 0 else "",
            _reasons(matrix[:, at], effects[:, at]),
        )
        for at, text in enumerate(page.texts)
    ]


def feature_effects(page: PageBlocks, model: BlockModel, matrix: Floats) -> Ints:
    """Shape of `matrix`: log-odds times LEAF_SCALE that each feature adds to each block."""
    whole = model.logits(page, matrix)
    effects = np.zeros(matrix.shape, dtype=np.int64)
    for row in range(len(matrix)):
        occluded = matrix.copy()
        occluded[row] = np.median(matrix[row])
        if not np.array_equal(occluded[row], matrix[row]):
            effects[row] = whole - model.logits(page, occluded)
    return effects


def _reasons(values: Floats, effects: Ints) -> tuple[Reason, ...]:
    """The features with the greatest effects, greatest first."""
    order = np.argsort(-np.abs(effects), kind="stable")[:_MOST_REASONS].tolist()
    return tuple(
        Reason(FEATURES[row], round(float(values[row]), 3), round(effects[row] / LEAF_SCALE, 2))
        for row in order
        if effects[row]
    )
