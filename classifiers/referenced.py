"""The Wikipedia-referenced model: trained on chosen examples, calibrated, measured, written down.

The recipe is LLaMA's (arXiv 2302.13971: pages that Wikipedia cites against random pages) without
the leaks of its published copies: both classes have the same lengths and at most 20 pages a site,
and no site is on two sides, because a model that has seen a host recognises the host. Negatives are
pages of which nothing is known, so the score is the likeness to a referenced page, not a
probability of quality.
"""

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers import metrics
from classifiers.examples import Chosen, Example, ReferencedSettings, choose, closed_reason
from classifiers.fasttext_model import (
    CARD,
    MODEL,
    TEXT_FORM,
    FasttextModel,
    read_card,
    train,
)
from classifiers.wikipedia import ReferencedUrls
from pipeline import files
from pipeline.document import digest, unit_hash

POSITIVE, NEGATIVE = "referenced", "unknown"


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
    card: dict[str, Any] = {
        "version": 1,
        "kind": "referenced",
        "positive": POSITIVE,
        "text_form": TEXT_FORM,
        "seed": seed,
        "settings": asdict(settings),
        "data": _data(chosen, urls),
        "closed": closed_reason(chosen, settings),
    }
    if not card["closed"]:
        card |= _fitted(chosen, card, folder, seed, settings)
    files.write_json(files.join(folder, CARD), card)
    return card


def _fitted(
    chosen: Sequence[Chosen],
    card: dict[str, Any],
    folder: str,
    seed: int,
    settings: ReferencedSettings,
) -> dict[str, Any]:
    """Trains, calibrates on the sites kept for it, measures on those that training has not seen."""
    raw, digest_of_file = _trained_scores(
        chosen, [row.positive for row in chosen], folder, card, settings
    )
    positive = np.array([row.positive for row in chosen])
    side = np.array([row.side for row in chosen])
    held_out, tuning, test = side != "train", side == "calibrate", side == "test"
    calibration = metrics.calibrate(raw[tuning], positive[tuning])
    chances = calibration.apply(raw)
    cut = metrics.threshold_at_keep(chances[test], np.ones(int(test.sum())), settings.keep)
    precision, recall = metrics.precision_recall(chances[test], positive[test], cut)
    unseen = metrics.auc(raw[held_out], positive[held_out])
    figures = {
        "auc_unseen_sites": unseen,
        "auc_seen_sites": metrics.auc(raw[~held_out], positive[~held_out]),
        "auc_of_length": metrics.auc(_lengths(chosen)[held_out], positive[held_out]),
        "auc_random_labels": _null_auc(chosen, card, seed, settings),
        "precision_at_keep": precision,
        "recall_at_keep": recall,
        "calibration_error": metrics.calibration_error(chances[test], positive[test]),
    }
    weak = f"AUC {unseen:.3f} on unseen sites is below {settings.min_auc}"
    return {
        "hash": digest_of_file,
        "calibration": asdict(calibration),
        "metrics": {name: round(value, 6) for name, value in figures.items() if value == value},
        "closed": "" if unseen >= settings.min_auc else weak,
    }


def _trained_scores(
    chosen: Sequence[Chosen],
    labels: Sequence[bool],
    folder: str,
    card: dict[str, Any],
    settings: ReferencedSettings,
) -> tuple[NDArray[np.float64], str]:
    """Raw scores of all examples by a model of the training side, and the hash of its file."""
    pairs = [
        (POSITIVE if label else NEGATIVE, row.example.text)
        for row, label in zip(chosen, labels, strict=True)
        if row.side == "train"
    ]
    of_file = train(pairs, files.join(folder, MODEL), settings.training)
    files.write_json(files.join(folder, CARD), {**card, "hash": of_file})
    scores = FasttextModel(folder).score([row.example.text for row in chosen])
    return np.nan_to_num(scores, nan=0.0), of_file


def _null_auc(
    chosen: Sequence[Chosen], card: dict[str, Any], seed: int, settings: ReferencedSettings
) -> float:
    """Mean AUC on unseen sites when labels by site are random: what is far from 0.5 is leakage."""
    held_out = np.array([row.side != "train" for row in chosen])
    found = []
    for run in range(settings.null_runs):
        labels = [unit_hash(seed, f"null-{run}", row.example.site) < 0.5 for row in chosen]
        with tempfile.TemporaryDirectory() as folder:
            scores, _ = _trained_scores(chosen, labels, folder, card, settings)
        found.append(metrics.auc(scores[held_out], np.array(labels)[held_out]))
    return float(np.mean(found)) if found else float("nan")


def _lengths(chosen: Sequence[Chosen]) -> NDArray[np.float64]:
    return np.array([len(row.example.text) for row in chosen], dtype=np.float64)


def _data(chosen: Sequence[Chosen], urls: ReferencedUrls) -> dict[str, Any]:
    """What the model is made of: counts by side and class, sites, and a hash over the examples."""
    counts = Counter(f"{row.side}_{POSITIVE if row.positive else NEGATIVE}" for row in chosen)
    return {
        "examples": dict(sorted(counts.items())),
        "sites": len({row.example.site for row in chosen}),
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
