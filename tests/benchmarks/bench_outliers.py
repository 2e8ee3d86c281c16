"""Outliers: junk found, good pages flagged, by splits that leave pages, sites or genres out; speed.

Run: GRISTMILL_DATA=<folder> python tests/benchmarks/bench_outliers.py [extractor]
"""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[1])]

from quality.quality_crawl import CrawlText, crawl_texts, labelled_texts  # noqa: E402
from quality.quality_junk import JUNK, junk  # noqa: E402

from pipeline.document import unit_hash  # noqa: E402
from pipeline.quality.counts.hashed_texts import (  # noqa: E402
    WINDOW,
    bucket_counts,
    code_points,
    hashed,
    trigram_buckets,
    windowed,
)
from pipeline.quality.families import FAMILIES  # noqa: E402
from pipeline.quality.judge import outlier_sample  # noqa: E402
from pipeline.quality.outlier_reference import Sample, fit_reference  # noqa: E402
from pipeline.quality.outliers import (  # noqa: E402
    DEVIATIONS,
    Reference,
    compression_ratio,
    outlier_values,
    pieces_per_character,
    text_values,
    trigram_values,
)
from pipeline.recipe import ExtractConfig, QualityConfig  # noqa: E402
from pipeline.text import Split  # noqa: E402
from pipeline.urls import site  # noqa: E402

CONFIG = QualityConfig()
FOLDS = 3
TOKEN_FREE = 4  # the first of DEVIATIONS need no words

Good = tuple[str, str]  # text and site
Bools = NDArray[np.bool_]


def good_texts(pages: Sequence[CrawlText], language: str = "en") -> list[Good]:
    """What is measured of the pages that no rule but the outliers' would drop, each text once."""
    found = {}
    for page in pages:
        if page.document.language == language:
            sample = outlier_sample(page.document, CONFIG)
            if sample is not None:
                found[sample.text] = page.document.site or site(page.document.url)
    return sorted(found.items())


def flags(texts: Sequence[str], reference: Reference, language: str = "en") -> Bools:
    """Which of DEVIATIONS are beyond their rules' limits, a row per text."""
    most = {r.statistic: r.default for r in FAMILIES["outliers"] if r.comparison == "at_most"}
    known = reference[language]
    rows = (
        outlier_values(text_values(text), hashed(windowed(Split(text))), known) for text in texts
    )
    return np.array([[abs(row[n] or 0.0) > most[n] for n in DEVIATIONS] for row in rows])


def splits(crawl: list[Good], labelled: list[Good]) -> Iterator[tuple[str, list[Good], list[Good]]]:
    """Name, texts to fit on, texts held out."""
    everything = crawl + labelled
    for seed in range(FOLDS):
        held = [one for one in everything if unit_hash(seed, one[0]) < 1 / 3]
        yield f"pages, seed {seed}", [one for one in everything if one not in held], held
    for fold in range(FOLDS):
        of = {one[1]: int(unit_hash(0, one[1]) * FOLDS) for one in everything}
        held = [one for one in everything if of[one[1]] == fold]
        yield f"sites, third {fold}", [one for one in everything if of[one[1]] != fold], held
    yield "fitted on the crawl, articles held out", crawl, labelled
    yield "fitted on articles, the crawl held out", labelled, crawl


def rates(
    fit: list[Good], held: list[Good], language: str = "en"
) -> dict[str, tuple[float, float]]:
    """Share flagged by all statistics and by the token-free ones, of good texts and each junk."""
    samples = [Sample(language, text) for text, _ in fit]
    reference = fit_reference(samples, CONFIG.outlier_tail)
    texts = [text for text, _ in held]
    rows = {"good": texts} | {
        kind: [junk(kind, text, i) for i, text in enumerate(texts)] for kind in JUNK
    }
    found = {name: flags(row, reference, language) for name, row in rows.items()}
    return {
        name: (float(row.any(1).mean()), float(row[:, :TOKEN_FREE].any(1).mean()))
        for name, row in found.items()
    }


def report(name: str, fit: list[Good], held: list[Good], language: str = "en") -> None:
    """One row of the table."""
    found = rates(fit, held, language)
    good = found.pop("good")
    caught = [sum(rate[i] >= 0.95 for rate in found.values()) for i in (0, 1)]
    missed = ", ".join(f"{kind} {rate[0]:.2f}" for kind, rate in found.items() if rate[0] < 0.95)
    print(
        f"| {name} | {len(fit)} | {len(held)} | {good[0]:.1%} | {caught[0]} | {good[1]:.1%} "
        f"| {caught[1]} | {missed} |",
        flush=True,
    )


def speed(held: list[Good], fit: list[Good]) -> float:
    """Megabytes a CPU second through the token-free statistics."""
    reference = fit_reference([Sample("en", text) for text, _ in fit], CONFIG.outlier_tail)
    trigrams = reference["en"].tables.trigrams
    start = time.process_time()
    for text, _ in held:
        codes = code_points(text[:WINDOW])
        compression_ratio(text[:WINDOW])
        pieces_per_character(codes)
        counts = bucket_counts(trigram_buckets(codes), len(trigrams))
        trigram_values(counts, trigrams)
    size = sum(len(text[:WINDOW].encode()) for text, _ in held)
    return size / (time.process_time() - start) / 1e6


def main() -> None:
    """All splits on the texts of the named extractor, or of the recipe's default."""
    named = {"extractor": sys.argv[1]} if len(sys.argv) > 1 else {}
    config = ExtractConfig.model_validate(named)
    data = Path(os.environ["GRISTMILL_DATA"])
    pages = list(crawl_texts(data, config)), list(labelled_texts(data, config))
    print(f"## Texts of {config.extractor!r}, tail {CONFIG.outlier_tail:g}\n")
    print(
        "| held out | fitted on | held out | good flagged | kinds found | token-free: good flagged"
    )
    print("| kinds found | not found in 95 % |\n|---|---:|---:|---:|---:|---:|---:|---|")
    crawl, labelled = (good_texts(one) for one in pages)
    for name, fit, held in splits(crawl, labelled):
        report(name, fit, held)
    german = good_texts([*pages[0], *pages[1]], "de")
    held = [one for one in german if unit_hash(0, one[0]) < 1 / 3]
    report("German pages", [one for one in german if one not in held], held, "de")
    print(f"\nToken-free statistics: {speed(labelled, crawl):.1f} MB a CPU second")


if __name__ == "__main__":
    main()
