"""What models and lists say of a document: columns beside the text, decided upon only by `mix`.

In: curated documents of one part, and models as arguments. Out: one row per document (id, scores,
domain, benchmark hits). The referenced score is LLaMA's filter (arXiv 2302.13971), trained on the
crawl itself; the examples for it are chosen here over columns. Benchmark hits are word n-grams, 13
long as in GPT-3 (arXiv 2005.14165).
"""
