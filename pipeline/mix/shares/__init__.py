"""How much is seen of what: sums over components and buckets that know no document.

In: tokens by component, bin of scores or bucket. Out: shares, amounts and how often a bucket is
seen. UniMax (arXiv 2304.09151), temperature (mT5, 2010.11934), quality curves (OLMo 3, 2512.13961),
rehydration (FineWeb-2, 2506.20920), annealing (Llama 3, 2407.21783).
"""
