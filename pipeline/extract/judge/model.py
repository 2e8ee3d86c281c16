"""The block model: two stages of oblivious trees, evaluated over arrays of integers and float32
comparisons.

An oblivious tree asks the same question of every block on a level (Kohavi 1994; CatBoost), so a
forest is a few row gathers, comparisons and shifts. Leaves are integers: their sum cannot depend on
order, on threads or on the batch. The model is JSON, so loading it runs nothing.
"""

import json
from dataclasses import dataclass, field
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.document import digest
from pipeline.errors import CheckError, UsageError
from pipeline.extract.judge.features import FEATURES, Floats
from pipeline.extract.judge.neighbour_chances import NEIGHBOURS, neighbour_features
from pipeline.extract.page.class_names import NameWeights
from pipeline.extract.page.page_blocks import Ints, PageBlocks

LEAF_SCALE = 4096  # a leaf of 1.0 in log-odds
_STEP = 64  # entries of the chance table per unit of log-odds
_REACH = 8  # log-odds beyond which a chance is 0 or 1000
_CHUNK = 2048  # blocks evaluated at a time, so that memory stays bounded
FORMAT = 1


def _chance_table() -> Ints:
    """Thousandths of 1 / (1 + e^-x), x from -8 to 8 in steps of 1/64."""
    steps = range(-_REACH * _STEP, _REACH * _STEP + 1)
    return np.array([round(1000 / (1 + exp(-step / _STEP))) for step in steps], dtype=np.int64)


_CHANCES = _chance_table()


@dataclass(slots=True)
class Forest:
    """`features` and `borders` of shape (depth, trees), `leaves` of shape (trees * 2**depth,)."""

    features: NDArray[np.intp]
    borders: Floats
    leaves: NDArray[np.int32]
    bias: int
    # Trees ask many a question again: each is answered once.
    asked: NDArray[np.intp] = field(init=False, repr=False)  # the feature of each question
    bounds: Floats = field(init=False, repr=False)  # and its border, (questions, 1)
    numbers: NDArray[np.intp] = field(init=False, repr=False)  # (depth, trees), of questions

    def __post_init__(self) -> None:
        pairs = np.array([self.features.ravel(), self.borders.ravel()], dtype=np.float64)
        (asked, bounds), numbers = np.unique(pairs, axis=1, return_inverse=True)
        self.asked, self.bounds = asked.astype(np.intp), bounds.astype(np.float32)[:, None]
        self.numbers = numbers.reshape(self.features.shape)

    def chances(self, matrix: Floats) -> Ints:
        """Thousandths for each column of a float32 matrix (features, blocks)."""
        steps = (self.logits(matrix) * _STEP) // LEAF_SCALE
        return np.asarray(_CHANCES[np.clip(steps + _REACH * _STEP, 0, len(_CHANCES) - 1)])

    def logits(self, matrix: Floats) -> Ints:
        """Log-odds times LEAF_SCALE for each column."""
        starts = range(0, matrix.shape[1], _CHUNK)
        return np.concatenate([self._logits(matrix[:, at : at + _CHUNK]) for at in starts])

    def _logits(self, matrix: Floats) -> Ints:
        depth, trees = self.features.shape
        answers = (matrix.take(self.asked, axis=0) > self.bounds).view(np.uint8)
        index = np.zeros((trees, matrix.shape[1]), dtype=np.uint8)  # of a leaf: at most 8 levels
        for level in reversed(range(depth)):
            index += index
            index |= answers.take(self.numbers[level], axis=0)
        places = index + (np.arange(trees) << depth)[:, None]
        return np.asarray(self.leaves.take(places).sum(axis=0, dtype=np.int64) + self.bias)


@dataclass(frozen=True, slots=True)
class BlockModel:
    """What keeps or drops blocks: two forests, token weights, a table of characters and a
    threshold.
    """

    stages: tuple[Forest, Forest]
    weights: NameWeights  # hundredths of log-odds of class, id and role tokens
    classes: NDArray[np.uint8]  # 65,536 bit sets, see `characters`
    threshold: int  # thousandths; a block above it stays
    fingerprint: str = ""

    def judge(self, page: PageBlocks, matrix: Floats) -> Ints:
        """Thousandths that each block of the page belongs to its main content; `matrix` from
        `block_features`.
        """
        return self.stages[1].chances(self._with_context(page, matrix))

    def logits(self, page: PageBlocks, matrix: Floats) -> Ints:
        """As `judge`, in log-odds times LEAF_SCALE."""
        return self.stages[1].logits(self._with_context(page, matrix))

    def _with_context(self, page: PageBlocks, matrix: Floats) -> Floats:
        first = self.stages[0].chances(matrix)
        return np.concatenate([matrix, neighbour_features(page, page.sizes(), first)])


def load_model(folder: str | Path) -> BlockModel:
    """The model of a folder with `model.json`."""
    path = Path(folder) / "model.json"
    if not path.is_file():
        raise UsageError(f"no block model at {path}; train one with `gristmill train extractor`")
    data = path.read_bytes()
    return parse_model(json.loads(data), digest(data))


def parse_model(content: dict[str, Any], fingerprint: str = "") -> BlockModel:
    """The model that `dump_model` wrote."""
    names = [*FEATURES, *NEIGHBOURS]
    if content.get("format") != FORMAT or content.get("features") != names:
        raise CheckError("the block model was trained for other features; train it again")
    first, second = (_parse_forest(stage) for stage in content["stages"])
    runs = np.array(content["classes"], dtype=np.int64).reshape(-1, 2)
    return BlockModel(
        (first, second),
        NameWeights(content["weights"]),
        np.repeat(runs[:, 1].astype(np.uint8), runs[:, 0]),
        int(content["threshold"]),
        fingerprint,
    )


def _parse_forest(stage: dict[str, Any]) -> Forest:
    return Forest(
        np.array(stage["features"], dtype=np.intp),
        np.array(stage["borders"], dtype=np.float32),
        np.array(stage["leaves"], dtype=np.int32).ravel(),
        int(stage["bias"]),
    )


def dump_model(model: BlockModel) -> str:
    """JSON of a model, the same text for the same model."""
    content = {
        "format": FORMAT,
        "features": [*FEATURES, *NEIGHBOURS],
        "threshold": model.threshold,
        "stages": [_dump_forest(stage) for stage in model.stages],
        "weights": dict(sorted(model.weights.tokens.items())),
        "classes": _runs(model.classes),
    }
    return json.dumps(content, ensure_ascii=True, separators=(",", ":")) + "\n"


def _dump_forest(forest: Forest) -> dict[str, Any]:
    return {
        "features": forest.features.tolist(),
        "borders": [[float(str(border)) for border in row] for row in forest.borders],
        "leaves": forest.leaves.tolist(),
        "bias": forest.bias,
    }


def _runs(values: NDArray[np.uint8]) -> list[list[int]]:
    """Run lengths: [count, value] pairs."""
    edges = np.flatnonzero(np.diff(values)) + 1
    starts = np.concatenate(([0], edges))
    lengths = np.diff(np.concatenate((starts, [len(values)])))
    return [[int(n), int(values[at])] for n, at in zip(lengths, starts, strict=True)]
