"""Text becomes tokens: a tokenizer is trained, parts are encoded, tokens are gathered into shards.

In: a sample of texts, curated parts, phase and group of every document. Out: a tokenizer folder,
one token file per part, and a dataset: uncompressed Arrow shards, a table of their blocks and a
manifest.

train      byte-level BPE (Sennrich et al. 2016; byte level as in GPT-2, split as in cl100k)
encode     the same merges in tiktoken, safe against control strings and endless runs
blocks     Arrow IPC files whose record batches are blocks with known offsets and checksums
token_files  the chosen documents of a part, as ids
shards     which document goes where, and shards written
manifest   what the loader trusts: totals, digests, identity
"""
