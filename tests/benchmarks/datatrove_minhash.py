"""Runs in datatrove's own environment: its four MinHash stages over a folder of JSON lines.

In: the folder, and a folder to work in. Out: one JSON object, CPU seconds by stage and the number
of documents that are left. The tokenizer is loaded before the clock starts.
"""

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.utils.text import split_into_words

CONFIG = MinhashConfig()


def spent(work: Iterable[object] | None) -> tuple[float, int]:
    """CPU seconds of running a generator or a call to its end, and how many items it gave."""
    start = time.process_time()
    count = 0 if work is None else sum(1 for _ in work)
    return time.process_time() - start, count


def main(texts: str, work: Path) -> None:
    split_into_words("A sentence to load the tokenizer.", "eng")
    sign = MinhashDedupSignature(str(work / "signatures"), CONFIG)
    cpu = {"signatures": timed(lambda: sign.run(JsonlReader(texts).run()))}
    cpu["buckets"] = sum(
        timed(
            lambda bucket=bucket: MinhashDedupBuckets(
                str(work / "signatures"), str(work / "buckets"), config=CONFIG
            ).run(None, bucket, CONFIG.num_buckets)
        )
        for bucket in range(CONFIG.num_buckets)
    )
    cluster = MinhashDedupCluster(str(work / "buckets"), str(work / "remove"), config=CONFIG)
    cpu["cluster"] = timed(lambda: cluster.run(None, 0, 1))
    left: list[int] = []
    keep = MinhashDedupFilter(str(work / "remove"))
    cpu["filter"] = timed(lambda: left.append(spent(keep.run(JsonlReader(texts).run()))[1]))
    print(json.dumps({"cpu": cpu, "left": left[0]}))


def timed(call: object) -> float:
    start = time.process_time()
    call()  # type: ignore[operator]
    return time.process_time() - start


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
