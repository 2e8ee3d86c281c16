"""The families of rules: flat comparisons, each with its published limit and its source.

A document is kept where its statistic is at least, or at most, the limit. Limits carry the names
under which a recipe overrides them; reasons name the defect.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.quality.structure_limits import (
    DOUBLED_NGRAMS,
    FORM_LINES,
    LEAST_CONTENT,
    LEAST_CONTENT_SHARE,
    LEAST_OF_PAGE,
    MOST_BRACES,
    MOST_LINKED,
    OWN,
)

GOPHER = "Rae et al. 2021, arXiv 2112.11446"
C4 = "Raffel et al. 2020, arXiv 1910.10683"
FINEWEB = "Penedo et al. 2024, arXiv 2406.17557"
REFINEDWEB = "Penedo et al. 2023, arXiv 2306.01116"
MC4 = "Xue et al. 2021, arXiv 2010.11934"
OUTLIERS = "after Llama 3, 2024, arXiv 2407.21783; limits fitted on the corpus"
DOLMA3 = "Olmo 3, 2025, and allenai/datamap-rs"


@dataclass(frozen=True, slots=True)
class Rule:
    """Keep a document whose `statistic` is at least, or at most, `default`."""

    reason: str
    statistic: str
    comparison: Literal["at_least", "at_most"]
    limit: str  # the name under which a recipe overrides it
    default: float
    source: str

    def fires(self, value: float | None, limit: float) -> bool:
        """Whether `value` is on the wrong side of `limit`."""
        if value is None:
            return False
        return value < limit if self.comparison == "at_least" else value > limit


def _least(reason: str, statistic: str, limit: str, default: float, source: str) -> Rule:
    return Rule(reason, statistic, "at_least", f"min_{limit}", default, source)


def _most(reason: str, statistic: str, limit: str, default: float, source: str) -> Rule:
    return Rule(reason, statistic, "at_most", f"max_{limit}", default, source)


_WORD_RULES = (
    _least("too_few_words", "words", "words", 50, GOPHER),
    _most("too_many_words", "words", "words", 100_000, GOPHER),
    _least("mean_word_too_short", "mean_word_length", "mean_word_length", 3, GOPHER),
    _most("mean_word_too_long", "mean_word_length", "mean_word_length", 10, GOPHER),
    _most("too_many_hashes", "hash_word_ratio", "hash_word_ratio", 0.1, GOPHER),
    _most("too_many_ellipses", "ellipsis_word_ratio", "ellipsis_word_ratio", 0.1, GOPHER),
    _most("too_many_bullet_lines", "bullet_line_share", "bullet_line_share", 0.9, GOPHER),
    _most("too_many_ellipsis_lines", "ellipsis_line_share", "ellipsis_line_share", 0.3, GOPHER),
    _least(
        "too_few_alphabetic_words", "alphabetic_word_share", "alphabetic_word_share", 0.8, GOPHER
    ),
)

_GOPHER_QUALITY = (
    *_WORD_RULES,
    _least("too_few_stop_words", "stop_words", "stop_words", 2, GOPHER),
)

_TOP = {2: 0.20, 3: 0.18, 4: 0.16}
_DUPLICATE = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}

_GOPHER_REPETITION = (
    _most("repeated_lines", "duplicate_line_share", "duplicate_line_share", 0.3, GOPHER),
    _most(
        "repeated_paragraphs",
        "duplicate_paragraph_share",
        "duplicate_paragraph_share",
        0.3,
        GOPHER,
    ),
    _most(
        "repeated_line_characters",
        "duplicate_line_character_share",
        "duplicate_line_character_share",
        0.2,
        GOPHER,
    ),
    _most(
        "repeated_paragraph_characters",
        "duplicate_paragraph_character_share",
        "duplicate_paragraph_character_share",
        0.2,
        GOPHER,
    ),
    *(
        _most(f"frequent_{n}gram", f"top_{n}gram_share", f"top_{n}gram_share", share, GOPHER)
        for n, share in _TOP.items()
    ),
    *(
        _most(
            f"repeated_{n}grams",
            f"duplicate_{n}gram_share",
            f"duplicate_{n}gram_share",
            share,
            GOPHER,
        )
        for n, share in _DUPLICATE.items()
    ),
)

_C4 = (
    _most("lorem_ipsum", "lorem_ipsum_lines", "lorem_ipsum_lines", 0, C4),
    _most("curly_bracket", "curly_bracket_lines", "curly_bracket_lines", 0, C4),
    _least("too_few_sentences", "sentences", "sentences", 5, f"{C4}; see C4_COUNTS"),
)

_FINEWEB = (
    _least(
        "too_few_punctuated_lines",
        "punctuated_line_share",
        "punctuated_line_share",
        0.12,
        FINEWEB,
    ),
    _most("too_many_short_lines", "short_line_share", "short_line_share", 0.67, FINEWEB),
    # As the prose of the paper and FineWeb-2 say; FineWeb's code and appendix have 0.01.
    _most(
        "repeated_characters",
        "repeated_character_share",
        "repeated_character_share",
        0.1,
        FINEWEB,
    ),
    _most(
        "too_many_newlines",
        "newline_word_ratio",
        "newline_word_ratio",
        0.3,
        "FineWeb's code (huggingface/datatrove); not in the paper",
    ),
)

_REFINEDWEB = (_most("too_much_cut", "cut_word_share", "cut_word_share", 0.05, REFINEDWEB),)

_MC4 = (_least("too_few_long_lines", "long_lines", "long_lines", 3, MC4),)

# The order and the limits of Olmo 3's web pipeline; stop words are counted with their repetitions
# there.
_DOLMA3 = (
    _least("too_few_characters", "prose_characters", "characters", 150, DOLMA3),
    *_WORD_RULES,
    _least(
        "too_few_stop_word_occurrences",
        "stop_word_occurrences",
        "stop_word_occurrences",
        2,
        DOLMA3,
    ),
)

# Ours: half of the words of minified code are single letters, of a page's prose three or more.
_STRUCTURED = (
    _least(
        "median_word_too_short",
        "median_word_length",
        "median_word_length",
        2,
        "own measurement on documentation pages",
    ),
)

# Of the structure reading, where they join any other family.
_STRUCTURE = (
    _least("too_little_content", "content_words", "content_words", LEAST_CONTENT, OWN),
    _least("mostly_labels", "content_word_share", "content_word_share", LEAST_CONTENT_SHARE, OWN),
    _most("form_page", "form_lines", "form_lines", FORM_LINES, OWN),
    _least("fragment_of_page", "short_page_share", "short_page_share", LEAST_OF_PAGE, OWN),
    _most("mostly_links", "short_link_share", "short_link_share", MOST_LINKED, OWN),
    _most("code_in_prose", "curly_bracket_share", "curly_bracket_share", MOST_BRACES, OWN),
)

# Two-sided, in units of the limits that the corpus's own reference sets at the recipe's tail. Above
# 1 where texts of sites outside the sample lie further out than the sample's own tail says: splits
# of the development pages by site and by genre were compared.
_OUTLIERS = tuple(
    rule
    for low, high, statistic, limit in (
        ("too_repetitive", "too_incompressible", "compression_deviation", 1.1),
        ("too_unbroken", "too_fragmented", "piece_deviation", 1.3),
        ("too_even_trigrams", "unusual_trigrams", "divergence_deviation", 1.1),
        ("improbable_trigrams", "too_probable_trigrams", "trigram_deviation", 1),
        ("improbable_words", "too_probable_words", "word_deviation", 1.5),
        ("too_few_different_words", "too_many_different_words", "entropy_deviation", 1.1),
        ("too_few_frequent_words", "too_many_frequent_words", "frequency_deviation", 1),
    )
    for rule in (
        _least(low, statistic, statistic, -limit, OUTLIERS),
        _most(high, statistic, statistic, limit, OUTLIERS),
    )
)

FAMILIES: Mapping[str, tuple[Rule, ...]] = {
    "gopher_quality": _GOPHER_QUALITY,
    "gopher_repetition": _GOPHER_REPETITION,
    "c4": _C4,
    "fineweb": _FINEWEB,
    "refinedweb": _REFINEDWEB,
    "mc4": _MC4,
    "dolma3": _DOLMA3,
    "outliers": _OUTLIERS,
    "structure": _STRUCTURE,  # joins any other family under the structure reading
    "structured": _STRUCTURED,  # joins any other family for documents with code or formulas
}

# Limits of documents with code or formulas, judged on their prose: a reference page is short, lists
# much and repeats the names it explains. Set near the second percentile of 1,225 documentation
# pages; the n-gram limits are Gopher's doubled.
STRUCTURED_LIMITS: Mapping[str, float] = {
    "min_words": 30,
    "min_characters": 100,
    "min_mean_word_length": 2.5,
    "min_alphabetic_word_share": 0.6,
    "min_sentences": 3,
    "min_punctuated_line_share": 0.02,
    "max_short_line_share": 0.8,
    "max_repeated_character_share": 0.15,
    "max_newline_word_ratio": 0.5,
    "max_cut_word_share": 0.25,
    "max_top_2gram_share": 0.25,
    "max_top_3gram_share": 0.25,
    "max_top_4gram_share": 0.25,
    **DOUBLED_NGRAMS,
}
# C4 takes a curly bracket for a sign of code where text was wanted; here code is wanted.
STRUCTURED_OFF = frozenset({"curly_bracket", "too_few_long_lines"})

# C4's two counts: the paper, T5's code, TFDS today and DCLM want 3 sentences and 5 words a line;
# datatrove and TFDS as it was want 5 and 3.
C4_COUNTS: Mapping[str, Mapping[str, float]] = {
    "sentences_5_words_3": {"min_sentences": 5, "min_line_words": 3},
    "sentences_3_words_5": {"min_sentences": 3, "min_line_words": 5},
}
