"""The limits of the structure reading, over those that were published for plain prose.

A text is judged by what it says: a manual page of three sentences and a signature says something, a
hundred entries of a menu do not. Rules that told prose from lists by lengths and ends of lines have
limits here that never fire: `mostly_labels` asks the same of typed lines. Set on the opened half of
`tests/cases/quality_labels.tsv`; a recipe's own limit goes before. In scripts without spaces two
characters are a word.
"""

from collections.abc import Mapping
from math import inf

OWN = "own labels of pages: tests/cases/quality_labels.tsv"
LEAST_CONTENT = 15  # words in sentences, rows, code and formulas
LEAST_CONTENT_SHARE = 0.35  # of all words
FORM_LINES = 2  # of more, a page that says little is a form
LEAST_OF_PAGE = 0.1  # the main text of a page that holds ten times as much was not found
MOST_LINKED = 0.5  # of a short text: it leads to others
MOST_BRACES = 0.5  # of the lines of prose

# Gopher's limits doubled: a manual says of each function what it says of the next.
DOUBLED_NGRAMS: Mapping[str, float] = {
    "max_duplicate_5gram_share": 0.30,
    "max_duplicate_6gram_share": 0.28,
    "max_duplicate_7gram_share": 0.26,
    "max_duplicate_8gram_share": 0.24,
    "max_duplicate_9gram_share": 0.22,
    "max_duplicate_10gram_share": 0.20,
}
STRUCTURE_LIMITS: Mapping[str, float] = {
    "min_words": LEAST_CONTENT,
    "min_characters": 0,
    "min_sentences": 0,
    "min_punctuated_line_share": 0,
    "max_short_line_share": 1,
    "max_newline_word_ratio": inf,
    "max_curly_bracket_lines": inf,
    "min_long_lines": 0,
    "min_mean_word_length": 2.5,
    "min_alphabetic_word_share": 0.6,
    "max_repeated_character_share": 0.1,  # FineWeb-2's
    "max_duplicate_line_share": 1,  # labels repeat: their characters are counted
    "max_cut_word_share": 0.25,
    **DOUBLED_NGRAMS,
}
