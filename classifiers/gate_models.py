"""What a gate is asked by: one model, or several whose scores are combined."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from classifiers.fasttext_model import read_card
from classifiers.labels.text_model import KIND, TextModel
from classifiers.referenced import ReferencedModel
from classifiers.seen_pages import SeenPages
from pipeline.errors import UsageError

Floats = NDArray[np.float64]


class Model(Protocol):
    """A model with a score in [0, 1] for a text."""

    card: dict[str, Any]
    seen: SeenPages

    def score(self, texts: Sequence[str]) -> Floats: ...


def load_model(folder: str) -> Model:
    """A model of referenced pages, or of two labels. UsageError for another."""
    card = read_card(folder)
    is_open = card.get("kind") in ("referenced", KIND) and not card.get("closed")
    if is_open and card.get("positive") and "quantiles" not in card:
        raise UsageError(f"the model in {folder} is of an older version; train it again")
    if card.get("kind") == "referenced":
        if card.get("closed"):
            raise UsageError(f"the model in {folder} is closed: {card['closed']}")
        return ReferencedModel(folder)
    if card.get("kind") == KIND and card.get("positive"):
        return TextModel(folder)
    raise UsageError(
        f"{folder} holds no model with a score; give one of referenced pages, or of two labels"
    )


class GateModels:
    """Several models asked together. Cannot be pickled: load it in a worker's setup.

    By "rank" a score counts as the share of the model's own held-out pages that it beats, so that
    one model with scores near an end does not outvote the others; by "mean" as it is.
    """

    def __init__(self, folders: Sequence[str], combine: str) -> None:
        self._models = [load_model(folder) for folder in folders]
        self._by_rank = combine == "rank"

    def gate(self, ids: Sequence[str], texts: Sequence[str]) -> tuple[Floats, NDArray[np.bool_]]:
        """The score of each document, and whether it taught a model: then that of one that had not
        seen its site counts.
        """
        total, seen = np.zeros(len(texts)), np.zeros(len(texts), dtype=np.bool_)
        for model in self._models:
            scores, known = model.score(texts), model.seen.scores(ids)
            is_seen = ~np.isnan(known)
            scores[is_seen] = known[is_seen]
            seen |= is_seen
            total += self._ranks(model, scores) if self._by_rank else scores
        return total / len(self._models), seen

    def _ranks(self, model: Model, scores: Floats) -> Floats:
        quantiles = np.array(model.card["quantiles"], dtype=np.float64)
        return np.interp(scores, quantiles, np.linspace(0.0, 1.0, len(quantiles)))
