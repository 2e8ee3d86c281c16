"""What a model of labels has to beat: the label that most texts have, and the nearest centroid."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.labels.linear_model import buckets_for, matrix, rarity_of


def majority(labels: Sequence[str], count: int) -> list[str]:
    """The most common label, the first by name of equals, for so many texts."""
    found = Counter(labels)
    return [min(found, key=lambda label: (-found[label], label))] * count


def centroids(
    texts: Sequence[str], labels: Sequence[str], asked: Sequence[str], names: Sequence[str]
) -> list[str]:
    """For each text asked for the label whose mean of texts is nearest by angle (Rocchio 1971)."""
    rarity = rarity_of(texts, buckets_for(len(names)))
    rows, given = matrix(texts, rarity), np.array(labels)
    used = np.flatnonzero(rarity)
    means = np.stack([_mean(rows[given == name][:, used]) for name in names])
    nearest = np.asarray(matrix(asked, rarity)[:, used] @ means.T).argmax(axis=1)
    return [names[at] for at in nearest]


def _mean(rows: object) -> NDArray[np.float64]:
    mean = np.asarray(rows.sum(axis=0), dtype=np.float64)[0]  # type: ignore[attr-defined]
    length = float(np.sqrt(mean @ mean))
    return np.asarray(mean / length if length else mean, dtype=np.float64)
