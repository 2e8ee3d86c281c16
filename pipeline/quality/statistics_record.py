"""What is counted in one text: the fields are columns beside the document, so that limits can be
tuned without the text. Shares lie in [0, 1]; a text without words or lines has zeros. No rule can
fire on what is None, as where a language has no data.
"""

import types
from dataclasses import dataclass, fields
from typing import Any, get_args

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class QualityStatistics:
    """What was counted in one text."""

    prose_characters: int  # of the text that was measured: without code and formulas if structured
    structured: bool  # judged as a page with code or formulas, on its prose
    language_rules: bool  # whether there are stop words for the language
    words: int
    mean_word_length: float | None
    median_word_length: float | None
    hash_word_ratio: float
    ellipsis_word_ratio: float
    bullet_line_share: float
    ellipsis_line_share: float
    alphabetic_word_share: float | None
    stop_words: int | None  # distinct ones of the language's list
    stop_word_occurrences: int | None
    function_word_share: float | None
    lines: int
    paragraphs: int
    duplicate_line_share: float
    duplicate_paragraph_share: float
    duplicate_line_character_share: float
    duplicate_paragraph_character_share: float
    top_2gram_share: float
    top_3gram_share: float
    top_4gram_share: float
    duplicate_5gram_share: float
    duplicate_6gram_share: float
    duplicate_7gram_share: float
    duplicate_8gram_share: float
    duplicate_9gram_share: float
    duplicate_10gram_share: float
    sentences: int
    lorem_ipsum_lines: int
    curly_bracket_lines: int
    punctuated_line_share: float
    short_line_share: float
    repeated_character_share: float
    newline_word_ratio: float
    long_lines: int
    cut_lines: int
    cut_word_share: float
    content_words: int | None  # in sentences, rows, code, formulas; as published None, as below
    content_word_share: float | None  # of all words
    form_lines: int | None
    curly_bracket_share: float | None  # of the lines of prose
    short_page_share: float | None  # the document's page_share and link_share, where it says little
    short_link_share: float | None
    compression_ratio: float | None
    pieces_per_character: float | None
    trigram_divergence: float | None  # None too where the language has no outlier reference
    trigram_log_probability: float | None
    word_log_probability: float | None
    word_entropy: float | None
    frequent_word_share: float | None
    compression_deviation: float | None  # 0 median, -1 and 1 limits of the language at this length
    piece_deviation: float | None
    divergence_deviation: float | None
    trigram_deviation: float | None
    word_deviation: float | None
    entropy_deviation: float | None
    frequency_deviation: float | None


_ARROW: dict[Any, pa.DataType] = {int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def _field(name: str, annotation: Any) -> pa.Field:
    optional = isinstance(annotation, types.UnionType)
    base = get_args(annotation)[0] if optional else annotation
    return pa.field(name, _ARROW[base], nullable=optional)


STATISTICS_SCHEMA = pa.schema([_field(f.name, f.type) for f in fields(QualityStatistics)])
