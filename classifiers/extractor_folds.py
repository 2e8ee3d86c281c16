"""Held-out verdicts of the block model: by site, or leaving out one whole collection at a time."""

from collections.abc import Sequence

from classifiers.extractor_fit import Example, Settings, fit_model
from pipeline.extract.model import BlockModel


def models_by_site(examples: Sequence[Example], settings: Settings) -> dict[int, BlockModel]:
    """For each fold of sites, the model of all other folds."""
    folds = sorted({example.fold for example in examples})
    return {
        fold: fit_model([example for example in examples if example.fold != fold], settings)
        for fold in folds
    }


def models_by_collection(examples: Sequence[Example], settings: Settings) -> dict[str, BlockModel]:
    """For each collection, the model of all others."""
    names = sorted({example.collection for example in examples})
    return {
        name: fit_model([example for example in examples if example.collection != name], settings)
        for name in names
    }
