"""`gristmill train classifier`, `evaluate classifier`, `score`: models of a user's own labels."""

import json
from collections.abc import Iterator

import numpy as np

from classifiers import metrics
from classifiers.labels.label_file import Fields, Labelled, read_labels, read_texts
from classifiers.labels.text_model import TextModel
from classifiers.labels.training import train_labels
from pipeline import files
from pipeline.errors import UsageError
from pipeline.terminal import answer, print_json

_AT_ONCE = 256  # texts


def train(labels: str, out: str, positive: str, fields: Fields, seed: int) -> None:
    """Trains on a label file and writes a model folder with its card."""
    rows = read_labels(labels, fields)
    files.prepare_folder(out)
    card = train_labels(rows, out, seed, positive)
    answer(card["about"], f"model in {out}; next: gristmill evaluate classifier {out} LABELS")


def evaluate(folder: str, labels: str, fields: Fields) -> None:
    """Prints how a model does on labels of other texts."""
    print_json(figures(TextModel(folder), read_labels(labels, fields)))


def figures(model: TextModel, rows: list[Labelled]) -> dict[str, object]:
    """Accuracy, macro-F1 and each label's precision and recall; of two labels the AUC and the error
    of the calibration too.
    """
    texts, truth = [row.text for row in rows], [row.label for row in rows]
    if unknown := sorted(set(truth) - set(model.labels)):
        raise UsageError(f"the model does not know label {unknown[0]!r}; it tells {model.labels}")
    told = model.best(texts).labels
    found: dict[str, object] = {
        "texts": len(rows),
        "accuracy": round(float(np.mean([a == b for a, b in zip(told, truth, strict=True)])), 6),
        "macro_f1": round(metrics.macro_f1(told, truth), 6),
        "labels": {name: _of_label(name, told, truth) for name in sorted(set(truth))},
    }
    if model.positive and len(set(truth)) == 2:
        scores = model.score(texts)
        positive = np.array([label == model.positive for label in truth])
        found["auc"] = round(metrics.auc(scores, positive), 6)
        found["calibration_error"] = round(metrics.calibration_error(scores, positive), 6)
    return found


def _of_label(name: str, told: list[str], truth: list[str]) -> dict[str, float]:
    hits = sum(a == b == name for a, b in zip(told, truth, strict=True))
    return {
        "precision": round(hits / max(1, told.count(name)), 6),
        "recall": round(hits / max(1, truth.count(name)), 6),
        "texts": truth.count(name),
    }


def score(folder: str, path: str, field: str) -> None:
    """Prints a line of JSON for each text of a file: its label, the chance of that, and of two
    labels the score.
    """
    model = TextModel(folder)
    texts = read_texts(path, field)
    for at in range(0, len(texts), _AT_ONCE):
        for line in _scored(model, texts[at : at + _AT_ONCE]):
            answer(json.dumps(line))


def _scored(model: TextModel, texts: list[str]) -> Iterator[dict[str, object]]:
    labels, chances = model.best(texts)
    scores = model.score(texts) if model.positive else [None] * len(texts)
    for label, chance, one in zip(labels, chances, scores, strict=True):
        found: dict[str, object] = {"label": label, "chance": round(float(chance), 6)}
        yield found | ({"score": round(float(one), 6)} if one is not None else {})
