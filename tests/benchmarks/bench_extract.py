"""Extractors side by side, page by page in turn, in one run: quality against gold, CPU, structure.

    GRISTMILL_DATA=<folder> python tests/benchmarks/bench_extract.py [MODEL FOLDER]

CPU is `time.process_time` of decoding, parsing and extracting, the order of extractors turning from
page to page; read the ratios. A model that was trained on these pages shows its quality too good
here: held-out figures come from `classifiers.extractor.extractor_folds`.
"""

import gc
import os
import re
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from classifiers.evaluation import Snippets, bootstrap_difference, page_f1, snippets
from classifiers.extractor.extractor_pages import BY_CHARACTER, FULL_TEXT, GoldPage, read_gold
from classifiers.extractor.extractor_training import GOLD, text_of
from pipeline.extract.extractor import extract_text
from pipeline.extract.judge.model import load_model
from pipeline.extract.others import extract_with
from pipeline.recipe import ExtractConfig

FENCED = re.compile(r"^[ \t>]*(`{3,}|~{3,})[^\n]*\n(.*?)^[ \t>]*\1", re.S | re.M)
DISPLAYED = re.compile(r"\$\$(.+?)\$\$", re.S)
Extract = Callable[[str], str]


def extractors(model_folder: str) -> dict[str, Extract]:
    """Name to function, ours first."""
    model, limits = load_model(model_folder), ExtractConfig()

    def other(name: str) -> Extract:
        config = ExtractConfig.model_validate({"extractor": name})
        return lambda html: text_of(extract_with(config, html))

    return {
        "gristmill": lambda html: text_of(extract_text(html, model, limits)),
        "trafilatura": other("trafilatura"),
        "precision": other("trafilatura_precision"),
        "resiliparse": other("resiliparse"),
    }


def run(
    pages: list[GoldPage], chosen: dict[str, Extract]
) -> tuple[dict[str, list[str]], dict[str, float]]:
    """Texts and CPU seconds of each extractor."""
    texts: dict[str, list[str]] = {name: [""] * len(pages) for name in chosen}
    seconds: defaultdict[str, float] = defaultdict(float)
    names = list(chosen)
    for at, page in enumerate(pages):
        for turn in range(len(names)):
            name = names[(at + turn) % len(names)]
            started = time.process_time()
            texts[name][at] = chosen[name](page.html)
            seconds[name] += time.process_time() - started
        gc.collect(0)
    return texts, seconds


def quality(folder: Path, chosen: dict[str, Extract]) -> None:
    scores: dict[str, dict[str, list[float]]] = {name: {} for name in chosen}
    print(f"{'':14}" + "".join(f"{name:>24}" for name in chosen))
    for collection in (*FULL_TEXT, "trafilatura"):
        pages = read_gold(folder, collection)
        texts, seconds = run(pages, chosen)
        cells = []
        for name in chosen:
            if collection == "trafilatura":
                value = snippet_f1(pages, texts[name])
            else:
                by_character = collection in BY_CHARACTER
                scores[name][collection] = [
                    page_f1(text, page.gold_text, by_character)
                    for text, page in zip(texts[name], pages, strict=True)
                ]
                value = float(np.mean(scores[name][collection]))
            cells.append(f"{value:.3f} {1000 * seconds[name] / len(pages):8.2f} ms")
        print(f"{collection:14}" + "".join(f"{cell:>24}" for cell in cells))
    for name in list(chosen)[1:]:
        mean, low, high = bootstrap_difference(scores["gristmill"], scores[name])
        print(f"gristmill - {name}: {mean:+.4f} [{low:+.4f}, {high:+.4f}]")


def snippet_f1(pages: list[GoldPage], texts: list[str]) -> float:
    found = Snippets()
    for page, text in zip(pages, texts, strict=True):
        found += snippets(text, page.gold["must_have"], page.gold["must_not_have"])
    return found.f1


def structure(folder: Path, chosen: dict[str, Extract]) -> None:
    """Shares of the gold's display formulas and code blocks that stand in the text, white space
    aside.
    """
    pages = read_gold(folder, "defuddle") + read_gold(folder, "llm-webkit")
    texts, _ = run(pages, chosen)
    for name in chosen:
        counts = np.zeros(5, dtype=np.int64)
        for page, text in zip(pages, texts[name], strict=True):
            counts += structure_counts(page, bare(text))
        formulas, all_formulas, code, all_code, twice = counts.tolist()
        print(f"{name:14}{formulas}/{all_formulas} formulas, {twice} twice, {code}/{all_code} code")


def structure_counts(page: GoldPage, text: str) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    gold = page.gold
    markdown = str(gold.get("gold_markdown") or gold.get("gold_text") or "")
    formulas = gold.get("display_formulas") or DISPLAYED.findall(FENCED.sub("", markdown))
    code = gold.get("code_blocks") or [match.group(2) for match in FENCED.finditer(markdown)]
    wanted = [undelimited(bare(str(formula))) for formula in formulas]
    html = bare(page.html)
    twice = sum(
        text.count(formula) > max(html.count(formula), wanted.count(formula))
        for formula in wanted
        if len(formula) > 12
    )
    return np.array(
        [
            sum(formula in text for formula in wanted),
            len(wanted),
            sum(bare(str(block)) in text for block in code),
            len(code),
            twice,
        ]
    )


def bare(text: str) -> str:
    return "".join(text.split())


def undelimited(tex: str) -> str:
    tex = tex.strip("$")
    return tex[2:-2] if tex[:2] in (r"\[", r"\(") else tex


def main() -> None:
    folder = Path(os.environ["GRISTMILL_DATA"]) / GOLD
    default = Path(__file__).parents[2] / "classifiers" / "models" / "extractor"
    chosen = extractors(sys.argv[1] if len(sys.argv) > 1 else str(default))
    quality(folder, chosen)
    structure(folder, chosen)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
