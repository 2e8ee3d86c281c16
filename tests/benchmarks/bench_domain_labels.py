"""How well domains are told: pages that two readers have labelled, in two sets of halves.

    python tests/benchmarks/bench_domain_labels.py RUN...

RUN are the folders of runs over the shared crawl and the gold pages, finished up to extract, with
all languages and nothing screened; their documents teach, as those of a run do. Ends with 1 where a
bar is missed on the later sealed half: its pages were not looked at before the rules stood. The
weights of the rules were chosen by the three others.
"""

import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2])]

from classifiers.tagging.domain_model import DomainModel  # noqa: E402
from classifiers.tagging.tag_notes import note  # noqa: E402
from classifiers.tagging.taught import teach  # noqa: E402
from pipeline.commands.fit_reference import read_documents  # noqa: E402

LABELS = HERE.parents[1] / "classifiers" / "domain_labels.tsv"
COVERAGE, LEAST_ACCURACY, LEAST_F1, LEAST_PAGES = 0.85, 0.80, 0.72, 10
HALVES = ("open", "sealed", "later_open", "later_sealed")
Told = dict[str, tuple[str, float]]  # record id to domain and share


def labels() -> dict[str, dict[str, str]]:
    """By half, the domain of each record."""
    found: dict[str, dict[str, str]] = {half: {} for half in HALVES}
    for line in LABELS.read_text("utf-8").splitlines():
        if line[0] != "#":
            record, domain, _, half, _ = line.split("\t")
            found[half][record] = domain
    return found


def figures(told: Told, wanted: dict[str, str]) -> tuple[float, float, float]:
    """Accuracy, that of the surest, and macro-F1 over the domains with ten pages."""
    rows = [(told[one][1], told[one][0], domain) for one, domain in wanted.items() if one in told]
    rows.sort(reverse=True)
    right = [said == domain for _, said, domain in rows]
    sure = right[: int(COVERAGE * len(right))]
    hits = Counter(domain for _, said, domain in rows if said == domain)
    said, there = Counter(said for _, said, _ in rows), Counter(domain for *_, domain in rows)
    scores = [2 * hits[d] / (said[d] + n) for d, n in there.items() if n >= LEAST_PAGES]
    return sum(right) / len(right), sum(sure) / len(sure), sum(scores) / len(scores)


def main() -> None:
    if not sys.argv[1:]:
        sys.exit("name the folders of runs that hold the labelled pages")
    documents = list(read_documents(sys.argv[1:]))
    notes = note(documents)
    model = DomainModel(teach(documents, notes))
    tags = model.tag(notes)
    told = {one.record_id: tag for one, tag in zip(documents, tags, strict=True)}
    for half, wanted in labels().items():
        accuracy, sure, f1 = figures(told, wanted)
        print(
            f"{half:12} {len(wanted)} pages: accuracy {accuracy:.3f}, of the surest {COVERAGE:.0%} "
            f"{sure:.3f}, macro-F1 {f1:.3f}"
        )
    held = sure >= LEAST_ACCURACY and f1 >= LEAST_F1
    print("holds" if held else "MISSED")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
