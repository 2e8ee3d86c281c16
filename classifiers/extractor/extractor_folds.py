"""Held-out figures of the block model: by site, or leaving out one whole collection at a time."""

import os
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from multiprocessing import get_context
from typing import Any, Protocol

import numpy as np

from classifiers.evaluation import page_f1
from classifiers.extractor.extractor_fit import Example, Settings, fit_model
from classifiers.extractor.extractor_pages import BY_CHARACTER, GoldPage
from pipeline.extract.extractor import extract_text
from pipeline.extract.judge.model import BlockModel
from pipeline.tags.limits import Limits


class Grouped(Protocol):
    """A page with its fold of sites and its collection."""

    @property
    def fold(self) -> int: ...
    @property
    def collection(self) -> str: ...


Group = Callable[[Grouped], Hashable]


def fold_of(page: Grouped) -> Hashable:
    return page.fold


def collection_of(page: Grouped) -> Hashable:
    return page.collection


def models_by(
    examples: Sequence[Example],
    settings: Settings,
    group: Group,
    names: Sequence[Hashable] = (),
) -> dict[Hashable, BlockModel]:
    """For each group (of `names`, where given) the model of all other groups.

    Trained in as many processes as there are cores: each training is one thread, so that the model
    is the same everywhere.
    """
    chosen = list(names) or sorted({group(example) for example in examples}, key=str)
    # Forked workers inherit the examples; sending them would cost more than a training.
    context = get_context("fork")
    with context.Pool(os.cpu_count(), _hold, (examples, settings, group)) as pool:
        return dict(zip(chosen, pool.map(_fit_without, chosen, chunksize=1), strict=True))


_held: list[tuple[Sequence[Example], Settings, Group]] = []


def _hold(*held: Any) -> None:
    _held[:] = [held]


def _fit_without(name: Hashable) -> BlockModel:
    examples, settings, group = _held[0]
    return fit_model([example for example in examples if group(example) != name], settings)


def held_out_texts(
    pages: Sequence[GoldPage], models: Mapping[Hashable, BlockModel], group: Group, limits: Limits
) -> list[str]:
    """The text of each page by the model that never saw its group; empty where it is dropped."""
    found = [extract_text(page.html, models[group(page)], limits) for page in pages]
    return ["" if isinstance(text, str) else text.text for text in found]


def figures(pages: Sequence[GoldPage], texts: Sequence[str]) -> dict[str, Any]:
    """Mean word F1 by collection and page type."""
    scores: defaultdict[str, list[float]] = defaultdict(list)
    types: defaultdict[str, list[float]] = defaultdict(list)
    for page, text in zip(pages, texts, strict=True):
        score = page_f1(text, page.gold_text, page.collection in BY_CHARACTER)
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
