"""The extractor in many languages, and what the language exit before it costs.

    GRISTMILL_DATA=<folder> python tests/benchmarks/bench_extract_languages.py

Every page is read by a model that never saw its site: five are trained anew with the shipped
settings, which takes some ten minutes on two cores. No gold exists for most languages, so the
figure is agreement with trafilatura: word F1 of the two texts, by character in scripts without
spaces. A language that the model misreads would agree less. Agreement depends on a site's
template more than on its language, so there are three figures: the mean over pages, the mean over
sites (the pages of a site share a template), and the difference between the translations of one
page (`same page`: least squares with a constant a page). It depends on trafilatura's mode too:
all of it is told for recall + fast, our option, and for what `trafilatura.extract` does when
asked for nothing, and beside them how the two agree.
"""

import os
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import numpy as np
import trafilatura

from classifiers.evaluation import word_f1
from classifiers.extractor.extractor_fit import Settings
from classifiers.extractor.extractor_folds import fold_of, held_out_texts, models_by
from classifiers.extractor.extractor_pages import GoldPage, read_unlabelled
from classifiers.extractor.extractor_training import CRAWL, text_of, training_examples
from pipeline.document import Document, Page
from pipeline.extract.others import extract_with
from pipeline.extract.prefilter import prefilter_reason
from pipeline.language.detection import detect_language
from pipeline.recipe import ExtractConfig, ScreenConfig
from pipeline.screen.languages import language_reason, tag_language
from pipeline.urls import site

LEAST_PAGES = 5
LARGEST_GAP = 0.05
LEAST_CHARACTERS = 200
PAGES_OF_A_SITE = 12  # so that no manual speaks for its language alone
UNSPACED = frozenset(("zh", "ja", "th", "lo", "km", "my"))
JOINERS = dict.fromkeys(map(ord, "\u200c\u200d\u00ad"))  # trafilatura takes them out of words
RECALL, PLAIN = "trafilatura, recall + fast", "trafilatura as it is"
PAIRS = (("gristmill", RECALL), ("gristmill", PLAIN), (PLAIN, RECALL))
OURS, PEER = ExtractConfig(extractor="gristmill"), ExtractConfig(extractor="trafilatura")
K = TypeVar("K", bound=Hashable)
_LANGUAGE = re.compile(r"(?<=/)[a-z]{2}(?:[-_][A-Za-z]{2,4})?/|\.[a-z]{2}(?:-[a-z]+)?(?=\.html)")


@dataclass(frozen=True, slots=True)
class Scored:
    """A page's agreement, its language, and the address that its translations share."""

    language: str
    site: str
    untranslated: str
    score: float


def chosen_pages(pages: Sequence[GoldPage]) -> set[str]:
    """Ids of at most a dozen pages of a site and language folder."""
    taken: defaultdict[tuple[str, str], int] = defaultdict(int)
    chosen = set()
    for page in pages:
        key = (site(page.url), "/".join(page.url.split("/")[3:5]))
        taken[key] += 1
        if taken[key] <= PAGES_OF_A_SITE:
            chosen.add(page.record_id)
    return chosen


def scored(page: GoldPage, texts: Mapping[str, str]) -> dict[str, Scored]:
    """Agreement of two texts, by a name of the pair; nothing for a page of little text."""
    peer = texts[RECALL]
    code = detect_language(peer).code
    if len(peer) < LEAST_CHARACTERS or not code:
        return {}
    place = urlsplit(page.url)
    untranslated = place.netloc + _LANGUAGE.sub("", place.path) + place.query
    unspaced = code.split("-")[0] in UNSPACED
    joined = {name: text.translate(JOINERS) for name, text in texts.items()}
    return {
        f"{one} and {other}": Scored(
            code, site(page.url), untranslated, word_f1(joined[one], joined[other], unspaced)
        )
        for one, other in PAIRS
    }


def texts_of(page: GoldPage, ours: str) -> dict[str, str]:
    """The page's text by extractor."""
    return {
        "gristmill": ours,
        RECALL: text_of(extract_with(PEER, page.html)),
        PLAIN: trafilatura.extract(page.html) or "",
    }


def by_page(rows: Sequence[Scored]) -> dict[str, float]:
    return _means((row.language, row.score) for row in rows)


def by_site(rows: Sequence[Scored]) -> dict[str, float]:
    """Every site counts once in a language."""
    of_sites = _means(((row.language, row.site), row.score) for row in rows)
    return _means((language, score) for (language, _), score in of_sites.items())


def of_same_pages(rows: Sequence[Scored]) -> dict[str, float]:
    """How much less, or more, a page agrees in a language than in English."""
    translations: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        translations[row.untranslated].add(row.language)
    rows = [row for row in rows if len(translations[row.untranslated]) > 1]
    places = {name: at for at, name in enumerate(sorted({row.untranslated for row in rows}))}
    languages = {name: at for at, name in enumerate(sorted({row.language for row in rows}))}
    matrix = np.zeros((len(rows), len(places) + len(languages)))
    for at, row in enumerate(rows):
        matrix[at, places[row.untranslated]] = 1
        matrix[at, len(places) + languages[row.language]] = 1
    effects = np.linalg.lstsq(matrix, np.array([row.score for row in rows]))[0][len(places) :]
    return {name: float(effects[at] - effects[languages["en"]]) for name, at in languages.items()}


def _means(scores: Iterable[tuple[K, float]]) -> dict[K, float]:
    found: defaultdict[K, list[float]] = defaultdict(list)
    for key, score in scores:
        found[key].append(score)
    return {key: float(np.mean(values)) for key, values in found.items()}


def agreement(pair: str, rows: Sequence[Scored], chosen: Sequence[Scored]) -> None:
    pages, sites, same = by_page(chosen), by_site(rows), of_same_pages(rows)
    print(f"\n{pair}")
    print(f"English: {pages['en']:.3f} by page, {sites['en']:.3f} by site; the others less that:")
    print(f"{'language':10}{'pages':>6}{'sites':>6}{'by page':>9}{'by site':>9}{'same page':>11}")
    near = np.zeros(3, dtype=np.int64)
    for code in sorted(pages, key=lambda code: -sum(row.language == code for row in chosen)):
        count = sum(row.language == code for row in chosen)
        if count >= LEAST_PAGES:
            of_code = len({row.site for row in rows if row.language == code})
            apart = pages[code] - pages["en"], sites[code] - sites["en"], same.get(code, np.nan)
            near += (np.array(apart) >= -LARGEST_GAP) & (code != "en")
            print(f"{code:10}{count:6}{of_code:6}{apart[0]:+9.3f}{apart[1]:+9.3f}{apart[2]:+11.3f}")
    counts = f"{near[0]} by page, {near[1]} by site, {near[2]} same page"
    print(f"within {LARGEST_GAP} of English: {counts}")


def exits(pages: Sequence[GoldPage], ours: Sequence[str]) -> None:
    """Of the pages that the full way keeps for a language, those that the exit drops before."""
    for language in ("en", "de", "fr", "es", "ru", "ja", "zh"):
        screen = ScreenConfig(languages=(language,))
        kept = lost = spared = 0
        for page, text in zip(pages, ours, strict=True):
            document = tag_language(Document(page.record_id, page.url, "crawl", text))
            wanted = bool(text) and language_reason(document, screen) is None
            left = prefilter_reason(
                Page(page.record_id, page.url, "crawl", page.html.encode()), OURS, screen
            )
            kept += wanted
            lost += wanted and left is not None and left[0] == "wrong_language"
            spared += left is not None and not wanted
        print(f"{language}: {kept} kept by the full way, {lost} of them lost before, "
              f"{spared} of {len(pages)} spared the extractor")  # fmt: skip


def main() -> None:
    folder = Path(os.environ["GRISTMILL_DATA"])
    pages = read_unlabelled(folder / CRAWL)
    chosen = chosen_pages(pages)
    models = models_by(training_examples(folder), Settings(), fold_of)
    ours = held_out_texts(pages, models, fold_of, OURS)
    found = [
        (page.record_id in chosen, scored(page, texts_of(page, text)))
        for page, text in zip(pages, ours, strict=True)
    ]
    for one, other in PAIRS:
        pair = f"{one} and {other}"
        rows = [(taken, of_page[pair]) for taken, of_page in found if of_page]
        agreement(pair, [row for _, row in rows], [row for taken, row in rows if taken])
    exits(pages, ours)


if __name__ == "__main__":
    main()
