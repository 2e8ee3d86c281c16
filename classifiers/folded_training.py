"""fastText models of parts of the same texts, each asked for all of them."""

import math
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifiers.fasttext_model import (
    CARD,
    MODEL,
    TEXT_FORM,
    FasttextModel,
    Training,
    TrainSettings,
    train_all,
)
from pipeline import files

UPDATES = 20_000  # texts that training reads at least: fewer leave all scores near a half


def trained(
    texts: Sequence[str],
    labels: Sequence[str],
    sides: Sequence[NDArray[np.bool_]],
    settings: TrainSettings,
    positive: str,
) -> tuple[list[NDArray[np.float64]], bytes]:
    """For each side, the scores of all texts by a model of it; and the bytes of the first model."""
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name, str(number)) for number in range(len(sides))]
        for folder in folders:
            folder.mkdir()
        train_all(
            Training(
                compress(zip(labels, texts, strict=True), side),
                str(folder / MODEL),
                _enough(settings, int(side.sum())),
            )
            for folder, side in zip(folders, sides, strict=True)
        )
        scores = [_scores(folder, list(texts), positive) for folder in folders]
        return scores, (folders[0] / MODEL).read_bytes()


def _enough(settings: TrainSettings, texts: int) -> TrainSettings:
    """So many epochs that few texts are read often enough."""
    return replace(settings, epochs=max(settings.epochs, math.ceil(UPDATES / texts)))


def _scores(folder: Path, texts: list[str], positive: str) -> NDArray[np.float64]:
    of_file = files.checksum(str(folder / MODEL))
    card = {"hash": of_file, "text_form": TEXT_FORM, "positive": positive}
    files.write_json(str(folder / CARD), card)
    return np.nan_to_num(FasttextModel(str(folder)).score(texts), nan=0.0)
