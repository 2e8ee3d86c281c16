"""How well topics are told by rules, on pages that a model has labelled, and on ours.

    GRISTMILL_DATA=<folder> python tests/benchmarks/bench_topic_labels.py [RUN...]

RUN are the folders of runs that hold the pages of `domain_labels.tsv` (bench_domain_labels.py). The
words of the rules were looked over once beside the labels of pages with an even hash; those with an
odd one, and ours, were not looked at.
"""

import gzip
import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2])]

from classifiers.metrics import macro_f1  # noqa: E402
from classifiers.tagging.tag_notes import note  # noqa: E402
from classifiers.tagging.topics import tag_topics  # noqa: E402
from pipeline.commands.fit_reference import read_documents  # noqa: E402
from pipeline.document import Document, digest  # noqa: E402
from pipeline.urls import site  # noqa: E402

OURS = HERE.parents[1] / "classifiers" / "domain_labels.tsv"
LABELS = "labels/topic-weborganizer/web-topics-dev.jsonl.gz"


def labelled() -> tuple[list[Document], list[str]]:
    with gzip.open(Path(os.environ["GRISTMILL_DATA"], LABELS), "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    pages = [
        Document(digest(row["url"]), row["url"], "labels", row["text"], site(row["url"]))
        for row in rows
    ]
    return pages, [row["topic"] for row in rows]


def ours(runs: list[str]) -> tuple[list[Document], list[str]]:
    """The pages of runs whose topic two readers have told."""
    rows = [line.split("\t") for line in OURS.read_text("utf-8").splitlines() if line[0] != "#"]
    wanted = {record: topic for record, _, topic, _, _ in rows if topic != "-"}
    pages = [page for page in read_documents(runs) if page.record_id in wanted]
    return pages, [wanted[page.record_id] for page in pages]


def figures(told: list[str], wanted: list[str]) -> str:
    """Coverage, accuracy where a topic is told and of all, macro-F1."""
    known = [said == want for said, want in zip(told, wanted, strict=True) if said]
    return (
        f"{len(told)} pages: told {len(known) / len(told):.3f}, right of those "
        f"{sum(known) / len(known):.3f}, of all {sum(known) / len(told):.3f}, macro-F1 "
        f"{macro_f1(told, wanted):.3f}"
    )


def main() -> None:
    if "GRISTMILL_DATA" not in os.environ:
        sys.exit("set GRISTMILL_DATA to the folder of the labels")
    pages, wanted = labelled()
    told = [topic for topic, _ in tag_topics(note(pages).topics)]
    for name, odd in (("looked at", 0), ("not looked at", 1)):
        half = [at for at, page in enumerate(pages) if int(page.id[0], 16) % 2 == odd]
        print(f"{name:13} {figures([told[at] for at in half], [wanted[at] for at in half])}")
    if sys.argv[1:]:
        pages, wanted = ours(sys.argv[1:])
        told = [topic for topic, _ in tag_topics(note(pages).topics)]
        print(f"{'ours':13} {figures(told, wanted)}")


if __name__ == "__main__":
    main()
