"""Deduplication: what came twice goes, by a rule that anybody can follow, and the reason stays.

In: documents parts, and for near-duplicates the signatures that `curate` has stored. Between
workers travel rows of ids, hashes and counts alone. Out: decisions per part, joined by id and
never by position.

    keys, packed_keys, rows   what is compared in place of texts, and how it travels
    survivor_order   who stays of documents that are one
    comparisons   what the job `exact` compares, in order: duplicates, lines, paragraphs
    opt_outs, site_rules   documents whose host forbids their use
    decisions     the decisions on a part, and documents after them
    lines/        what a site repeats
    near/         near-duplicates, and texts that stand in longer ones

Papers: Broder 1997 (resemblance, min-wise hashing), Li, Owen and Zhang 2012 (one permutation
hashing), Koslicki and Zabeti 2019 (containment by min-wise hashes), Kiveris et al. 2014 (connected
components by large and small stars), Penedo et al. 2023 and 2024 (what deduplication does to web
corpora).
"""

STAGE = "dedup"  # in drops
