"""A label file to a model: two kinds on the same folds, the better one kept, its figures told.

Settings are chosen on one fold; the figures are of the other four, each told by a model that has
not seen its sites nor anything like its texts. The model that is kept has seen all rows.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers import metrics
from classifiers.fasttext_model import CARD, TEXT_FORM, bytes_hash
from classifiers.labels import baselines
from classifiers.labels.fold_groups import FOLDS, folds
from classifiers.labels.label_file import Labelled
from classifiers.labels.linear_model import LinearSetting
from classifiers.labels.model_kinds import FAMILIES, GRID, Grid, Places, Rows, settings_of
from classifiers.labels.text_model import FILES, KIND, Answer, Asked
from pipeline import files
from pipeline.document import digest
from pipeline.errors import UsageError

NOT_BETTER = "NO MODEL BEATS MAJORITY AND NEAREST CENTROID"
LEAST_TEXTS = 10  # of a label
_YES = ("1", "true", "yes", "positive")  # labels of which nobody asks which of two is meant


@dataclass
class Told:
    """What models that have not seen texts say of them: labels, of two the positive's chance."""

    places: Places
    labels: list[str] = field(default_factory=list)
    scores: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def joined(cls, parts: Sequence["Told"]) -> "Told":
        """What was told of one fold after the other."""
        return cls(
            np.concatenate([part.places for part in parts]),
            [label for part in parts for label in part.labels],
            np.concatenate([part.scores for part in parts]),
        )


def train_labels(
    rows: Sequence[Labelled], folder: str, seed: int, positive: str = "", grid: Grid = GRID
) -> dict[str, Any]:
    """Writes the model folder and gives its card. UsageError for too few rows, labels or sites."""
    rows = sorted(rows)  # whatever order they came in
    data = _rows(rows, seed, positive)
    told = {name: _told(name, data, grid) for name in FAMILIES if settings_of(name, grid)}
    figures = {name: _figures(one, data) for name, (one, _) in told.items()}
    beaten = {name: _accuracy(labels, data) for name, labels in _baselines(data).items()}
    best = max(figures, key=lambda name: _measure(figures[name]))
    one, setting = told[best]
    model = FAMILIES[best]([(data.texts, data.labels, setting)], data, grid)[0][1]
    files.write_bytes_atomic(files.join(folder, FILES[best]), model)
    card = {
        "about": _about(best, figures, beaten, data.positive),
        "version": 1,
        "kind": KIND,
        "family": best,
        "setting": setting._asdict() if isinstance(setting, LinearSetting) else asdict(setting),
        "labels": data.names,
        "positive": data.positive,
        "text_form": TEXT_FORM,
        "seed": seed,
        "metrics": figures,
        "baselines": beaten,
        **_calibrated(one, data),
        "data": _data(rows, data),
        "hash": bytes_hash(model),
    }
    files.write_json(files.join(folder, CARD), card)  # last: a folder with a card is whole
    return card


def _rows(rows: Sequence[Labelled], seed: int, positive: str) -> Rows:
    counts = Counter(row.label for row in rows)
    if len(counts) < 2:
        raise UsageError("all texts have the same label; a model tells two or more apart")
    if few := next((name for name in sorted(counts) if counts[name] < LEAST_TEXTS), ""):
        raise UsageError(
            f"label {few!r} has {counts[few]} texts, a model needs {LEAST_TEXTS}; add some or take "
            "the label out"
        )
    if positive and len(counts) > 2:
        raise UsageError(f"--positive is of two labels, there are {len(counts)}; take it out")
    if positive and positive not in counts:
        raise UsageError(f"no text has the label {positive!r}; there are {sorted(counts)}")
    fold = folds(rows, seed)
    for number in range(FOLDS):
        others = {row.label for row, one in zip(rows, fold, strict=True) if one != number}
        if not (fold == number).any() or len(others) < len(counts):
            raise UsageError(
                "a label stands on too few sites to be told on others; give texts of more sites"
            )
    return Rows(
        [row.text for row in rows],
        [row.label for row in rows],
        fold,
        sorted(counts),
        positive or _positive(counts) if len(counts) == 2 else "",
    )


def _positive(counts: Counter[str]) -> str:
    plain = next((name for name in sorted(counts) if name.lower() in _YES), "")
    return plain or min(counts, key=lambda name: (counts[name], name))


def _told(name: str, data: Rows, grid: Grid) -> tuple[Told, Any]:
    """What models of the best setting say of four folds, and the setting, chosen on the other."""
    family, settings = FAMILIES[name], settings_of(name, grid)
    rest, chosen_on = np.flatnonzero(data.fold != 0), np.flatnonzero(data.fold == 0)
    models = family([(*data.of(rest), setting) for setting in settings], data, grid)
    tried = [_figures(_ask(model, chosen_on, data), data) for model, _ in models]
    at = max(range(len(settings)), key=lambda at: (_measure(tried[at]), -at))
    sides = [np.flatnonzero(data.fold != number) for number in range(1, FOLDS)]
    models = family([(*data.of(side), settings[at]) for side in sides], data, grid)
    parts = [
        _ask(model, np.flatnonzero(data.fold == number), data)
        for number, (model, _) in enumerate(models, 1)
    ]
    return Told.joined(parts), settings[at]


def _ask(model: Asked, places: Places, data: Rows) -> Told:
    texts, _ = data.of(places)
    if not data.positive:
        answer: Answer = model.best(texts)
        return Told(places, answer.labels, answer.chances)
    scores = np.nan_to_num(model.chance(texts, data.positive), nan=0.0)
    (other,) = (name for name in data.names if name != data.positive)
    return Told(places, [data.positive if s >= 0.5 else other for s in scores], scores)


def _figures(told: Told, data: Rows) -> dict[str, float]:
    """Accuracy, macro-F1, the error of the calibration; of two labels the AUC too."""
    found = {**_accuracy(told, data), "texts": float(len(told.places))}
    is_so = _is_so(told, data)
    if data.positive:
        found["auc"] = metrics.auc(told.scores, is_so)
    found["calibration_error"] = metrics.crossed_calibration_error(
        told.scores, is_so, data.fold[told.places]
    )
    return {name: round(value, 6) for name, value in found.items() if value == value}


def _measure(figures: dict[str, float]) -> float:
    """What settings and kinds are compared by."""
    return figures.get("auc", figures["accuracy"] + figures["macro_f1"])


def _calibrated(told: Told, data: Rows) -> dict[str, Any]:
    """What makes a chance of a score: of the positive one of two labels, otherwise that the
    likeliest is right; and how the chances of unseen texts lie.
    """
    calibration = metrics.calibrate(told.scores, _is_so(told, data))
    return {
        "calibration": asdict(calibration),
        "quantiles": metrics.percentiles(calibration.apply(told.scores)),
    }


def _is_so(told: Told, data: Rows) -> NDArray[np.bool_]:
    """Whether what a score is the chance of is so."""
    _, truth = data.of(told.places)
    wanted = [data.positive] * len(truth) if data.positive else told.labels
    return np.array([one == other for one, other in zip(wanted, truth, strict=True)])


def _baselines(data: Rows) -> dict[str, Told]:
    """What has to be beaten, on the same folds."""
    found: dict[str, list[Told]] = {"majority": [], "centroid": []}
    for number in range(1, FOLDS):
        learnt, asked = np.flatnonzero(data.fold != number), np.flatnonzero(data.fold == number)
        texts, labels = data.of(learnt)
        others, _ = data.of(asked)
        found["majority"].append(Told(asked, baselines.majority(labels, len(others))))
        nearest = baselines.centroids(texts, labels, others, data.names)
        found["centroid"].append(Told(asked, nearest))
    return {name: Told.joined(parts) for name, parts in found.items()}


def _accuracy(told: Told, data: Rows) -> dict[str, float]:
    _, truth = data.of(told.places)
    same = float(np.mean([a == b for a, b in zip(told.labels, truth, strict=True)]))
    return {"accuracy": round(same, 6), "macro_f1": round(metrics.macro_f1(told.labels, truth), 6)}


def _about(
    best: str,
    figures: dict[str, dict[str, float]],
    beaten: dict[str, dict[str, float]],
    positive: str,
) -> str:
    """The first line of the card."""
    shown = [
        f"{name} {one['accuracy']:.3f}/{one['macro_f1']:.3f}"
        for name, one in (*figures.items(), *beaten.items())
    ]
    told = f"accuracy/macro-F1 on unseen sites: {', '.join(shown)}; {best} is kept"
    told += f"; the score is that of {positive!r}" if positive else ""
    better = any(
        all(one[key] > other[key] + _error(one) for other in beaten.values())
        for one in figures.values()
        for key in ("accuracy", "macro_f1")
    )
    margin = max(map(_error, figures.values()))
    return told if better else f"{NOT_BETTER} BY MORE THAN CHANCE ({margin:.3f}): {told}"


def _error(figures: dict[str, float]) -> float:
    """The standard error of a share of so many texts, at most."""
    return 0.5 / math.sqrt(figures["texts"])


def _data(rows: Sequence[Labelled], data: Rows) -> dict[str, Any]:
    return {
        "texts": dict(sorted(Counter(data.labels).items())),
        "sites": len({row.site for row in rows if row.site}),
        "hash": digest(*(f"{row.label}\n{row.site}\n{row.text}" for row in rows)),
    }
