"""How much more a text looks like a target's texts than like the corpus: DSIR's importance weight.

In: lower-case words, and a table of log-ratios fitted on texts of both sides. Out: the logarithm of
the ratio of probabilities under two bags of hashed words and word pairs, summed over the text, with
10,000 buckets as in RedPajama-v2 (Xie et al. 2023, arXiv 2302.03169; Weber et al. 2024,
arXiv 2411.12372). Sums are of integers, so they have no order.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from pipeline.document import digest
from pipeline.errors import CheckError, UsageError
from pipeline.quality.counts.repeated_ngrams import Ints
from pipeline.quality.outliers import SCALE, Floats
from pipeline.text import words

BUCKETS = 10_000
MIN_DOCUMENTS = 10  # of either side


@dataclass(frozen=True, slots=True)
class Importance:
    """Log-ratios by bucket, as integers times SCALE, and the samples they were fitted on."""

    log_ratios: Ints
    target: str  # digest of the target's texts
    source: str
    documents: tuple[int, int]  # of target and source

    def weight(self, lower_words: Sequence[str]) -> float:
        """The log importance weight of a text with these words, in nats."""
        return int(self.log_ratios[_buckets(lower_words)].sum()) / SCALE


def fit_importance(target: Iterable[str], source: Iterable[str]) -> Importance:
    """The log-ratios of two sets of texts; their order does not matter.

    Raises UsageError where either side has fewer than MIN_DOCUMENTS texts.
    """
    wanted, others = sorted(set(target)), sorted(set(source))
    if min(len(wanted), len(others)) < MIN_DOCUMENTS:
        raise UsageError(
            f"{len(wanted)} target and {len(others)} source texts are too few for importance "
            f"weights; give {MIN_DOCUMENTS} of each or more"
        )
    ratios = np.rint((_logs(wanted) - _logs(others)) * SCALE).astype(np.int64)
    return Importance(ratios, digest(*wanted), digest(*others), (len(wanted), len(others)))


def _logs(texts: Sequence[str]) -> Floats:
    """Log-probabilities by bucket; one count is added to each."""
    counts = np.ones(BUCKETS, np.int64)
    for text in texts:
        lower = list(map(str.lower, words(text)))
        counts += np.bincount(_buckets(lower), minlength=BUCKETS)
    logs: Floats = np.log(counts / int(counts.sum()))
    return logs


def _buckets(lower_words: Sequence[str]) -> Ints:
    """The buckets of the words and of the pairs of neighbours."""
    pairs = (" ".join(pair) for pair in pairwise(lower_words))
    grams = (gram.encode("utf-8", "surrogatepass") for gram in (*lower_words, *pairs))
    return np.fromiter((zlib.crc32(gram) % BUCKETS for gram in grams), np.int64)


_SCHEMA = pa.schema(
    [
        ("target", pa.string()),
        ("source", pa.string()),
        ("target_documents", pa.int64()),
        ("source_documents", pa.int64()),
        ("log_ratios", pa.list_(pa.int64())),
    ]
)


def importance_table(fitted: Importance) -> pa.Table:
    """One row with the log-ratios and the digests of both samples."""
    row = (fitted.target, fitted.source, *fitted.documents, fitted.log_ratios.tolist())
    return pa.Table.from_pylist([dict(zip(_SCHEMA.names, row, strict=True))], schema=_SCHEMA)


def table_importance(table: pa.Table) -> Importance:
    """What `importance_table` wrote. Raises CheckError for a table that is none."""
    if table.schema.names != _SCHEMA.names or table.num_rows != 1:
        raise CheckError("this is no table of importance weights; fit it with --target anew")
    (row,) = table.to_pylist()
    documents = (row["target_documents"], row["source_documents"])
    ratios = np.array(row["log_ratios"], np.int64)
    return Importance(ratios, row["target"], row["source"], documents)
