"""Near-duplicates: in signatures, out pairs, components, clusters and the one that stays.

minhash    the signature of a text
pairs      candidates by equal bands, verified by their signatures
clusters   connected components of pairs, in rounds of large and small stars
survivors  the verdict on a component: who leaves, for whom
containment, containers   texts that stand in longer ones: candidates, and the verdict
curve      how probable it is that a pair is caught
"""
