"""Which tokens make a sample.

"concat": a group's documents stand in one stream in the order of its shards, and sample i holds
tokens [i T, (i + 1) T). The last sample of a group is short; it is filled up with the end of text,
whose labels are ignored. Every token is an input exactly once an epoch.

"bestfit": documents are kept whole where they fit (`best_fit`), a longer one is cut every T tokens;
what is left of a sample is filled up. Every token is an input exactly once an epoch here too.

Labels are the next token of the stream, or of the document. IGNORED marks those that are none.
"""

from typing import Literal

from pipeline.errors import UsageError

Packing = Literal["concat", "bestfit"]

MOST_TOKENS = 1 << 30  # of a sample: places in a block are 32 bits
IGNORED = -100  # what torch's cross entropy leaves out


def checked_length(seq_len: int) -> int:
    """A length of samples. Raises UsageError for one that cannot be."""
    if not 1 <= seq_len <= MOST_TOKENS:
        raise UsageError(f"samples of {seq_len} tokens cannot be; set 1 to {MOST_TOKENS:,}")
    return seq_len


def concat_samples(tokens: int, seq_len: int) -> int:
    """Samples of a stream of `tokens` tokens, the short last one too."""
    return -(-tokens // seq_len)
