"""Whole texts, code, formulas and tables against gold in Markdown, all extractors in one run.

    GRISTMILL_DATA=<folder> python tests/benchmarks/bench_extract_structure.py [--losses]

ROUGE-5 F1 is the mean over pages. Listings, formulas and tables of a page are paired with the
gold's, one with one, so that the edit similarities of the pairs sum to the most; what stays alone
counts 0. `all` is twice that sum over the number on both sides, pooled over all pages; `gold` is
the sum over the number in the gold, so that it does not ask whether the gold leaves a listing out.
`page` is the edit similarity of all of a page's listings (formulas, tables) after each other, the
mean over pages whose gold has some. `--losses` names the pages on which ours falls short.
"""

import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import trafilatura
from scipy.optimize import linear_sum_assignment

from classifiers.extractor.extractor_pages import GoldPage, read_gold
from classifiers.extractor.extractor_training import GOLD, text_of
from pipeline.extract.extractor import extract_text
from pipeline.extract.formulas.tex import is_tex
from pipeline.extract.judge.model import load_model
from pipeline.extract.others import extract_with
from pipeline.recipe import ExtractConfig

COLLECTIONS = ("llm-webkit", "defuddle", "webmainbench")
KINDS = ("code", "formulas", "tables")
_FENCE = re.compile(
    r"^(?P<mark>[ \t>]*)(?P<fence>`{3,}|~{3,})[^\n`]*\n(?P<code>.*?)^[ \t>]*(?P=fence)`*[ \t]*$",
    re.S | re.M,
)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_DISPLAYED = re.compile(r"\$\$(.+?)\$\$|\\\[(.+?)\\\]", re.S)
_INLINE = re.compile(r"(?<![\\$\w])\$(?=\S)([^$\n]{1,400}?)(?<=\S)(?<!\\)\$(?![\d$])|\\\((.+?)\\\)")
_TABLE = re.compile(r"(?:^[ \t]*\|.*\|[ \t]*(?:\n|\Z)){2,}", re.M)
_RULE = re.compile(r"^[ \t]*\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*$\n?", re.M)
Extract = Callable[[str], str]
Pieces = dict[str, list[str]]


def pieces(text: str) -> Pieces:
    """Listings, formulas and tables of a text in Markdown, as they are compared."""
    code = [_lines(found["code"], found["mark"]) for found in _FENCE.finditer(text)]
    prose = _SPAN.sub(" ", _FENCE.sub("\n", text))
    displayed = [first or second for first, second in _DISPLAYED.findall(prose)]
    inline = [first or second for first, second in _INLINE.findall(_DISPLAYED.sub(" ", prose))]
    # Markdown escapes brackets of prose just so; where they hold no sign of TeX they are none.
    told = [tex for tex in displayed + inline if is_tex(tex) or "$" + tex in prose]
    formulas = ["".join(tex.split()) for tex in told]
    tables = [_cells(found[0]) for found in _TABLE.finditer(text)]
    return {"code": code, "formulas": formulas, "tables": tables}


def _lines(code: str, mark: str) -> str:
    """Without the marks of a quote or a list before, and blanks at the ends of lines."""
    lines = [line.removeprefix(mark).rstrip() for line in code.split("\n")]
    return "\n".join(lines).strip("\n")


def _cells(table: str) -> str:
    rows = [line.strip().strip("|").split("|") for line in _RULE.sub("", table).splitlines()]
    return "\n".join(" | ".join(" ".join(cell.split()) for cell in row) for row in rows)


def edit_distance(one: str, other: str) -> int:
    """Levenshtein's, bit-parallel after Myers (1999) in Hyyrö's form (2003): one integer holds a
    column of the matrix, so that a step is a few operations whatever the length.
    """
    if not one or not other:
        return len(one) + len(other)
    masks: dict[str, int] = {}
    for at, sign in enumerate(one):
        masks[sign] = masks.get(sign, 0) | 1 << at
    full, last = (1 << len(one)) - 1, 1 << len(one) - 1
    plus, minus, distance = full, 0, len(one)
    for sign in other:
        equal = masks.get(sign, 0)
        diagonal = (((equal & plus) + plus) ^ plus) | equal | minus
        up, down = minus | (full & ~(diagonal | plus)), plus & diagonal
        distance += bool(up & last) - bool(down & last)
        up, down = up << 1 | 1, down << 1
        plus, minus = (down | (full & ~(diagonal | up))) & full, up & diagonal & full
    return distance


def similarity(one: str, other: str) -> float:
    return 1 - edit_distance(one, other) / max(len(one), len(other), 1)


def paired(gold: list[str], found: list[str]) -> float:
    """The most that the similarities of pairs sum to."""
    if not gold or not found:
        return 0.0
    known = {(a, b): similarity(a, b) for a in set(gold) for b in set(found)}
    matrix = np.array([[known[a, b] for b in found] for a in gold])
    return float(matrix[linear_sum_assignment(-matrix)].sum())


def delimited(wanted: list[str], found: list[str], gold: str) -> list[str]:
    """Without formulas that the gold's tables have bare: its maker lost the dollars there."""
    bare = "".join("".join(_TABLE.findall(gold)).split())
    return [tex for tex in found if tex in wanted or tex not in bare]


def rouge(gold: str, found: str, length: int = 5) -> float:
    """F1 of runs of five words, after Lin (2004); signs of other scripts are words of their own."""
    grams = [
        Counter(zip(*(words[at:] for at in range(length)), strict=False))
        for words in (re.findall(r"[^\W\u3040-\u9fff]+|\S", text) for text in (gold, found))
    ]
    both = (grams[0] & grams[1]).total()
    return 2 * both / max(grams[0].total() + grams[1].total(), 1)


@dataclass
class Score:
    """What one extractor has reached on the pages so far."""

    rouges: list[float] = field(default_factory=list)
    sums: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    pages: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def add(self, gold: str, text: str) -> dict[str, float]:
        """Count a page; what it loses of each kind, in pieces."""
        self.rouges.append(rouge(gold, text))
        wanted, found, losses = pieces(gold), pieces(text), dict[str, float]()
        found["formulas"] = delimited(wanted["formulas"], found["formulas"], gold)
        for kind in KINDS:
            ours, theirs = found[kind], wanted[kind]
            reached = paired(theirs, ours)
            self.sums[f"{kind} sum"] += reached
            self.sums[f"{kind} gold"] += len(theirs)
            self.sums[f"{kind} found"] += len(ours)
            losses[kind] = (len(theirs) + len(ours)) / 2 - reached
            if theirs:
                self.pages[kind].append(similarity("\n".join(theirs), "\n".join(ours)))
        return losses

    def of(self, kind: str) -> tuple[float, float, float]:
        """`all`, `gold` and `page`."""
        reached, gold, found = (self.sums[f"{kind} {what}"] for what in ("sum", "gold", "found"))
        return (
            2 * reached / max(gold + found, 1), reached / max(gold, 1),
            float(np.mean(self.pages[kind])) if self.pages[kind] else 0.0,
        )  # fmt: skip


def extractors() -> dict[str, Extract]:
    """Name to function, ours first; trafilatura's own Markdown beside our way of calling it."""
    model = load_model(str(Path(__file__).parents[2] / "classifiers" / "models" / "extractor"))

    def other(name: str) -> Extract:
        config = ExtractConfig.model_validate({"extractor": name})
        return lambda html: text_of(extract_with(config, html))

    return {
        "gristmill": lambda html: text_of(extract_text(html, model, ExtractConfig())),
        "trafilatura": other("trafilatura"),
        "trafilatura md": lambda html: (
            trafilatura.extract(html, output_format="markdown", include_comments=False) or ""
        ),
        "resiliparse": other("resiliparse"),
    }


def gold_of(page: GoldPage) -> str:
    return str(page.gold.get("gold_markdown") or page.gold.get("gold_text") or "")


def main() -> None:
    folder = Path(os.environ["GRISTMILL_DATA"]) / GOLD
    chosen = extractors()
    scores = {name: Score() for name in chosen}
    for page in (page for name in COLLECTIONS for page in read_gold(folder, name)):
        for name, extract in chosen.items():
            losses = scores[name].add(gold_of(page), extract(page.html))
            if name == "gristmill" and "--losses" in sys.argv and max(losses.values()) > 0.05:
                told = ", ".join(f"{kind} {lost:.2f}" for kind, lost in losses.items() if lost)
                print(f"{page.collection} {page.gold['id']}: {told}")
    print(f"{'':16}{'ROUGE-5':>9}" + "".join(f"{kind + ' all, gold, page':>28}" for kind in KINDS))
    for name, score in scores.items():
        cells = [" ".join(f"{value:.3f}" for value in score.of(kind)) for kind in KINDS]
        print(f"{name:16}{np.mean(score.rouges):9.3f}" + "".join(f"{cell:>28}" for cell in cells))


if __name__ == "__main__":
    main()
