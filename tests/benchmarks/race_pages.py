"""What the two sides of the race keep of the same pages, and how well they extract gold pages."""

import gzip
import json
import subprocess
from pathlib import Path

import numpy as np
import pyarrow.dataset as pads
from benchmarks.peer_datatrove import peer_python

from classifiers import EXTRACTOR
from classifiers.evaluation import page_f1
from classifiers.extractor.extractor_pages import BY_CHARACTER, FULL_TEXT, read_gold
from classifiers.extractor.extractor_training import GOLD, text_of
from pipeline.extract.extractor import extract_text
from pipeline.extract.judge.model import load_model
from pipeline.recipe import ExtractConfig

HERE = Path(__file__).resolve().parent
SHOWN = 10  # pages of each kind


def kept_by_us(out: Path) -> dict[str, str]:
    """Record to address of what stays to the end."""
    (curated,) = out.glob("curate-*/curated")
    (near,) = out.glob("near-*/decisions")
    gone = set(pads.dataset(near).to_table(["id"])["id"].to_pylist())
    rows = pads.dataset(curated).to_table(["id", "record_id", "url"]).to_pylist()
    return {_record(row["record_id"]): row["url"] for row in rows if row["id"] not in gone}


def kept_by_them(out: Path) -> dict[str, str]:
    """Record to address of what stays to the end."""
    found: dict[str, str] = {}
    for path in sorted((out / "left").glob("*.jsonl.gz")):
        with gzip.open(path, "rt") as file:
            rows = map(json.loads, file)
            found |= {_record(row["id"]): row["metadata"].get("url", "") for row in rows}
    return found


def _record(name: str) -> str:
    return name.strip("<>").removeprefix("urn:uuid:")


def compared(ours: dict[str, str], theirs: dict[str, str], pages: int) -> None:
    """Prints how many pages both keep, one or none, with some of each."""
    kinds = {
        "both": ours.keys() & theirs.keys(),
        "ours alone": ours.keys() - theirs.keys(),
        "theirs alone": theirs.keys() - ours.keys(),
    }
    for name, records in kinds.items():
        print(f"kept by {name}: {len(records):,}")
        for record in sorted(records)[:SHOWN]:
            print(f"    {ours.get(record) or theirs[record]}")
    print(f"kept by neither: {pages - len(ours.keys() | theirs.keys()):,}")


def gold_scores(data: Path) -> bool:
    """Prints the mean F1 over the collections of both extractors; whether ours is .03 better."""
    model, means = load_model(EXTRACTOR), []
    for collection in FULL_TEXT:
        pages = read_gold(data / GOLD, collection)
        lines = "".join(json.dumps(page.html) + "\n" for page in pages)
        command = [str(peer_python()), str(HERE / "race_peer.py"), "--extract"]
        told = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
        theirs = map(json.loads, told.stdout.splitlines()[-len(pages) :])
        ours = (text_of(extract_text(page.html, model, ExtractConfig())) for page in pages)
        scores = [
            [page_f1(text, page.gold_text, collection in BY_CHARACTER) for text in both]
            for page, *both in zip(pages, ours, theirs, strict=True)
        ]
        means.append(np.mean(scores, axis=0))
        print(f"gold F1, {collection:12} ours {means[-1][0]:.3f}, theirs {means[-1][1]:.3f}")
    ours_mean, theirs_mean = np.mean(means, axis=0)
    print(f"gold F1, mean         ours {ours_mean:.4f}, theirs {theirs_mean:.4f}")
    return bool(ours_mean - theirs_mean >= 0.03)
