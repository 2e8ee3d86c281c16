"""Quality rules beside datatrove 0.10.1: decisions and speed on the crawl's English pages.

Run: GRISTMILL_DATA=<folder> python tests/benchmarks/bench_quality.py [extractor]
datatrove lives in an environment of its own, .peers/datatrove, made here when it is missing.
"""

import json
import os
import re
import subprocess
import sys
import time
import venv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[1])]

from quality.quality_crawl import crawl_texts  # noqa: E402

from pipeline.document import Document  # noqa: E402
from pipeline.quality.judge import judged, outlier_sample  # noqa: E402
from pipeline.quality.lines import LineRules, edit_lines  # noqa: E402
from pipeline.quality.outlier_reference import fit_reference  # noqa: E402
from pipeline.quality.outliers import Reference  # noqa: E402
from pipeline.quality.rules import quality_reasons  # noqa: E402
from pipeline.quality.statistics import measure  # noqa: E402
from pipeline.quality.statistics_record import QualityStatistics  # noqa: E402
from pipeline.quality.stop_words import language_data  # noqa: E402
from pipeline.recipe import ExtractConfig, QualityConfig  # noqa: E402
from pipeline.text import Split, given_split, line_words  # noqa: E402

PEER = Path(".peers/datatrove")
REQUIREMENTS = ("datatrove[processing]==0.10.1", "lxml_html_clean", "spacy==3.8.*")
AS_PRINTED = {"max_repeated_character_share": 0.01}  # FineWeb's code, which the peer follows
SINGLE = {
    name: QualityConfig(reading="published", rules=(name,), limits=AS_PRINTED)
    for name in ("gopher_repetition", "gopher_quality", "c4", "fineweb")
}
PAPER = QualityConfig(
    reading="published", rules=("c4",), terminal_punctuation=True, c4_counts="sentences_3_words_5"
)
ALL = QualityConfig(
    reading="published",
    rules=(
        "gopher_repetition",
        "gopher_quality",
        "c4",
        "refinedweb",
        "fineweb",
        "mc4",
        "dolma3",
        "outliers",
    ),
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
    sentences = sum(counts.get(line, 1) for line in lines)
    measured = measure(given(edits.text, answer), "en", edits=edits)
    reasons = quality_reasons(replace(measured, sentences=sentences), config, "en")
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


def english_reference(documents: Sequence[Document]) -> Reference:
    """What outliers are measured against while speed is taken."""
    samples = (outlier_sample(document, ALL) for document in documents)
    return fit_reference([one for one in samples if one is not None], ALL.outlier_tail)


def bench(documents: Sequence[Document]) -> None:
    """Decisions and CPU seconds, document by document in turn."""
    peer, seconds, their_seconds = Datatrove(), 0.0, 0.0
    reference = english_reference(documents)
    table = {name: Parity() for name in (*SINGLE, "c4 as in the paper")}
    for document in documents:
        text = document.text
        answer = peer.judge(text)
        their_seconds += answer["seconds"]
        start = time.process_time()
        judged(document, ALL, reference)
        seconds += time.process_time() - start
        for family in ("gopher_repetition", "gopher_quality", "fineweb"):
            compare_family(text, answer, family, table[family])
        compare_c4(text, answer, False, table["c4"])
        compare_c4(text, answer, True, table["c4 as in the paper"])
    count = len(documents)
    print("| family | same, given its words | explained | same, own splitting |")
    print("|---|---:|---:|---:|")
    for name, parity in table.items():
        told = sum(n for kind, n in parity.kinds.items() if not kind.startswith("unexplained"))
        explained = (parity.same + told) / count
        print(
            f"| {name} | {parity.same / count:.4f} | {explained:.4f} | {parity.own / count:.4f} |"
        )
    print("\nDifferences, given its words:\n")
    for name, parity in table.items():
        for kind, number in parity.kinds.most_common():
            print(f"- {name}: {number} {kind}")
    print("\nThe most frequent, with our own splitting:\n")
    for name, parity in table.items():
        for kind, number in parity.own_kinds.most_common(8):
            print(f"- {name}: {number} {kind}")
    ratio = their_seconds / seconds
    print(f"\nSpeed, CPU: its four filters {count / their_seconds:.0f} documents/s, ", end="")
    print(f"all our families {count / seconds:.0f} documents/s, {ratio:.1f} times")


def main() -> None:
    """Compare on the texts of the named extractor, or of the recipe's default."""
    named = {"extractor": sys.argv[1]} if len(sys.argv) > 1 else {}
    config = ExtractConfig.model_validate(named)
    pages = crawl_texts(Path(os.environ["GRISTMILL_DATA"]), config)
    documents = [page.document for page in pages if page.document.language == "en"]
    print(f"## {len(documents)} English pages, texts of {config.extractor!r}\n")
    bench(documents)


if __name__ == "__main__":
    main()
