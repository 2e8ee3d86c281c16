"""Shards become training batches: random access, exact order, exact resume, any number of ranks.

In: a dataset (manifest, block table, shards), here or in a store, and a plan of phases. Out:
batches of token ids with labels, document boundaries and groups. NumPy only; torch is touched in
`batches` alone.

Everything follows from one number, the global sample: the phase and the group it falls into
(`mixing`), which sample of that group it is in this epoch (`permutation`), which tokens those are
(`samples`), where they lie (`reader`). So a checkpoint is a position (`state`), and no order is
ever stored.

plan           the order that phases make
phases         stretches of training with weights, placed one after the other
permutation    a keyed bijection of 0 .. n-1 (Feistel network with cycle walking)
mixing         exact shares of groups, in closed form
samples/       which tokens make a sample: windows over the stream, or whole documents
mixture_plan   what the plan.json of a mixture says
reader         tokens and boundaries at positions of the dataset
block_index    what a dataset says of its blocks, and what of them was compared
shard_sources  blocks of shards, mapped or fetched, checked on first touch
block_caches   fetched blocks kept on this machine, within a bound
state          what a checkpoint holds, and what it refuses
token_loader   batches of NumPy arrays
token_batch    what such a batch is
batches        the same as torch tensors
"""
