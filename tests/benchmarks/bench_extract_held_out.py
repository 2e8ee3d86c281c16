"""The block model on sites, and on whole collections, that it never saw, beside trafilatura.

    GRISTMILL_DATA=<folder> python tests/benchmarks/bench_extract_held_out.py

Nine models are trained anew with the shipped settings for each of three seeds: five that each leave
out a fold of sites, four that leave out a collection. The last lines tell the mean over the seeds
and how far they lie apart. Takes some forty minutes on two cores.
"""

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from classifiers.evaluation import bootstrap_difference, page_f1
from classifiers.extractor.extractor_fit import Settings
from classifiers.extractor.extractor_folds import (
    Group,
    collection_of,
    figures,
    fold_of,
    held_out_texts,
    models_by,
)
from classifiers.extractor.extractor_pages import BY_CHARACTER, FULL_TEXT, GoldPage, read_gold
from classifiers.extractor.extractor_training import GOLD, LIMITS, training_examples
from pipeline.extract.extractor import Extracted
from pipeline.extract.others import extract_with
from pipeline.recipe import ExtractConfig

SEEDS = (1729, 1732, 1735)  # a model takes as many as it has bags
MODES = ("trafilatura", "trafilatura_precision")


def peer_texts(pages: Sequence[GoldPage], mode: str) -> list[str]:
    config = ExtractConfig.model_validate({"extractor": mode})
    found = [extract_with(config, page.html) for page in pages]
    return [text.text if isinstance(text, Extracted) else "" for text in found]


def by_collection(pages: Sequence[GoldPage], texts: Sequence[str]) -> dict[str, list[float]]:
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for page, text in zip(pages, texts, strict=True):
        score = page_f1(text, page.gold_text, page.collection in BY_CHARACTER)
        scores[page.collection].append(score)
    return dict(scores)


def show(name: str, pages: Sequence[GoldPage], texts: Sequence[str]) -> None:
    found = figures(pages, texts)
    cells = [f"{key} {value['word_f1']:.4f}" for key, value in found["word_f1"].items()]
    print(f"{name:24}mean {found['mean_word_f1']:.4f}  " + "  ".join(cells))
    types = found["wcxb_page_types"].items()
    print(
        " " * 24 + "  ".join(f"{key} {row['word_f1']:.3f} ({row['pages']})" for key, row in types)
    )


def main() -> None:
    folder = Path(os.environ["GRISTMILL_DATA"])
    pages = [page for name in FULL_TEXT for page in read_gold(folder / GOLD, name)]
    peers = {mode: peer_texts(pages, mode) for mode in MODES}
    for mode, texts in peers.items():
        show(mode, pages, texts)
    examples = training_examples(folder)
    ways: tuple[tuple[str, Group, Sequence[str]], ...] = (
        ("held out by site", fold_of, ()),
        ("held out by collection", collection_of, FULL_TEXT),
    )
    for name, group, groups in ways:
        above: defaultdict[str, list[float]] = defaultdict(list)
        for seed in SEEDS:
            models = models_by(examples, replace(Settings(), seed=seed), group, groups)
            texts = held_out_texts(pages, models, group, LIMITS)
            show(f"{name}, {seed}", pages, texts)
            ours = by_collection(pages, texts)
            for mode in MODES:
                mean, low, high = bootstrap_difference(ours, by_collection(pages, peers[mode]))
                print(f"    above {mode}: {mean:+.4f} [{low:+.4f}, {high:+.4f}]", flush=True)
                above[mode].append(mean)
        for mode, means in above.items():
            spread = f"{min(means):+.4f} to {max(means):+.4f}"
            print(f"{name}, above {mode}: {np.mean(means):+.4f} ({spread})")


if __name__ == "__main__":
    main()
