"""The Wikipedia-referenced model: trained on chosen examples, calibrated, measured, written down.

The recipe is LLaMA's (arXiv 2302.13971: pages that Wikipedia cites against random pages) without
the leaks of its published copies: both classes have the same lengths and at most 20 pages a site,
and no site is on two sides, because a model that has seen a host recognises the host. Negatives are
pages of which nothing is known, so the score is the likeness to a referenced page, not a
probability of quality.
"""

import math
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers import metrics
from classifiers.examples import FOLDS, Chosen, Example, ReferencedSettings, choose, closed_reason
from classifiers.fasttext_model import (
    CARD,
    MODEL,
    TEXT_FORM,
    FasttextModel,
    Training,
    TrainSettings,
    bytes_hash,
    read_card,
    train_all,
)
from classifiers.wikipedia_links import ReferencedUrls
from pipeline import files
from pipeline.document import digest, unit_hash

POSITIVE, NEGATIVE = "referenced", "unknown"
UPDATES = 20_000  # texts that training reads at least: fewer leave all scores near a half


def train_referenced(
    examples: Iterable[Example],
    urls: ReferencedUrls,
    folder: str,
    seed: int,
    settings: ReferencedSettings | None = None,
) -> dict[str, Any]:
    """Writes the model folder and gives its card; `card["closed"]` is "" or why the gate stays off.

    Takes a bounded list of examples. Too few of them, or a model that is too weak on unseen sites,
    is no error: the card says so and `load_referenced` gives None.
    """
    settings = settings or ReferencedSettings()
    chosen = choose(examples, urls, seed, settings)
    card = _card(chosen, urls, seed, settings)
    if not card["closed"]:
        card |= _fitted(chosen, folder, seed, settings)
    files.write_json(files.join(folder, CARD), card)  # last: a folder with a card is whole
    return card


def _card(
    chosen: Sequence[Chosen], urls: ReferencedUrls, seed: int, settings: ReferencedSettings
) -> dict[str, Any]:
    """What is known before training."""
    return {
        "version": 1,
        "kind": "referenced",
        "positive": POSITIVE,
        "text_form": TEXT_FORM,
        "seed": seed,
        "settings": asdict(settings),
        "data": _data(chosen, urls),
        "closed": closed_reason(chosen, settings),
    }


def _fitted(
    chosen: Sequence[Chosen], folder: str, seed: int, settings: ReferencedSettings
) -> dict[str, Any]:
    """Trains, calibrates on the sites kept for it, measures on those that training has not seen."""
    positive = np.array([row.positive for row in chosen])
    raw, model = _fit(chosen, positive, settings)
    files.write_bytes_atomic(files.join(folder, MODEL), model)
    tuning = _on(chosen, "calibrate", *FOLDS)
    calibration = metrics.calibrate(raw[tuning], positive[tuning])
    figures = _figures(chosen, raw, calibration.apply(raw), settings)
    figures["auc_random_labels"] = _null_auc(chosen, seed, settings)
    unseen = figures["auc_unseen_sites"]
    weak = f"AUC {unseen:.3f} on unseen sites is below {settings.min_auc}"
    return {
        "hash": bytes_hash(model),
        "calibration": asdict(calibration),
        "metrics": {name: round(value, 6) for name, value in figures.items() if value == value},
        "closed": "" if unseen >= settings.min_auc else weak,
    }


def _figures(
    chosen: Sequence[Chosen],
    raw: NDArray[np.float64],
    chances: NDArray[np.float64],
    settings: ReferencedSettings,
) -> dict[str, float]:
    """How good the scores are: by raw scores on all unseen sites, by chances on the test side.

    With folds both are all examples, each scored by a model that has not seen its site.
    """
    positive = np.array([row.positive for row in chosen])
    lengths = np.array([len(row.example.text) for row in chosen], dtype=np.float64)
    held_out, test = ~_on(chosen, "train"), _on(chosen, "test", *FOLDS)
    cut = metrics.threshold_at_keep(chances[test], np.ones(int(test.sum())), settings.keep)
    precision, recall = metrics.precision_recall(chances[test], positive[test], cut)
    return {
        "auc_unseen_sites": metrics.auc(raw[held_out], positive[held_out]),
        "auc_seen_sites": metrics.auc(raw[~held_out], positive[~held_out]),
        "auc_of_length": metrics.auc(lengths[held_out], positive[held_out]),
        "precision_at_keep": precision,
        "recall_at_keep": recall,
        "calibration_error": metrics.calibration_error(chances[test], positive[test]),
    }


def _fit(
    chosen: Sequence[Chosen], labels: NDArray[np.bool_], settings: ReferencedSettings
) -> tuple[NDArray[np.float64], bytes]:
    """Raw scores, and the bytes of the model: of the training side, or with folds of everything.

    With folds every example is scored by a model of the other folds.
    """
    if not _on(chosen, *FOLDS).any():
        (scores,), model = _trained(chosen, labels, [_on(chosen, "train")], settings)
        return scores, model
    folds = [_on(chosen, fold) for fold in sorted({row.side for row in chosen})]
    sides = [_on(chosen, *FOLDS), *(~fold for fold in folds)]
    (_, *others), model = _trained(chosen, labels, sides, settings)
    scores = np.zeros(len(chosen))
    for fold, found in zip(folds, others, strict=True):
        scores[fold] = found[fold]
    return scores, model


def _on(chosen: Sequence[Chosen], *sides: str) -> NDArray[np.bool_]:
    return np.array([row.side in sides for row in chosen], dtype=np.bool_)


def _trained(
    chosen: Sequence[Chosen],
    labels: NDArray[np.bool_],
    sides: Sequence[NDArray[np.bool_]],
    settings: ReferencedSettings,
) -> tuple[list[NDArray[np.float64]], bytes]:
    """For each side, raw scores of all examples by a model of it; and the bytes of the first."""
    texts = [row.example.text for row in chosen]
    named = [POSITIVE if label else NEGATIVE for label in labels]
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name, str(number)) for number in range(len(sides))]
        for folder in folders:
            folder.mkdir()
        train_all(
            Training(
                compress(zip(named, texts, strict=True), side),
                str(folder / MODEL),
                _enough(settings.training, int(side.sum())),
            )
            for folder, side in zip(folders, sides, strict=True)
        )
        return [_scores(folder, texts) for folder in folders], (folders[0] / MODEL).read_bytes()


def _enough(settings: TrainSettings, texts: int) -> TrainSettings:
    """So many epochs that few texts are read often enough."""
    return replace(settings, epochs=max(settings.epochs, math.ceil(UPDATES / texts)))


def _scores(folder: Path, texts: list[str]) -> NDArray[np.float64]:
    of_file = files.checksum(str(folder / MODEL))
    card = {"hash": of_file, "text_form": TEXT_FORM, "positive": POSITIVE}
    files.write_json(str(folder / CARD), card)
    return np.nan_to_num(FasttextModel(str(folder)).score(texts), nan=0.0)


def _null_auc(chosen: Sequence[Chosen], seed: int, settings: ReferencedSettings) -> float:
    """Mean AUC on unseen sites when labels by site are random: what is far from 0.5 is leakage.

    One training each: of folds three teach, and two are unseen.
    """
    learnt = _on(chosen, "train", *FOLDS[:3])
    found = []
    for run in range(settings.null_runs):
        drawn = np.array([unit_hash(seed, f"null-{run}", row.example.site) < 0.5 for row in chosen])
        if len(set(drawn[learnt])) == len(set(drawn[~learnt])) == 2:
            (scores,), _ = _trained(chosen, drawn, [learnt], settings)
            found.append(metrics.auc(scores[~learnt], drawn[~learnt]))
    return float(np.mean(found)) if found else float("nan")


def _data(chosen: Sequence[Chosen], urls: ReferencedUrls) -> dict[str, Any]:
    """What the model is made of: counts by side and class, sites, and a hash over the examples."""
    counts = Counter(f"{row.side}_{POSITIVE if row.positive else NEGATIVE}" for row in chosen)
    sites = {(row.example.site, row.side) for row in chosen}
    return {
        "examples": dict(sorted(counts.items())),
        "sites": dict(sorted(Counter(side for _, side in sites).items())),
        "hash": digest(*(f"{row.example.id}{row.positive:d}{row.side}" for row in chosen)),
        "cited_urls": len(urls.cited),
        "linked_urls": len(urls.linked),
        "host_cited_sites": len(urls.host_cited),
    }


class ReferencedModel:
    """A trained model with its calibration. Cannot be pickled: load it in a worker's setup."""

    def __init__(self, folder: str) -> None:
        self._model = FasttextModel(folder)
        knots = self._model.card["calibration"]
        self._calibration = metrics.Calibration(tuple(knots["scores"]), tuple(knots["chances"]))

    def score(self, texts: list[str]) -> NDArray[np.float64]:
        """Likeness to a referenced page per text, in [0, 1]; 0 for a text without words."""
        return np.nan_to_num(self._calibration.apply(self._model.score(texts)), nan=0.0)


def load_referenced(folder: str) -> ReferencedModel | None:
    """The model of `folder`, or None where its card says that the gate stays off."""
    return None if read_card(folder).get("closed") else ReferencedModel(folder)
