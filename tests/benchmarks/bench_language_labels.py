"""Whether a document is English, on the shared crawl with corrected labels.

    GRISTMILL_DATA=<folder> python tests/benchmarks/bench_language_labels.py RUN

RUN is a run of the crawl with `[extract] prefilter = false` and of `[screen]` languages and
blocklists empty, rights "ignore", personal_data "keep". A document is labelled by its folder, or
where two readers have read it (`tests/language/crawl_labels.tsv`) theirs; where they differ it does
not count.
Ends with 1 where a bar is missed.
"""

import gzip
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2])]

import pyarrow.dataset as pads  # noqa: E402

from pipeline.language.codes import language_code  # noqa: E402
from pipeline.language.detection import detect_language  # noqa: E402
from pipeline.recipe import ScreenConfig  # noqa: E402

LABELS = HERE.parents[1] / "language" / "crawl_labels.tsv"
COLUMNS = ["id", "text", "record_id", "has_code"]
SHORT = 200  # characters
# Least precision and recall by kind of document.
BARS = {"all": (0.985, 0.998), "code": (0.96, 0.96), "short": (0.96, 0.96)}


def folders(data: Path) -> dict[str, str]:
    """The language of the folder that a record's page stood in, by its id."""
    with gzip.open(data / "crawl" / "manifest.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return {row["record_id"]: language_code(row.get("lang_path") or "") for row in rows}


def read_labels() -> dict[str, str]:
    """English, "other" or "" where the readers differ, by id."""
    found = {}
    for line in LABELS.read_text("utf-8").splitlines()[1:]:
        one, *read = line.split("\t")
        is_english = {code == "en" for code in read}
        found[one] = "" if len(is_english) > 1 else ("en" if True in is_english else "other")
    return found


def kinds(row: dict[str, Any]) -> list[str]:
    code, short = ["code"] * row["has_code"], ["short"] * (len(row["text"]) < SHORT)
    return ["all", *code, *short]


def main() -> None:
    (folder,) = Path(sys.argv[1]).glob("extract-*/documents")
    by_folder, read = folders(Path(os.environ["GRISTMILL_DATA"])), read_labels()
    least = ScreenConfig().language_threshold
    counts = Counter[tuple[str, bool, bool]]()
    for row in pads.dataset(folder).to_table(COLUMNS).to_pylist():
        label = read.get(row["id"], by_folder.get(row["record_id"], ""))
        if label:
            found = detect_language(row["text"])
            told = found.code == "en" and found.score >= least
            counts.update((kind, label == "en", told) for kind in kinds(row))
    held = True
    for kind, bars in BARS.items():
        right = counts[kind, True, True]
        precision = right / max(1, right + counts[kind, False, True])
        recall = right / max(1, right + counts[kind, True, False])
        held &= precision >= bars[0] and recall >= bars[1]
        print(f"{kind:6} {right:5} precision {precision:.3f} recall {recall:.4f}")
    print("holds" if held else "MISSED")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
