"""The Wikipedia-referenced model: trained on chosen examples, calibrated, measured, written down.

The recipe is LLaMA's (arXiv 2302.13971: pages that Wikipedia cites against random pages) without
the leaks of its published copies: both classes have the same surface, languages, sources and
formats and at most 20 pages a site, and all figures are of pages on sites that the model which
scored them had not seen. Negatives are pages of which nothing is known, so the score is the
likeness to a referenced page in a sample of as many of both, not a probability of quality.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers import metrics
from classifiers.examples import Chosen, Example, ReferencedSettings, choose, closed_reason
from classifiers.fasttext_model import CARD, MODEL, TEXT_FORM, FasttextModel, bytes_hash, read_card
from classifiers.folded_training import trained
from classifiers.labels.fold_groups import FOLDS
from classifiers.seen_pages import SEEN, SeenPages, read_seen, write_seen
from classifiers.surface import PROPERTIES, surface
from classifiers.wikipedia.tiers import ReferencedUrls
from pipeline import files
from pipeline.document import digest, unit_hash

POSITIVE, NEGATIVE = "referenced", "unknown"
WARNS = 0.65  # AUC of a property of the surface that tells the classes apart
_TAUGHT = 3  # folds that teach random labels

Floats = NDArray[np.float64]


def train_referenced(
    examples: Iterable[Example],
    urls: ReferencedUrls,
    folder: str,
    seed: int,
    settings: ReferencedSettings | None = None,
    prior: float = 0.0,
) -> dict[str, Any]:
    """Writes the model folder and gives its card; `card["closed"]` is "" or why the gate stays off.

    Takes a bounded list of examples; `prior` is the share of cited pages in the corpus that they
    were drawn from, 0 where it is not known. Too few examples, or a model that is too weak on
    unseen sites, is no error: the card says so and `load_referenced` gives None.
    """
    settings = settings or ReferencedSettings()
    chosen = choose(examples, urls, seed, settings)
    card = _card(chosen, urls, seed, settings)
    if not card["closed"]:
        card |= _fitted(chosen, folder, seed, settings, prior)
    files.write_json(files.join(folder, CARD), card)  # last: a folder with a card is whole
    return card


def _card(
    chosen: Sequence[Chosen], urls: ReferencedUrls, seed: int, settings: ReferencedSettings
) -> dict[str, Any]:
    """What is known before training."""
    return {
        "version": 2,
        "kind": "referenced",
        "positive": POSITIVE,
        "text_form": TEXT_FORM,
        "seed": seed,
        "settings": asdict(settings),
        "data": _data(chosen, urls),
        "closed": closed_reason(chosen, settings),
    }


def _fitted(
    chosen: Sequence[Chosen], folder: str, seed: int, settings: ReferencedSettings, prior: float
) -> dict[str, Any]:
    """Trains, calibrates and measures, all by scores of models that have not seen a page's site."""
    positive, fold = _labels(chosen), _folds(chosen)
    raw, model = _fit(chosen, positive, settings)
    files.write_bytes_atomic(files.join(folder, MODEL), model)
    calibration = metrics.calibrate(raw, positive)
    chances = calibration.apply(raw)
    write_seen(folder, [row.example.id for row in chosen], chances)
    probes = _probes(chosen, positive)
    figures = {
        "auc_unseen_sites": metrics.auc(raw, positive),
        "calibration_error": metrics.crossed_calibration_error(raw, positive, fold),
        "auc_random_labels": null_auc(chosen, seed, settings),
        **probes,
        **_at_keep(chances, positive, settings.keep, prior),
    }
    unseen = figures["auc_unseen_sites"]
    weak = f"AUC {unseen:.3f} on unseen sites is below {settings.min_auc}"
    return {
        "hash": bytes_hash(model),
        "seen": files.checksum(files.join(folder, SEEN)),
        "calibration": asdict(calibration),
        "prior": {"corpus": round(prior, 9), "sample": 0.5},
        "metrics": {name: round(value, 6) for name, value in figures.items() if value == value},
        "quantiles": metrics.percentiles(chances),
        "warnings": _warnings(probes),
        "closed": "" if unseen >= settings.min_auc else weak,
    }


def _labels(chosen: Sequence[Chosen]) -> NDArray[np.bool_]:
    return np.array([row.positive for row in chosen])


def _folds(chosen: Sequence[Chosen]) -> NDArray[np.int64]:
    return np.array([row.fold for row in chosen])


def _at_keep(
    chances: Floats, positive: NDArray[np.bool_], keep: float, prior: float
) -> dict[str, float]:
    """Precision and recall where the best `keep` is kept: of the sample, where half is referenced,
    and as they would be in the corpus, where `prior` is.
    """
    cut = metrics.threshold_at_keep(chances, np.ones(len(chances)), keep)
    precision, recall = metrics.precision_recall(chances, positive, cut)
    found = {"precision_at_keep": precision, "recall_at_keep": recall}
    if prior:
        weights = np.where(positive, prior / positive.mean(), (1 - prior) / (1 - positive.mean()))
        cut = metrics.threshold_at_keep(chances, weights, keep)
        above = chances >= cut
        kept = weights[above].sum()
        found["precision_at_keep_in_corpus"] = float(weights[above & positive].sum() / kept)
    return found


def _probes(chosen: Sequence[Chosen], positive: NDArray[np.bool_]) -> dict[str, float]:
    """How well properties of the surface alone tell the classes apart, in whichever direction."""
    columns = surface([row.example.text for row in chosen]).T
    found = {
        f"auc_of_{name}": metrics.auc(column, positive)
        for name, column in zip(PROPERTIES, columns, strict=True)
    }
    return {name: max(value, 1 - value) for name, value in found.items()}


def _warnings(probes: dict[str, float]) -> list[str]:
    return [
        f"{name.removeprefix('auc_of_').replace('_', ' ')} alone tells the classes apart: AUC "
        f"{value:.2f}"
        for name, value in probes.items()
        if value > WARNS
    ]


def _fit(
    chosen: Sequence[Chosen], labels: NDArray[np.bool_], settings: ReferencedSettings
) -> tuple[Floats, bytes]:
    """For every example a raw score by a model of the other folds; and the bytes of a model of
    all.
    """
    fold = _folds(chosen)
    sides = [np.ones(len(chosen), dtype=bool), *(fold != number for number in range(FOLDS))]
    (_, *others), model = _trained(chosen, labels, sides, settings)
    return np.choose(fold, others), model


def _trained(
    chosen: Sequence[Chosen],
    labels: NDArray[np.bool_],
    sides: Sequence[NDArray[np.bool_]],
    settings: ReferencedSettings,
) -> tuple[list[Floats], bytes]:
    texts = [row.example.text for row in chosen]
    named = [POSITIVE if label else NEGATIVE for label in labels]
    return trained(texts, named, sides, settings.training, POSITIVE)


def null_auc(chosen: Sequence[Chosen], seed: int, settings: ReferencedSettings) -> float:
    """Mean AUC on unseen sites when labels by site are random: what is far from 0.5 is leakage.

    One training each: of the five folds three teach, and two are unseen.
    """
    learnt = _folds(chosen) < _TAUGHT
    found = []
    for run in range(settings.null_runs):
        drawn = np.array([unit_hash(seed, f"null-{run}", row.example.site) < 0.5 for row in chosen])
        if len(set(drawn[learnt])) == len(set(drawn[~learnt])) == 2:
            (scores,), _ = _trained(chosen, drawn, [learnt], settings)
            found.append(metrics.auc(scores[~learnt], drawn[~learnt]))
    return float(np.mean(found)) if found else float("nan")


def _data(chosen: Sequence[Chosen], urls: ReferencedUrls) -> dict[str, Any]:
    """What the model is made of: counts by class, sites by fold, and a hash over the examples."""
    counts = Counter(POSITIVE if row.positive else NEGATIVE for row in chosen)
    sites = {(row.example.site, row.fold) for row in chosen}
    return {
        "examples": dict(sorted(counts.items())),
        "sites": {str(fold): count for fold, count in sorted(Counter(f for _, f in sites).items())},
        "hash": digest(*(f"{row.example.id}{row.positive:d}{row.fold}" for row in chosen)),
        "cited_urls": len(urls.cited),
        "linked_urls": len(urls.linked),
        "host_cited_sites": len(urls.host_cited),
    }


class ReferencedModel:
    """A trained model with its calibration. Cannot be pickled: load it in a worker's setup."""

    def __init__(self, folder: str) -> None:
        self._model = FasttextModel(folder)
        self.card = self._model.card
        self._calibration = metrics.calibration_of(self.card)
        self.seen: SeenPages = read_seen(folder, self.card)

    def score(self, texts: Sequence[str]) -> Floats:
        """Likeness to a referenced page per text, in [0, 1]; 0 for a text without words."""
        return np.nan_to_num(self._calibration.apply(self._model.score(list(texts))), nan=0.0)


def load_referenced(folder: str) -> ReferencedModel | None:
    """The model of `folder`, or None where its card says that the gate stays off."""
    return None if read_card(folder).get("closed") else ReferencedModel(folder)
