"""Quality rules beside datatrove 0.10.1: decisions, speed, outliers, the funnel of every preset.

Run: GRISTMILL_DATA=<folder> python tests/benchmarks/bench_quality.py [parity|outliers|funnel]
datatrove lives in an environment of its own, .peers/datatrove, made here when it is missing.
"""

import json
import os
import re
import subprocess
import sys
import time
import tomllib
import venv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[1])]

from quality.quality_crawl import CrawlText, crawl_texts  # noqa: E402
from quality.quality_junk import JUNK, junk  # noqa: E402

from pipeline.document import Document  # noqa: E402
from pipeline.quality.judge import judged  # noqa: E402
from pipeline.quality.languages import language_data  # noqa: E402
from pipeline.quality.lines import LineRules, edit_lines  # noqa: E402
from pipeline.quality.outliers import (  # noqa: E402
    DEVIATIONS,
    WINDOW,
    Reference,
    code_points,
    compression_ratio,
    outlier_values,
    pieces_per_character,
    trigram_counts,
    trigram_values,
)
from pipeline.quality.prose import prose  # noqa: E402
from pipeline.quality.reference import Sample, fit_reference  # noqa: E402
from pipeline.quality.rules import quality_reasons  # noqa: E402
from pipeline.quality.statistics import QualityStatistics, measure  # noqa: E402
from pipeline.recipe import QualityConfig  # noqa: E402
from pipeline.text import Split, given_split, line_words  # noqa: E402

PEER = Path(".peers/datatrove")
REQUIREMENTS = ("datatrove[processing]==0.10.1", "lxml_html_clean", "spacy==3.8.*")
SINGLE = {
    name: QualityConfig(rules=(name,))
    for name in ("gopher_repetition", "gopher_quality", "c4", "fineweb")
}
PAPER = QualityConfig(rules=("c4",), terminal_punctuation=True, c4_counts="sentences_3_words_5")
ALL = QualityConfig(rules=("gopher_repetition", "gopher_quality", "c4", "fineweb"))
EVERY = QualityConfig(
    rules=("gopher_repetition", "gopher_quality", "c4", "fineweb", "mc4", "dolma3", "outliers")
)


class Datatrove:
    """The four filters in their own process, one answer per text."""

    def __init__(self) -> None:
        python = PEER / "bin" / "python"
        if not python.exists():
            venv.create(PEER, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "-q", *REQUIREMENTS], check=True)
        self.process = subprocess.Popen(
            [python, HERE.parent / "datatrove_filters.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def judge(self, text: str) -> dict[str, Any]:
        """What the filters say of one text."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(text) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@dataclass
class Parity:
    """Decisions of one family beside datatrove's."""

    same: int = 0
    kinds: Counter[str] = field(default_factory=Counter)  # where they differ, given its words
    own: int = 0  # same decisions with our own splitting
    own_kinds: Counter[str] = field(default_factory=Counter)


def their_lines(text: str, family: str) -> dict[str, list[str]]:
    """Lines and paragraphs as datatrove's filters cut them: white space stays, blank lines may."""
    if family == "gopher_quality":
        return {"lines": [line.strip() for line in text.splitlines()]}
    if family == "gopher_repetition":
        paragraphs = re.split(r"\n{2,}", text.strip())
        return {"lines": re.split(r"\n+", text), "paragraphs": paragraphs}
    return {"lines": [line for line in text.split("\n") if line.strip()]}


def given(text: str, answer: dict[str, Any], **parts: Sequence[str]) -> Split:
    """A split with datatrove's words."""
    symbols = frozenset(answer["symbols"])
    return given_split(text, symbols, words=answer["words"], symbols=0, **parts)


def compare_family(text: str, answer: dict[str, Any], family: str, parity: Parity) -> None:
    """One filter on the text as it stands."""
    theirs = answer["verdicts"][family]

    def differs(statistics: QualityStatistics) -> bool:
        return bool(quality_reasons(statistics, SINGLE[family], "en")) != bool(theirs)

    statistics = measure(given(text, answer), "en")
    if not differs(statistics):
        parity.same += 1
    elif not differs(lined := measure(given(text, answer, **their_lines(text, family)), "en")):
        parity.kinds["white space counts as text of a line"] += 1
    elif not differs(
        replace(lined, stop_words=len(language_data("en").stop & set(answer["words"])))
    ):
        parity.kinds["stop words with a capital do not count"] += 1
    else:
        parity.kinds[f"unexplained: {theirs}"] += 1
    compare_own(parity, theirs, quality_reasons(measure(Split(text), "en"), SINGLE[family], "en"))


def compare_own(parity: Parity, theirs: str, ours: tuple[str, ...]) -> None:
    """Count a decision with our own splitting."""
    if bool(ours) == bool(theirs):
        parity.own += 1
    else:
        parity.own_kinds[f"theirs {theirs or 'keep'}, ours {ours[0] if ours else 'keep'}"] += 1


def compare_c4(text: str, answer: dict[str, Any], is_paper: bool, parity: Parity) -> None:
    """The C4 filter: decision and, where it keeps, the text that is left."""
    config = PAPER if is_paper else SINGLE["c4"]
    rules = LineRules(c4=True, terminal_punctuation=is_paper, min_line_words=5 if is_paper else 3)
    edits = edit_lines(text, rules)
    theirs = answer["verdicts"]["c4_paper" if is_paper else "c4"]
    counts = answer["sentences"]
    lines = [line.strip() for line in edits.text.split("\n") if line.strip()]
    sentences = ["x"] * sum(counts.get(line, 1) for line in lines)
    split = given(edits.text, answer, sentences=sentences)
    reasons = quality_reasons(measure(split, "en", edits=edits), config, "en")
    left = answer["left_paper" if is_paper else "left"]
    if bool(reasons) != bool(theirs):
        parity.kinds[f"unexplained: {theirs or reasons[0]}"] += 1
    elif not theirs and lines != (kept := [x.strip() for x in left.split("\n") if x.strip()]):
        parity.kinds[line_difference(text, lines, kept)] += 1
    else:
        parity.same += 1
    own = measure(Split(edits.text), "en", edits=edits)
    compare_own(parity, theirs, quality_reasons(own, config, "en"))


def line_difference(text: str, ours: list[str], theirs: list[str]) -> str:
    """Why two edited texts differ, as the kind that explains all lines that only we keep."""
    if spaced(ours) == spaced(theirs):
        return "a line without spaces between words counts as one word"
    only = set(spaced(ours)) - set(theirs)
    raw = [line.strip() for line in text.splitlines()]
    cited = {line for line in only if any(x.startswith(line) and x.endswith("]") for x in raw)}
    if set(spaced(theirs)) <= set(ours) and cited == {line for line in only if line[-1].isascii()}:
        return "the space before a citation, or a mark such as ？, ends no sentence"
    return "unexplained: another text is left"


def spaced(lines: Sequence[str]) -> list[str]:
    """The lines whose words stand between spaces in their script."""
    return [line for line in lines if line_words(line) == line.split()]


def bench_parity(pages: Sequence[CrawlText]) -> None:
    """Decisions and CPU seconds, document by document in turn, on the English pages."""
    texts = [page.document.text for page in pages if page.document.language == "en"]
    peer, seconds, their_seconds = Datatrove(), 0.0, 0.0
    table = {name: Parity() for name in (*SINGLE, "c4 as in the paper")}
    for text in texts:
        answer = peer.judge(text)
        their_seconds += answer["seconds"]
        start = time.process_time()
        judged(Document("", "", "", text, language="en"), ALL)
        seconds += time.process_time() - start
        for family in ("gopher_repetition", "gopher_quality", "fineweb"):
            compare_family(text, answer, family, table[family])
        compare_c4(text, answer, False, table["c4"])
        compare_c4(text, answer, True, table["c4 as in the paper"])
    print(f"\n## Parity with datatrove 0.10.1 on {len(texts)} English pages\n")
    print("| family | same, given its words | same, own splitting |\n|---|---:|---:|")
    for name, parity in table.items():
        print(f"| {name} | {parity.same / len(texts):.4f} | {parity.own / len(texts):.4f} |")
    for name, parity in table.items():
        for kind, count in parity.kinds.most_common():
            print(f"  {name}: {count} {kind}")
        for kind, count in parity.own_kinds.most_common(8):
            print(f"  {name}, own splitting: {count} {kind}")
    ratio = their_seconds / seconds
    print(f"\nSpeed, CPU: theirs {len(texts) / their_seconds:.0f} documents/s, ", end="")
    print(f"ours {len(texts) / seconds:.0f} documents/s, {ratio:.1f} times")


def good_texts(pages: Sequence[CrawlText]) -> list[str]:
    """English texts that no rule but the outliers' would drop."""
    english = (page.document for page in pages if page.document.language == "en")
    return sorted({d.text for d in english if not judged(d, ALL).reasons})


def flags(text: str, reference: Reference) -> list[bool]:
    """Which statistics are beyond a limit; the last needs words."""
    values = outlier_values(Split(text), "en", reference)
    return [abs(values[name] or 0.0) > 1 for name in DEVIATIONS]


def bench_outliers(pages: Sequence[CrawlText]) -> None:
    """Detection of made junk, false alarms on held-out pages, and speed."""
    texts = good_texts(pages)
    fit, held = texts[0::3] + texts[1::3], texts[2::3]
    reference = fit_reference([Sample("en", text) for text in fit], 0.0015)
    print(f"\n## Outliers: fitted on {len(fit)} pages, {len(held)} held out, tail 0.0015\n")
    print("| text | flagged without words | flagged |\n|---|---:|---:|")
    rows = {"held-out pages": held}
    rows |= {kind: [junk(kind, text, i) for i, text in enumerate(held)] for kind in JUNK}
    for name, row in rows.items():
        found = np.array([flags(text, reference) for text in row])
        print(f"| {name} | {found[:, :4].any(1).mean():.3f} | {found.any(1).mean():.3f} |")
    trigrams = reference["en"].trigrams
    start = time.process_time()
    for text in held:
        codes = code_points(text[:WINDOW])
        compression_ratio(text[:WINDOW])
        pieces_per_character(codes)
        trigram_values(trigram_counts(codes), trigrams)
    spent = time.process_time() - start
    size = sum(len(text[:WINDOW].encode()) for text in held)
    print(f"\nSpeed of the set without words: {size / spent / 1e6:.1f} MB/s of CPU")


def presets() -> Iterator[tuple[str, QualityConfig]]:
    """Every preset's quality section."""
    for path in sorted((HERE.parents[2] / "pipeline" / "presets").glob("*.toml")):
        section = tomllib.loads(path.read_text("utf-8"))["quality"]
        yield path.stem, QualityConfig.model_validate(section)


def bench_funnel(pages: Sequence[CrawlText]) -> None:
    """What every preset keeps of the crawl, by rule, and how documentation fares."""
    good = good_texts(pages)
    reference = fit_reference([Sample("en", text) for text in good], 0.0015)
    english = [page for page in pages if page.document.language == "en"]
    print(f"\n## Funnel of {len(english)} English pages by preset\n")
    for name, config in presets():
        first: Counter[str] = Counter()
        fired: Counter[str] = Counter()
        alone: Counter[str] = Counter()
        for page in english:
            reasons = judged(fenced(page), config, reference).reasons
            first[reasons[0] if reasons else "kept"] += 1
            fired.update(reasons)
            alone.update(reasons if len(reasons) == 1 else ())
        print(f"### {name}: kept {first['kept']} ({first['kept'] / len(english):.1%})\n")
        print("| reason | dropped for it | fires | alone |\n|---|---:|---:|---:|")
        for reason, count in fired.most_common():
            print(f"| {reason} | {first[reason]} | {count} | {alone[reason]} |")
        print()
    bench_structured(english)


def fenced(page: CrawlText) -> Document:
    """The document with its code in fences where it holds code."""
    text = page.markdown or page.document.text
    return replace(page.document, text=text)


def bench_structured(pages: Sequence[CrawlText]) -> None:
    """How many documentation pages with code or formulas survive, judged as text and on prose."""
    docs = [fenced(p) for p in pages if p.kind == "docs" and p.markdown]
    as_text = ALL.model_copy(update={"structured": "text"})
    kept = [sum(not judged(d, config).reasons for d in docs) for config in (as_text, ALL)]
    print(
        f"Documentation pages with code or formulas: {len(docs)}; kept as text {kept[0]}, ", end=""
    )
    print(f"on their prose {kept[1]}")
    code = [text for d in docs if len(text := minified(d.text)) > 500]
    scripts = [Document("", "", "", text, language="en", has_code=True) for text in code]
    kept_code = sum(not judged(d, ALL).reasons for d in scripts)
    print(f"Their code alone, minified, flagged as code: {len(scripts)}; kept {kept_code}")


def minified(text: str) -> str:
    """The fenced code of a page without its line breaks and most spaces."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.M | re.S)
    return re.sub(r"\s+|(?<=\W) | (?=\W)", " ", " ".join(blocks))


def main() -> None:
    """Run the parts that are asked for, or all."""
    data = Path(os.environ["GRISTMILL_DATA"])
    pages = list(crawl_texts(data))
    print(f"{len(pages)} pages with text; prose of the first: {len(prose(pages[0].document.text))}")
    parts = {"parity": bench_parity, "outliers": bench_outliers, "funnel": bench_funnel}
    for name in sys.argv[1:] or parts:
        parts[name](pages)


if __name__ == "__main__":
    main()
