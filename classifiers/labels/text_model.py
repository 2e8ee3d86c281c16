"""A model of labels in a folder, of either kind, asked for the label of a text."""

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from classifiers import metrics
from classifiers.fasttext_model import (
    MODEL,
    PREFIX,
    TEXT_FORM,
    normal_form,
    read_any_model,
    read_card,
)
from classifiers.labels.linear_model import Weights, buckets_for, odds
from classifiers.seen_pages import SeenPages
from pipeline import files
from pipeline.errors import UsageError

KIND = "labels"
WEIGHTS = "model.npz"
FILES = {"linear": WEIGHTS, "fasttext": MODEL}


class Answer(NamedTuple):
    """The likeliest label of each text with its chance."""

    labels: list[str]
    chances: NDArray[np.float64]


class Asked(Protocol):
    """What answers for texts: a fitted model of one kind."""

    def best(self, texts: Sequence[str]) -> Answer:
        """The likeliest label of each text; "" with a chance of 0 for one without words."""
        ...

    def chance(self, texts: Sequence[str], label: str) -> NDArray[np.float64]:
        """The chance of one of two labels; NaN for a text without words."""
        ...


class LinearModel:
    """A linear model, asked."""

    def __init__(self, weights: Weights, labels: Sequence[str]) -> None:
        self._weights, self._labels = weights, list(labels)

    def best(self, texts: Sequence[str]) -> Answer:
        chances = self._chances(texts)
        has_words = ~np.isnan(chances[:, 0])
        chances = np.nan_to_num(chances, nan=0.0)
        told = [self._labels[at] for at in chances.argmax(axis=1)]
        labels = [label if has else "" for label, has in zip(told, has_words, strict=True)]
        return Answer(labels, chances.max(axis=1))

    def chance(self, texts: Sequence[str], label: str) -> NDArray[np.float64]:
        return self._chances(texts)[:, self._labels.index(label)]

    def _chances(self, texts: Sequence[str]) -> NDArray[np.float64]:
        found = odds(texts, self._weights)
        if len(self._labels) == 2:
            chances = 1 / (1 + np.exp(-found))
            return np.concatenate([1 - chances, chances], axis=1)
        shares = np.exp(found - found.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))


class FasttextLabels:
    """A fastText model of any number of labels, asked."""

    def __init__(self, path: str) -> None:
        self._model = read_any_model(path)

    def best(self, texts: Sequence[str]) -> Answer:
        lines = [normal_form(text) for text in texts]
        labels, chances = [""] * len(lines), np.zeros(len(lines))
        present = [at for at, line in enumerate(lines) if line]
        if present:
            # The list form alone, and the best label alone: see `FasttextModel.score`.
            found = self._model.predict([lines[at] for at in present], k=1)
            for at, names, values in zip(present, *found, strict=True):
                labels[at], chances[at] = names[0].removeprefix(PREFIX), min(1.0, float(values[0]))
        return Answer([_shown(label) for label in labels], chances)

    def chance(self, texts: Sequence[str], label: str) -> NDArray[np.float64]:
        labels, chances = self.best(texts)
        found = np.where([one == label for one in labels], chances, 1 - chances)
        return np.where([one == "" for one in labels], np.nan, found)


def hidden(label: str) -> str:
    """A label as one word, which fastText asks for."""
    return label.encode().hex()


def _shown(word: str) -> str:
    return bytes.fromhex(word).decode()


class TextModel:
    """The model of a folder. Cannot be pickled: load it in a worker's setup."""

    def __init__(self, folder: str) -> None:
        """Loads `folder`; UsageError where it holds no such model, or not the file of its card."""
        self.card = read_card(folder)
        if self.card.get("kind") != KIND or self.card.get("family") not in FILES:
            raise UsageError(f"{folder} holds no model of labels; see gristmill train classifier")
        if self.card.get("text_form") != TEXT_FORM:
            raise UsageError(f"{folder} was trained on another text form; train the model again")
        path = files.join(folder, FILES[self.card["family"]])
        if not files.exists(path) or files.checksum(path) != self.card.get("hash"):
            raise UsageError(f"{path} is not the file its card describes; train the model again")
        self.labels: list[str] = self.card["labels"]
        self.positive: str = self.card.get("positive", "")
        self._asked = _loaded(path, self.labels)
        self._calibration = metrics.calibration_of(self.card)
        self.seen = SeenPages()  # its texts have no ids

    def best(self, texts: Sequence[str]) -> Answer:
        """The likeliest label of each text, and how often such an answer is right; "" with a chance
        of 0 for a text without words.
        """
        labels, chances = self._asked.best(texts)
        if self.positive:
            of_positive = self.score(texts)
            is_it = np.array([label == self.positive for label in labels])
            right = np.where(is_it, of_positive, 1 - of_positive)
        else:
            right = self._calibration.apply(chances)
        return Answer(labels, np.where([label == "" for label in labels], 0.0, right))

    def score(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The chance of the positive label of each text, 0 for one without words. UsageError of a
        model of more than two labels.
        """
        if not self.positive:
            raise UsageError(
                f"a score is of two labels, this model tells {len(self.labels)} apart: "
                f"{', '.join(self.labels[:5])}"
            )
        found = self._asked.chance(texts, self.positive)
        return np.nan_to_num(self._calibration.apply(found), nan=0.0)


def _loaded(path: str, labels: Sequence[str]) -> Asked:
    if path.endswith(MODEL):
        return FasttextLabels(path)
    return LinearModel(unpacked(files.read_bytes(path), len(labels)), labels)


def packed(model: Weights) -> bytes:
    """A linear model as the bytes of its file: of the features that count alone."""
    used, buffer = np.flatnonzero(model.rarity), BytesIO()
    np.savez_compressed(
        buffer,
        places=used.astype(np.int32),
        rarity=model.rarity[used],
        weights=model.weights[used].astype(np.float16),
        bias=model.bias,
    )
    return buffer.getvalue()


def unpacked(data: bytes, labels: int) -> Weights:
    """What `packed` has made."""
    with np.load(BytesIO(data), allow_pickle=False) as parts:
        places, bias = parts["places"], parts["bias"]
        rarity = np.zeros(buckets_for(labels), np.float32)
        weights = np.zeros((len(rarity), len(bias)), np.float32)
        rarity[places], weights[places] = parts["rarity"], parts["weights"]
    return Weights(rarity, weights, bias)
