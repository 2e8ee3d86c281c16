"""What the surface of a text tells without its words: how long it is, its words and its lines.

A model of references must not learn it, so both classes are matched by the chance that the surface
alone would give (propensity: Rosenbaum and Rubin 1983), which balances all properties at once.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PROPERTIES = ("length", "letters_a_word", "new_lines")
_STEPS, _RIDGE, _MOST = 50, 1e-2, 8.0
Floats = NDArray[np.float64]


def surface(texts: Sequence[str]) -> Floats:
    """The properties of each text: (texts, 3); a logarithm where they are counts."""
    length = np.array([len(text) for text in texts], dtype=np.float64)
    lines = np.array([text.count("\n") for text in texts], dtype=np.float64)
    words = np.array([text.count(" ") for text in texts], dtype=np.float64) + lines + 1
    each = np.maximum(length, 1)
    return np.stack([np.log(each), length / words, np.log1p(1_000 * lines / each)], axis=1)


def propensity(properties: Floats, positive: NDArray[np.bool_]) -> Floats:
    """The chance of each row to be positive by its properties alone, to six digits, by a logistic
    curve of their powers and products.
    """
    scaled = (properties - properties.mean(axis=0)) / (properties.std(axis=0) + 1e-9)
    pairs = [scaled[:, a] * scaled[:, b] for a, b in ((0, 1), (0, 2), (1, 2))]
    design = np.column_stack([np.ones(len(scaled)), scaled, scaled**2, scaled**3, *pairs])
    design = np.clip(design, -_MOST, _MOST)
    weights = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-design @ weights))
        curvature = (design.T * (chances * (1 - chances))) @ design + _RIDGE * np.eye(len(weights))
        slope = design.T @ (positive - chances) - _RIDGE * weights
        weights = weights + np.linalg.solve(curvature, slope)
    return np.asarray((1 / (1 + np.exp(-design @ weights))).round(6), dtype=np.float64)
