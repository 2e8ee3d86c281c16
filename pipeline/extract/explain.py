"""Why a block stayed or went: its chance, the rules that changed it, and the features that spoke
most for and against it.

A feature's effect is what the log-odds lose when the feature is set to the page's median in every
block and both stages judge again (occlusion, Zeiler and Fergus 2014). Effects of features that tell
the same do not add up.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipeline.extract.judge.features import FEATURES, Floats
from pipeline.extract.judge.kept_blocks import KeptBlocks, choose
from pipeline.extract.judge.model import LEAF_SCALE, BlockModel
from pipeline.extract.page.page_blocks import Ints, PageBlocks
from pipeline.extract.page.walk import read_blocks
from pipeline.tags.limits import Limits

_MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """A feature, its value for the block, and what it adds to the log-odds of staying."""

    feature: str
    value: float
    effect: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """One block: its chance of staying (0 to 1), whether it stays, and why.

    `rules` are those that changed the model's chance ("company" of code or a formula, "formula"
    within a text, "comments", "furniture", like "items", "table" of data) or decided against it
    ("repeated", "copied", "aside", "bare"). The block stays if `chance` exceeds `threshold` and
    none of the last four holds.
    """

    text: str
    model_chance: float
    chance: float  # after the rules
    threshold: float
    kept: bool
    rules: tuple[str, ...]
    path: str  # class, id and role of the nearest element that has any
    reasons: tuple[Reason, ...]


def explain(html: str, model: BlockModel, limits: Limits) -> list[Verdict] | str:
    """A verdict on each block of a page, or the reason why the page has none."""
    page = read_blocks(html, limits)
    if isinstance(page, str):
        return page
    choice = choose(page, model)
    kept = set(choice.kept)
    effects = feature_effects(page, model, choice.matrix)
    return [
        Verdict(
            text,
            _share(choice.judged[at]),
            _share(choice.chances[at]),
            _share(choice.thresholds[at]),
            at in kept,
            _rules(choice, at),
            page.chains[page.place(at).chain][1] if page.place(at).chain >= 0 else "",
            _reasons(choice.matrix[:, at], effects[:, at]),
        )
        for at, text in enumerate(page.texts)
    ]


def _share(thousandths: int) -> float:
    return min(int(thousandths), 1000) / 1000


def _rules(choice: KeptBlocks, at: int) -> tuple[str, ...]:
    """The rules that changed a block's chance, and those that decided against it."""
    chances = [choice.judged[at], *(after[at] for after in choice.settled.values())]
    changed = [
        name for name, (one, two) in zip(choice.settled, pairwise(chances), strict=True)
        if one != two
    ]  # fmt: skip
    against = {name: getattr(choice, name) for name in ("repeated", "copied", "aside", "bare")}
    return *changed, *(name for name, blocks in against.items() if at in blocks)


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
