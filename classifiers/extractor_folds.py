"""Held-out figures of the block model: by site, or leaving out one whole collection at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from classifiers.evaluation import word_f1
from classifiers.extractor_fit import Example, Settings, fit_model
from classifiers.extractor_pages import BY_CHARACTER, FULL_TEXT, GoldPage
from pipeline.extract.extractor import extract_text
from pipeline.extract.model import BlockModel
from pipeline.extract.walk import Limits


def models_by_site(examples: Sequence[Example], settings: Settings) -> dict[int, BlockModel]:
    """For each fold of sites, the model of all other folds."""
    folds = sorted({example.fold for example in examples})
    return {
        fold: fit_model([example for example in examples if example.fold != fold], settings)
        for fold in folds
    }


def models_by_collection(examples: Sequence[Example], settings: Settings) -> dict[str, BlockModel]:
    """For each collection with gold, the model of all others."""
    return {
        name: fit_model([example for example in examples if example.collection != name], settings)
        for name in FULL_TEXT
    }


def held_out_figures(
    pages: Sequence[GoldPage], models: Mapping[int, BlockModel], limits: Limits
) -> dict[str, Any]:
    """Mean word F1 by collection and page type; each page by the model that never saw its site.

    A page that is dropped counts as an empty text.
    """
    scores: defaultdict[str, list[float]] = defaultdict(list)
    types: defaultdict[str, list[float]] = defaultdict(list)
    for page in pages:
        found = extract_text(page.html, models[page.fold], limits)
        text = "" if isinstance(found, str) else found.text
        score = word_f1(text, page.gold_text, page.collection in BY_CHARACTER)
        scores[page.collection].append(score)
        if page.page_type:
            types[page.page_type].append(score)
    return summary(scores) | {"wcxb_page_types": means(types)}


def summary(scores: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Means by collection, and the mean of these means."""
    by_name = [float(np.mean(values)) for values in scores.values()]
    return {"word_f1": means(scores), "mean_word_f1": round(float(np.mean(by_name)), 4)}


def means(scores: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Pages and mean of each name."""
    return {
        name: {"pages": len(values), "word_f1": round(float(np.mean(values)), 4)}
        for name, values in sorted(scores.items())
    }
