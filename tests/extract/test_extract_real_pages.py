"""The shipped model on real pages: snippets, formulas and code of gold, broken pages."""

import time
from pathlib import Path

import numpy as np
import pytest

from classifiers.evaluation import Snippets, snippets
from classifiers.extractor.extractor_pages import read_gold, read_unlabelled
from classifiers.extractor.extractor_training import CRAWL, GOLD, text_of
from pipeline.extract.extractor import extract_text
from pipeline.extract.judge.model import BlockModel
from pipeline.recipe import ExtractConfig

LIMITS = ExtractConfig()
SIGNS = "<>\"'&/\x00\ud800="
pytestmark = [pytest.mark.shared, pytest.mark.slow]


def test_snippets_of_a_set_that_never_trained_are_found(data: Path, model: BlockModel) -> None:
    found = Snippets()
    for page in read_gold(data / GOLD, "trafilatura"):
        text = text_of(extract_text(page.html, model, LIMITS))
        found += snippets(text, page.gold["must_have"], page.gold["must_not_have"])
    assert found.f1 >= 0.9212  # trafilatura's better mode, 0.9242 on these pages, less 0.003


def broken(html: str, way: int, generator: np.random.Generator) -> str:
    """A seeded mutation of a page."""
    low, high = sorted(generator.integers(0, len(html) + 1, 2).tolist())
    if way == 0:
        return html[:high]
    if way == 1:
        return html[:low] + html[high:]
    if way == 2:
        return "".join(sign for at, sign in enumerate(html) if sign != ">" or at % 7)
    if way == 3:
        return html[:low] + "<div>" * int(generator.integers(1, 2000)) + html[low:]
    if way == 4:
        return html[:low] + '<p title="' + "x" * int(generator.integers(1, 200_000)) + html[low:]
    signs = list(html)
    for at in generator.integers(0, max(len(signs), 1), len(signs) // 100).tolist():
        signs[at] = SIGNS[int(generator.integers(len(SIGNS)))]
    return "".join(signs)


def test_thousand_broken_pages_end_soon_in_a_text_or_a_reason(
    data: Path, model: BlockModel
) -> None:
    generator = np.random.Generator(np.random.PCG64(1729))
    pages = read_unlabelled(data / CRAWL)
    for turn in range(1000):
        page = pages[int(generator.integers(len(pages)))]
        html = broken(page.html, turn % 6, generator)
        started = time.process_time()
        text = text_of(extract_text(html, model, LIMITS))
        assert time.process_time() - started < 5
        text.encode("utf-8")
