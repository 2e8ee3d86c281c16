"""How well training tokens predict held-out text: an n-gram model of token ids, in NumPy alone.

Arrays of token ids come in, documents separated by an end-of-text id; bits per document go out,
and the difference of two mixtures in bits per byte with an interval.

gram_counts      the n-grams there are, by exact keys, and how many tokens each follows
ngram_model      their discounts and probabilities; the bits of documents
document_memory  chances of tokens by the documents that resemble what was read before
arm_intervals    bits per byte, and the difference of two arms by documents and by runs

Smoothing is modified Kneser-Ney, interpolated: absolute discounting (Ney, Essen and Kneser 1994),
continuation counts (Kneser and Ney 1995), three discounts an order (Chen and Goodman 1998). Copies
of a document count once.
"""
