"""The kinds of models that labels are taught to, and what is tried of each."""

import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.fasttext_model import MODEL, Training, TrainSettings, train_all
from classifiers.labels.linear_model import LinearSetting, fit
from classifiers.labels.text_model import (
    Asked,
    FasttextLabels,
    LinearModel,
    hidden,
    packed,
    unpacked,
)

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Grid:
    """What is tried of each kind."""

    linear: tuple[LinearSetting, ...] = tuple(
        LinearSetting(cost, most) for cost in (0.0, 2.0, 8.0) for most in (0.3, 1.0)
    )
    fasttext: tuple[TrainSettings, ...] = tuple(
        TrainSettings(word_ngrams=words, min_count=2, learning_rate=rate)
        for words in (1, 2)
        for rate in (0.3, 0.8)
    )
    updates: int = 60_000  # texts that training reads at least: fewer leave all scores alike


GRID = Grid()


@dataclass(frozen=True)
class Rows:
    """Labelled texts with their folds and the labels there are."""

    texts: list[str]
    labels: list[str]
    fold: Places
    names: list[str]
    positive: str = ""

    def of(self, places: Places) -> tuple[list[str], list[str]]:
        """Texts and labels at places."""
        return [self.texts[at] for at in places], [self.labels[at] for at in places]


Job = tuple[list[str], list[str], Any]  # texts, labels, setting
Fitted = tuple[Asked, bytes]  # a model, and its file
Family = Callable[[Sequence[Job], Rows, Grid], list[Fitted]]


def _linear(jobs: Sequence[Job], data: Rows, grid: Grid) -> list[Fitted]:
    """Linear models of several jobs."""
    made = [packed(fit(texts, labels, data.names, setting)) for texts, labels, setting in jobs]
    return [(LinearModel(unpacked(one, len(data.names)), data.names), one) for one in made]


def _fasttext(jobs: Sequence[Job], data: Rows, grid: Grid) -> list[Fitted]:
    with tempfile.TemporaryDirectory() as name:
        paths = [Path(name, f"{number}-{MODEL}") for number in range(len(jobs))]
        train_all(
            Training(
                zip(map(hidden, labels), texts, strict=True),
                str(path),
                _enough(setting, len(texts), grid.updates),
            )
            for path, (texts, labels, setting) in zip(paths, jobs, strict=True)
        )
        return [(FasttextLabels(str(path)), path.read_bytes()) for path in paths]


def _enough(settings: TrainSettings, texts: int, updates: int) -> TrainSettings:
    return replace(settings, epochs=max(5, math.ceil(updates / texts)))


FAMILIES: dict[str, Family] = {"linear": _linear, "fasttext": _fasttext}


def settings_of(name: str, grid: Grid) -> Sequence[Any]:
    """What is tried of a kind."""
    return grid.linear if name == "linear" else grid.fasttext
