"""How much memory the local runner needs for `exact` and `near`, told before anything starts.

Locally all rows of a shuffle are in memory at once, as blobs, merged, joined and sorted: about five
times their bytes. Other runners spill to disk.
"""

from pipeline.dedup.duplicates import KEY_ROW
from pipeline.dedup.lines.recurring import LINE_ROW
from pipeline.dedup.near.clusters import EDGE
from pipeline.dedup.near.containers import SAMPLE_ROW
from pipeline.dedup.near.containment import CONTAINERS, SHINGLE_ROW
from pipeline.dedup.near.minhash import LEAST
from pipeline.dedup.near.pairs import BAND_ROW
from pipeline.dedup.near.survivors import MEMBER
from pipeline.dedup.paragraphs import PARAGRAPH_ROW
from pipeline.errors import UsageError
from pipeline.recipe import DedupConfig

BASE = 400 * 2**20  # a process itself, with one part at work
COPIES = 5  # of the rows of a shuffle that exist at one time: blobs, merged, joined, sorted
LINES, PARAGRAPHS = 40, 10  # of an average document, as rows that are different within a part
ASKING = 0.1  # of the documents may stand in longer ones
PAIRS = 4  # candidate pairs of an average document


def estimate(documents: int, config: DedupConfig, workers: int = 1) -> int:
    """Bytes at the peak of `exact` and `near` in the local runner, by their largest shuffle.

    One worker works in the process that drives; more are processes beside it.

    At the worst: every document is a candidate, no line of a part stands on two pages.
    """
    row_bytes = [KEY_ROW.itemsize]
    if config.site_lines:
        row_bytes.append(LINES * LINE_ROW.itemsize)
    if config.paragraphs:
        row_bytes.append(PARAGRAPHS * PARAGRAPH_ROW.itemsize)
    if config.minhash:
        row_bytes.append(config.minhash.bands * BAND_ROW.itemsize)
        row_bytes.append(MEMBER.itemsize + PAIRS * EDGE.itemsize)
    if config.minhash and config.containment:
        row_bytes.append(LEAST * SHINGLE_ROW.itemsize)
        row_bytes.append(round(ASKING * CONTAINERS * SAMPLE_ROW.itemsize))
    processes = workers + (workers > 1)
    return BASE * processes + COPIES * documents * max(row_bytes)


def refuse_too_many(
    documents: int, earlier: int, config: DedupConfig, available: int, workers: int = 1
) -> None:
    """Raises UsageError where the local runner's memory would not do; `available` in bytes.

    `earlier` documents, those of `dedup.against`, meet the new ones in every shuffle.
    """
    needed = estimate(documents + earlier, config, workers)
    if needed > available:
        before = f" against {earlier:,} of earlier runs" if earlier else ""
        raise UsageError(
            f"deduplicating {documents:,} documents{before} here needs about "
            f"{needed / 2**30:.1f} GiB and {available / 2**30:.1f} GiB are free; use "
            "--runner flink or dataflow, which spill to disk, or run the sources apart and join "
            "them by dedup.against"
        )
