"""Which tokens make a sample.

"concat": a group's documents stand in one stream in the order of its shards, and sample i holds
tokens [i T, (i + 1) T). The last sample of a group is short; it is filled up with the end of text,
whose labels are ignored. Every token is an input exactly once an epoch.

"bestfit": documents are kept whole where they fit (`best_fit`), a longer one is cut every T tokens;
what is left of a sample is filled up. Every token is an input exactly once an epoch here too.

Labels are the next token of the stream, or of the document. IGNORED marks those that are none.
"""

from typing import Literal

Packing = Literal["concat", "bestfit"]

IGNORED = -100  # what torch's cross entropy leaves out


def concat_samples(tokens: int, seq_len: int) -> int:
    """Samples of a stream of `tokens` tokens, the short last one too."""
    return -(-tokens // seq_len)
