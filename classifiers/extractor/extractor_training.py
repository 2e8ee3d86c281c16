"""Training and evaluation of the block model.

`train_extractor(folder, output)` reads gold pages and writes a model folder;
`evaluate_extractor(folder, model)` tells how a model does. Both are plain functions of their
inputs: same pages, same model.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from classifiers.evaluation import Snippets, page_f1, snippets
from classifiers.extractor.extractor_fit import Example, Settings, balance, example_of, fit_model
from classifiers.extractor.extractor_folds import (
    collection_of,
    figures,
    fold_of,
    held_out_texts,
    means,
    models_by,
    summary,
)  # fmt: skip
from classifiers.extractor.extractor_labels import block_labels
from classifiers.extractor.extractor_pages import (
    BY_CHARACTER,
    FULL_TEXT,
    GoldPage,
    read_gold,
    read_unlabelled,
)
from pipeline.document import digest, unit_hash
from pipeline.extract.extractor import Extracted, extract_text
from pipeline.extract.judge.characters import character_classes
from pipeline.extract.judge.model import BlockModel, dump_model
from pipeline.extract.others import extract_with
from pipeline.extract.page.walk import read_blocks
from pipeline.recipe import ExtractConfig
from pipeline.urls import site

Extract = Callable[[str], str]
LIMITS = ExtractConfig(extractor="trafilatura")  # the limits; and the teacher of unlabelled pages
SEED = 1729
GOLD, CRAWL = "html-extraction", "crawl"
_PAGES_OF_A_SITE = 8
_LEAST_TAUGHT = 250  # characters
_TAUGHT_IMPORTANCE = 0.5
LICENCES = {
    "wcxb": "CC-BY-4.0",
    "aeb": "MIT",
    "chinese-web": "MIT",
    "readability": "Apache-2.0",
    "crawl": "unlabelled pages; only which blocks trafilatura keeps was learnt",
}


def read_examples(pages: Sequence[GoldPage]) -> list[Example]:
    """The pages that have text, with labels from their gold."""
    classes = character_classes()
    examples = []
    for page in pages:
        blocks = read_blocks(page.html, LIMITS)
        if isinstance(blocks, str):
            continue
        labels = block_labels(blocks.texts, page.gold_text)
        examples.append(example_of(page.collection, page.fold, blocks, labels, classes))
    return examples


def taught_pages(folder: Path) -> list[GoldPage]:
    """Unlabelled pages with trafilatura's text in place of gold: more sites and more languages.

    At most eight pages of a site, the least by a keyed hash; pages where it finds little are left
    out.
    """
    by_site: defaultdict[str, list[GoldPage]] = defaultdict(list)
    for page in read_unlabelled(folder):
        by_site[site(page.url)].append(page)
    taught = []
    for _, pages in sorted(by_site.items()):
        pages.sort(key=lambda page: unit_hash(SEED, page.record_id))
        for page in pages[:_PAGES_OF_A_SITE]:
            text = text_of(extract_with(LIMITS, page.html))
            if len(text) >= _LEAST_TAUGHT:
                taught.append(replace(page, gold={**page.gold, "gold_text": text}))
    return taught


def training_examples(folder: Path) -> list[Example]:
    """All that the model learns from, weighed."""
    gold = [page for name in FULL_TEXT for page in read_gold(folder / GOLD, name)]
    examples = read_examples(gold)
    balance(examples)
    taught = read_examples(taught_pages(folder / CRAWL))
    for example in taught:
        example.importance = _TAUGHT_IMPORTANCE
    return examples + taught


def train_extractor(
    folder: Path, output: Path, settings: Settings | None = None, measure: bool = True
) -> BlockModel:
    """Train on `<folder>/html-extraction/{aeb,chinese-web,readability,wcxb}` and `<folder>/crawl`.

    Writes `model.json` and `card.json` into `output`. `measure` adds figures held out by site and
    by collection to the card, which trains nine models more.
    """
    settings = settings or Settings()
    examples = training_examples(folder)
    model = fit_model(examples, settings)
    measured = held_out(folder, examples, settings) if measure else {}
    write_model(output, model, settings, examples, **measured)
    return model


def held_out(folder: Path, examples: Sequence[Example], settings: Settings) -> dict[str, Any]:
    """Figures on sites, and on whole collections, that the measured models never saw."""
    pages = [page for name in FULL_TEXT for page in read_gold(folder / GOLD, name)]
    by_site = models_by(examples, settings, fold_of)
    by_collection = models_by(examples, settings, collection_of, FULL_TEXT)
    return {
        "held_out_by_site": figures(pages, held_out_texts(pages, by_site, fold_of, LIMITS)),
        "held_out_by_collection": figures(
            pages, held_out_texts(pages, by_collection, collection_of, LIMITS)
        ),
    }


def write_model(
    output: Path, model: BlockModel, settings: Settings, examples: Sequence[Example], **more: Any
) -> None:
    """`model.json` and its card."""
    output.mkdir(parents=True, exist_ok=True)
    text = dump_model(model)
    (output / "model.json").write_text(text, encoding="ascii")
    counts: defaultdict[str, int] = defaultdict(int)
    for example in examples:
        counts[example.collection] += 1
    card = {
        "name": "extractor",
        "what": "keeps or drops the blocks of a web page",
        "hash": digest(text),
        "bytes": len(text),
        "data": [
            {"name": name, "pages": counts[name], "licence": LICENCES[name]}
            for name in sorted(counts)
        ],
        "blocks": sum(len(example.page.texts) for example in examples),
        "settings": asdict(settings),
        **more,
    }
    (output / "card.json").write_text(
        json.dumps(card, indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )


def evaluate_extractor(folder: Path, model: BlockModel) -> dict[str, Any]:
    """Word F1 by collection and page type, and snippet F1 on `trafilatura`, of a model over gold
    pages.
    """
    return evaluate(folder, lambda html: text_of(extract_text(html, model, LIMITS)))


def text_of(found: Extracted | str) -> str:
    """The text, empty for a page that was dropped."""
    return "" if isinstance(found, str) else found.text


def evaluate(folder: Path, extract: Extract) -> dict[str, Any]:
    """As `evaluate_extractor`, for any function from HTML to text."""
    scores: defaultdict[str, list[float]] = defaultdict(list)
    types: defaultdict[str, list[float]] = defaultdict(list)
    for name in FULL_TEXT:
        for page in read_gold(folder / GOLD, name):
            score = page_f1(extract(page.html), page.gold_text, name in BY_CHARACTER)
            scores[name].append(score)
            if page.page_type:
                types[page.page_type].append(score)
    found = Snippets()
    for page in read_gold(folder / GOLD, "trafilatura"):
        gold = page.gold
        found += snippets(extract(page.html), gold["must_have"], gold["must_not_have"])
    return summary(scores) | {"wcxb_page_types": means(types), "snippet_f1": round(found.f1, 4)}
