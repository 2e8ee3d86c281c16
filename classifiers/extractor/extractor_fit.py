"""Fitting the two stages of the block model, with nothing of a site told to its own training rows.

Token weights and first-stage chances of a training page come from models that never saw its site's
fold: otherwise the second stage trusts them too much.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.extractor.extractor_weights import fit_weights
from pipeline.extract.judge.characters import character_classes
from pipeline.extract.judge.features import Floats, block_features, weigh
from pipeline.extract.judge.model import LEAF_SCALE, BlockModel, Forest
from pipeline.extract.judge.neighbour_chances import neighbour_features
from pipeline.extract.page.class_names import NameWeights
from pipeline.extract.page.page_blocks import Ints, PageBlocks


@dataclass(slots=True)
class Example:
    """A page to learn from: blocks, features without token weights, labels (blocks, 2)."""

    collection: str
    fold: int
    page: PageBlocks
    matrix: Floats
    labels: NDArray[np.float64]
    importance: float = 1.0  # weight of the whole page

    @property
    def targets(self) -> NDArray[np.float64]:
        return np.clip(self.labels[:, 0], 0, 1)

    @property
    def sizes(self) -> Ints:
        return self.page.sizes()

    @property
    def weights(self) -> NDArray[np.float64]:
        """Longer blocks weigh more, but less than by length; no page outweighs another by much."""
        words = np.maximum(self.labels[:, 1], 0)
        raised = words**0.6 * (self.labels[:, 0] >= 0)
        return np.asarray(self.importance * raised / max(raised.sum(), 1) ** 0.6)


@dataclass(frozen=True, slots=True)
class Settings:
    """Of the training, as the card tells them."""

    first_trees: int = 120
    second_trees: int = 240
    depth: int = 6
    learning_rate: float = 0.17
    column_share: float = 0.5
    row_share: float = 0.8
    regularisation: float = 10.0
    borders: int = 64
    bags: int = 3
    seed: int = 1729
    threshold: int = 380


def with_weights(example: Example, weights: dict[str, int]) -> Floats:
    """The example's features with the rows filled in that depend on weights."""
    matrix = example.matrix.copy()
    weigh(matrix, example.page, NameWeights(weights), example.page.place_rows())
    return matrix


def fit_forest(
    matrices: Sequence[Floats], examples: Sequence[Example], trees: int, settings: Settings
) -> Forest:
    """Boosted oblivious trees on soft labels (CatBoost, one thread, fixed seeds).

    The trees are shared out among `settings.bags` boosters of different seeds, whose log-odds are
    averaged: what one of them has learnt by chance of a page of a rare kind counts for less
    (Breiman 1996).
    """
    from catboost import Pool

    rows = np.ascontiguousarray(np.concatenate(matrices, axis=1).T)
    targets = np.concatenate([example.targets for example in examples])
    weights = np.concatenate([example.weights for example in examples])
    chosen = weights > 0
    pool = Pool(rows[chosen], targets[chosen], weight=weights[chosen] / weights[chosen].mean())
    bags = range(settings.bags)
    shares = [(trees + bag) // settings.bags for bag in bags]
    forests = [_boosted(pool, shares[bag], settings.seed + bag, settings) for bag in bags]
    return Forest(
        np.concatenate([forest.features for forest in forests], axis=1),
        np.concatenate([forest.borders for forest in forests], axis=1),
        np.concatenate([forest.leaves for forest in forests]),
        sum(forest.bias for forest in forests),
    )


def _boosted(pool: Any, trees: int, seed: int, settings: Settings) -> Forest:
    """One booster's part of a forest."""
    from catboost import CatBoost

    booster = CatBoost(
        {
            "loss_function": "CrossEntropy", "iterations": trees, "depth": settings.depth,
            "learning_rate": settings.learning_rate, "border_count": settings.borders,
            "rsm": settings.column_share, "bootstrap_type": "Bernoulli",
            "subsample": settings.row_share, "l2_leaf_reg": settings.regularisation,
            "random_seed": seed, "thread_count": 1, "leaf_estimation_iterations": 2,
            "verbose": 0, "allow_writing_files": False,
        }
    )  # fmt: skip
    booster.fit(pool)
    return _forest(booster, settings)


def _forest(booster: Any, settings: Settings) -> Forest:
    """The trees of a fitted booster with its part of the leaves as integers; shallow trees are
    filled up.
    """
    import json
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trees.json"
        booster.save_model(str(path), format="json")
        content = json.loads(path.read_text())
    trees, depth, part = content["oblivious_trees"], settings.depth, LEAF_SCALE / settings.bags
    features = np.zeros((depth, len(trees)), dtype=np.intp)
    borders = np.full((depth, len(trees)), np.inf, dtype=np.float32)
    leaves = np.zeros((len(trees), 1 << depth), dtype=np.int32)
    for at, tree in enumerate(trees):
        for level, split in enumerate(tree["splits"]):
            features[level, at] = split["float_feature_index"]
            borders[level, at] = split["border"]
        values = np.round(np.array(tree["leaf_values"]) * part).astype(np.int32)
        leaves[at, : len(values)] = values
    scale, bias = content["scale_and_bias"]
    if scale != 1:
        raise ValueError(f"unexpected scale {scale}")
    return Forest(features, borders, leaves.ravel(), round(float(np.ravel(bias)[0]) * part))


def fit_model(examples: Sequence[Example], settings: Settings) -> BlockModel:
    """Both stages from `examples`, inner folds by `Example.fold`."""
    classes = character_classes()
    folds = sorted({example.fold for example in examples})
    held_out: list[tuple[list[Example], list[Floats], list[Ints]]] = []
    for fold in folds:
        rest = [example for example in examples if example.fold != fold]
        inside = [example for example in examples if example.fold == fold]
        weights = fit_weights(rest)
        held_out.append((inside, [with_weights(example, weights) for example in inside], []))
    for at, (_, matrices, chances) in enumerate(held_out):
        others = [entry for other, entry in enumerate(held_out) if other != at]
        forest = fit_forest(
            [matrix for entry in others for matrix in entry[1]],
            [example for entry in others for example in entry[0]],
            settings.first_trees,
            settings,
        )
        chances += [forest.chances(matrix) for matrix in matrices]
    ordered = [example for entry in held_out for example in entry[0]]
    matrices = [matrix for entry in held_out for matrix in entry[1]]
    verdicts = [chance for entry in held_out for chance in entry[2]]
    first = fit_forest(matrices, ordered, settings.first_trees, settings)
    seen = [
        np.concatenate([matrix, neighbour_features(example.page, example.sizes, chance)])
        for example, matrix, chance in zip(ordered, matrices, verdicts, strict=True)
    ]
    second = fit_forest(seen, ordered, settings.second_trees, settings)
    return BlockModel(
        (first, second), NameWeights(fit_weights(examples)), classes, settings.threshold
    )


def example_of(
    collection: str,
    fold: int,
    page: PageBlocks,
    labels: NDArray[np.float64],
    classes: NDArray[np.uint8],
) -> Example:
    """A page with its labels, ready to learn from."""
    return Example(collection, fold, page, block_features(page, NameWeights({}), classes), labels)


def balance(examples: Sequence[Example]) -> None:
    """Give pages of small collections more weight, though less than makes collections equal."""
    counts = Counter(example.collection for example in examples)
    for example in examples:
        fair = len(examples) / len(counts) / counts[example.collection]
        example.importance = fair**0.6
