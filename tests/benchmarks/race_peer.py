"""Runs in datatrove's own environment: FineWeb's recipe over a folder of archives, to tokens.

    python race_peer.py ARCHIVES TOKENIZER OUT WORKERS
    python race_peer.py --extract        JSON lines of HTML to JSON lines of text

As FineWeb was made with it: URL filter, trafilatura, language, Gopher, C4, FineWeb, four MinHash
stages, personal data, tokens. Changed: the language model is the small one that a package holds,
since nothing is downloaded; and a page has 30 s, not one, as seconds on a wall drop pages where
others work. Tasks are as many as archives.
"""

import json
import sys
from pathlib import Path

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    LanguageFilter,
    URLFilter,
)
from datatrove.pipeline.formatters import PIIFormatter
from datatrove.pipeline.readers import JsonlReader, WarcReader
from datatrove.pipeline.tokens import DocumentTokenizer
from datatrove.pipeline.writers.jsonl import JsonlWriter

SECONDS = 30  # that the extraction of a page may take


def main(archives: str, tokenizer: str, out: str, workers: int) -> None:
    tasks = len(list(Path(archives).glob("*.warc.gz")))
    config = MinhashConfig()
    stages = {
        "base": (tasks, _base(archives, out)),
        "signatures": (
            tasks,
            [JsonlReader(f"{out}/base"), MinhashDedupSignature(f"{out}/signatures", config)],
        ),
        "buckets": (
            config.num_buckets,
            [MinhashDedupBuckets(f"{out}/signatures", f"{out}/buckets", config=config)],
        ),
        "cluster": (1, [MinhashDedupCluster(f"{out}/buckets", f"{out}/remove", config=config)]),
        "filter": (
            tasks,
            [
                JsonlReader(f"{out}/base"),
                MinhashDedupFilter(f"{out}/remove"),
                PIIFormatter(),
                JsonlWriter(f"{out}/left"),
            ],
        ),
        "tokens": (
            tasks,
            [JsonlReader(f"{out}/left"), DocumentTokenizer(f"{out}/tokens", tokenizer)],
        ),
    }
    for name, (count, steps) in stages.items():
        folder = f"{out}/logs/{name}"
        LocalPipelineExecutor(steps, tasks=count, workers=workers, logging_dir=folder).run()


def _base(archives: str, out: str) -> list[object]:
    return [
        WarcReader(archives, glob_pattern="*.warc.gz"),
        URLFilter(),
        Trafilatura(favour_precision=True, timeout=SECONDS),
        LanguageFilter(),
        GopherRepetitionFilter(),
        GopherQualityFilter(),
        C4QualityFilter(filter_no_terminal_punct=False),
        FineWebQualityFilter(),
        JsonlWriter(f"{out}/base"),
    ]


def extract() -> None:
    """Each line of standard input is a page's HTML as JSON; each of standard output its text."""
    found = Trafilatura(favour_precision=True, timeout=SECONDS)
    for line in sys.stdin:
        document = Document(text=json.loads(line), id="0")
        text = found.extract(document.text)
        print(json.dumps(text or ""), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--extract":
        extract()
    else:
        main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
