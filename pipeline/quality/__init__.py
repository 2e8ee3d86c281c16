"""Judge documents by what can be counted in their text.

In: documents after deduplication's cuts. Out: the same with lines edited (C4, RefinedWeb),
statistics beside them, and drops with every rule that speaks against them.

    judge        one document through all of this, in order: edit lines, split, measure, compare
    lines        edits of lines
    statistics   what is measured, once (`prose`, `repetition`, `stop_words`)
    measured_tables   what is written of it
    families, rules   the published limits, and what they say of the statistics
    outliers, outlier_reference, outlier_samples   measured against the corpus itself
    sweep        what other limits would keep
    signals/     the columns of RedPajama-v2

Rules: Rae et al. 2021 (Gopher), Raffel et al. 2020 (C4), Xue et al. 2021 (mC4), Penedo et al. 2023
(RefinedWeb) and 2024 (FineWeb), Olmo 3 2025 (Dolma 3); outliers after Llama 3 (2024).
"""

STAGE = "quality"  # in drops
