"""Shards planned and token files written without a pipeline."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline import files
from pipeline.tokenize.blocks import BLOCK_TOKENS, to_bytes
from pipeline.tokenize.shards import ROW, Rows, assign_shards, shard_counts


def write_token_file(path: str, table: pa.Table, block_tokens: int = BLOCK_TOKENS) -> None:
    """Writes what `token_table` made."""
    files.write_bytes_atomic(path, to_bytes(table, block_tokens))


def plan_shards(rows: Rows, groups: int, megabytes: float, dtype: str) -> Rows:
    """All documents with their shards, in the order of the dataset: by group, shard, order, id."""
    counts = shard_counts(group_tokens(rows, groups), megabytes, dtype)
    return np.sort(assign_shards(rows, counts), order=list(ROW.names or ()))


def group_tokens(rows: Rows, groups: int) -> npt.NDArray[np.int64]:
    """Tokens of each group; the sums of several parts add up."""
    totals = np.zeros(groups, np.int64)
    np.add.at(totals, rows["group"], rows["tokens"].astype(np.int64))
    return totals
