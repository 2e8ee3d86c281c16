"""What the quality rules keep of labelled pages, and what they leave of gold texts.

Usage: GRISTMILL_DATA=... .venv/bin/python tests/benchmarks/bench_judgement.py RUN [BEFORE]

RUN is the folder of a finished run over the development archives, BEFORE one of the rules before,
whose words are compared. Labels: `tests/cases/quality_labels.tsv`, by half; a page weighs as much
as its reason has pages at the drawing. Gold: F1 and recall of the pages that the rules keep, before
and after line edits.
"""

import csv
import os
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import pyarrow.dataset as pads

from classifiers import EXTRACTOR
from classifiers.evaluation import page_f1
from classifiers.extractor.extractor_pages import BY_CHARACTER, FULL_TEXT, GoldPage, read_gold
from classifiers.extractor.extractor_training import GOLD, LIMITS
from pipeline.document import Document
from pipeline.extract.extractor import extract_text
from pipeline.extract.judge.model import load_model
from pipeline.language.detection import detect_language
from pipeline.quality.judge import judged
from pipeline.recipe import QualityConfig

LABELS = Path(__file__).parents[1] / "cases" / "quality_labels.tsv"
AS_PRINTED = {"max_repeated_character_share": 0.01}  # FineWeb's code
LONG = 300  # words of a gold page that should not be lost


def main() -> None:
    run, *before = map(Path, sys.argv[1:])
    kept, dropped = texts(run), set(column(run, "curate-*/dropped", "id"))
    for half in ("0", "1"):
        labelled(half, kept, dropped)
    for other in before:
        words = [sum(len(text.split()) for text in t.values()) for t in (texts(other), kept)]
        print(f"words kept {words[0]:,} before, {words[1]:,}: {words[1] / words[0]:.3f}")
    gold("structure", QualityConfig())
    gold("published", QualityConfig(reading="published", limits=AS_PRINTED))


def texts(run: Path) -> dict[str, str]:
    """Id to text of what `curate` keeps."""
    names, found = (column(run, "curate-*/curated", name) for name in ("id", "text"))
    return dict(zip(names, found, strict=True))


def column(run: Path, pattern: str, name: str) -> list[str]:
    (folder,) = run.glob(pattern)
    found: list[str] = pads.dataset(folder).to_table([name])[name].to_pylist()
    return found


def labelled(half: str, kept: dict[str, str], dropped: set[str]) -> None:
    """Pages worth it that a rule drops, by their reason at the drawing, and junk that stays."""
    sizes, rows = read_labels()
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["sealed"] == half:
            fate = "kept" if row["id"] in kept else "dropped" if row["id"] in dropped else "gone"
            found[row["reason"]][row["worth"] + fate] += 1
    print(f"\n{'sealed' if half == '1' else 'open'} half: rows, worth it and dropped, junk kept")
    for reason, counts in sorted(found.items(), key=lambda item: -sum(item[1].values())):
        print(f"  {reason:28}{sum(counts.values()):5}{counts['ydropped']:5}{counts['nkept']:5}")

    def weighed(*fates: str, but: str = "") -> float:
        return sum(
            sizes[reason] * sum(counts[fate] for fate in fates) / sum(counts.values())
            for reason, counts in found.items()
            if reason != but
        )

    lost = weighed("ydropped", but="kept") / sum(sizes[r] for r in found if r != "kept")
    print(f"lost {lost:.3f}, junk of what stays {weighed('nkept') / weighed('nkept', 'ykept'):.3f}")


def read_labels() -> tuple[dict[str, int], list[dict[str, str]]]:
    """How many pages each reason had, and the labels."""
    lines = LABELS.read_text("utf-8").splitlines()
    told = next(line for line in lines if line.startswith("# Sizes: ")).split()[2:]
    sizes = dict(zip(told[::2], map(int, told[1::2]), strict=True))
    return sizes, list(csv.DictReader((line for line in lines if line[0] != "#"), delimiter="\t"))


def gold(reading: str, config: QualityConfig) -> None:
    scores: list[tuple[float, float, float]] = []
    long: list[bool] = []
    for page, document in gold_documents():
        found = judged(document, config)
        by_character = page.collection in BY_CHARACTER
        words = len(page.gold_text) // 2 if by_character else len(page.gold_text.split())
        if words >= LONG:
            long.append(bool(found.reasons))
        if not found.reasons:
            both = (document.text, found.text)
            f1 = [page_f1(text, page.gold_text, by_character) for text in both]
            recalls = [recall(text, page.gold_text) for text in both]
            scores.append((f1[0], f1[1], recalls[0] - recalls[1]))
    extracted, curated, lost = np.mean(scores, axis=0)
    print(
        f"\n{reading}: {len(scores)} gold pages kept, F1 {extracted:.5f} extracted, {curated:.5f} "
        f"curated, recall lost {lost:.4f}; {np.mean(long):.3f} of {len(long)} long ones dropped"
    )


@cache
def gold_documents() -> list[tuple[GoldPage, Document]]:
    model = load_model(EXTRACTOR)
    made = []
    for name in FULL_TEXT:
        for page in read_gold(Path(os.environ["GRISTMILL_DATA"]) / GOLD, name):
            found = extract_text(page.html, model, LIMITS)
            if not isinstance(found, str):
                language = detect_language(found.text).code
                document = Document("0" * 32, page.url, "gold", found.text, language=language)
                flagged = replace(
                    document,
                    has_code=found.has_code,
                    has_math=found.has_math,
                    page_share=found.page_share,
                    link_share=found.link_share,
                )
                made.append((page, flagged))
    return made


def recall(text: str, wanted: str) -> float:
    words = Counter(wanted.split())
    return sum((words & Counter(text.split())).values()) / max(sum(words.values()), 1)


if __name__ == "__main__":
    main()
