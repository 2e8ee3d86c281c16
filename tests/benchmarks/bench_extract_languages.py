"""The extractor in many languages, and what the language exit before it costs.

    GRISTMILL_DATA=<folder> python tests/benchmarks/bench_extract_languages.py

No gold exists for most languages, so the figure is agreement with trafilatura: word F1 of the two
texts, by character in scripts without spaces. A language that the model misreads would agree less.
"""

import os
from collections import defaultdict
from pathlib import Path

import numpy as np

from classifiers.evaluation import word_f1
from classifiers.extractor import CRAWL, text_of
from classifiers.extractor_pages import GoldPage, read_unlabelled
from pipeline.document import Document, Page
from pipeline.extract.extractor import extract_text
from pipeline.extract.model import load_model
from pipeline.extract.others import extract_with
from pipeline.extract.prefilter import prefilter_reason
from pipeline.extract.transform import MODEL
from pipeline.language import detect_language
from pipeline.recipe import ExtractConfig, ScreenConfig
from pipeline.screen.languages import language_reason, tag_language
from pipeline.urls import site

LEAST_PAGES = 5
LEAST_CHARACTERS = 200
PAGES_OF_A_SITE = 12  # so that no manual speaks for its language alone
UNSPACED = frozenset(("zh", "ja", "th", "lo", "km", "my"))
OURS, PEER = ExtractConfig(extractor="gristmill"), ExtractConfig(extractor="trafilatura")


def chosen_pages(folder: Path) -> list[GoldPage]:
    """At most a dozen pages of a site and language folder."""
    taken: defaultdict[tuple[str, str], int] = defaultdict(int)
    pages = []
    for page in read_unlabelled(folder):
        key = (site(page.url), "/".join(page.url.split("/")[3:5]))
        taken[key] += 1
        if taken[key] <= PAGES_OF_A_SITE:
            pages.append(page)
    return pages


def agreement(pages: list[GoldPage], ours: list[str]) -> None:
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for page, text in zip(pages, ours, strict=True):
        peer = text_of(extract_with(PEER, page.html))
        code = detect_language(peer).code
        if len(peer) >= LEAST_CHARACTERS and code:
            scores[code].append(word_f1(text, peer, code.split("-")[0] in UNSPACED))
    english = float(np.mean(scores["en"]))
    print(f"{'language':10}{'pages':>6}{'agreement':>11}{'to English':>12}")
    for code, values in sorted(scores.items(), key=lambda row: -len(row[1])):
        if len(values) >= LEAST_PAGES:
            mean = float(np.mean(values))
            print(f"{code:10}{len(values):6}{mean:11.3f}{mean - english:+12.3f}")


def exits(pages: list[GoldPage], ours: list[str]) -> None:
    """Of the pages that the full way keeps for a language, those that the exit drops before."""
    for language in ("en", "de", "fr", "es", "ru", "ja", "zh"):
        screen = ScreenConfig(languages=(language,))
        kept = lost = spared = 0
        for page, text in zip(pages, ours, strict=True):
            document = tag_language(Document(page.record_id, page.url, "crawl", text))
            wanted = bool(text) and language_reason(document, screen) is None
            left = prefilter_reason(
                Page(page.record_id, page.url, "crawl", page.html), OURS, screen
            )
            kept += wanted
            lost += wanted and left is not None and left[0] == "wrong_language"
            spared += left is not None and not wanted
        print(f"{language}: {kept} kept by the full way, {lost} of them lost before, "
              f"{spared} of {len(pages)} spared the extractor")  # fmt: skip


def main() -> None:
    pages = chosen_pages(Path(os.environ["GRISTMILL_DATA"]) / CRAWL)
    model = load_model(MODEL)
    ours = [text_of(extract_text(page.html, model, OURS)) for page in pages]
    agreement(pages, ours)
    exits(pages, ours)


if __name__ == "__main__":
    main()
