"""Measure a text once: everything that the quality rules compare with a limit.

In: a `Split`. Out: `QualityStatistics`.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.quality.counts.repeated_ngrams import Ints
from pipeline.quality.counts.repetition import ngram_characters, repeated_items
from pipeline.quality.counts.sentences import sentence_count
from pipeline.quality.lines import NO_EDITS, LineEdits
from pipeline.quality.outliers import text_values
from pipeline.quality.statistics_record import QualityStatistics
from pipeline.quality.stop_words import language_data
from pipeline.text import TERMINAL_MARKS, Split

BULLETS = ("•", "-")  # as datatrove; extracted text marks list items with a hyphen
ELLIPSES = ("...", "…")
SHORT_LINE = 30  # characters, FineWeb
LONG_LINE = 200  # characters, mC4

Values = dict[str, float | int | bool | None]
OF_STRUCTURE = ("content_words", "content_word_share", "form_lines", "curly_bracket_share",
                "short_page_share", "short_link_share")  # fmt: skip


def measure(
    split: Split,
    language: str = "",
    structured: bool = False,
    edits: LineEdits = NO_EDITS,
) -> QualityStatistics:
    """The statistics of a text that is split already.

    Args:
        split: the text after line edits; without code and formulas if `structured`.
        language: ISO 639-1 code, for the stop words.
        structured: whether the document is flagged to hold code or formulas.
        edits: what the line edits cut before.
    """
    values: Values = edit_statistics(split, structured, edits)
    values |= word_statistics(split, language)
    values |= line_statistics(split.lines)
    values |= duplicate_statistics(split)
    values |= dict.fromkeys(OF_STRUCTURE)
    values |= text_values(split.text)
    return QualityStatistics(**values)  # type: ignore[arg-type]  # one dict of many types


def edit_statistics(split: Split, structured: bool, edits: LineEdits) -> Values:
    """What the line edits did, and the size of what is left."""
    return {
        "prose_characters": len(split.text),
        "structured": structured,
        "cut_lines": edits.cut_lines,
        "cut_word_share": edits.cut_word_share,
        "lorem_ipsum_lines": edits.lorem_ipsum_lines,
        "curly_bracket_lines": edits.curly_bracket_lines,
        "sentences": sentence_count(split),
    }


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def word_statistics(split: Split, language: str) -> Values:
    text, vocabulary, ids, counts = split.text, *_counted(split.words)
    lengths = np.fromiter(map(len, vocabulary), np.int64, len(vocabulary))
    spoken = _flags([word not in split.symbol_words for word in vocabulary])
    alphabetic = _flags([w.isalpha() or any(map(str.isalpha, w)) for w in vocabulary])
    words = int(counts @ spoken)
    tokens = len(split.words) + split.symbols
    values: Values = {
        "words": words,
        "mean_word_length": ratio(int((counts * spoken) @ lengths), words),
        "median_word_length": _median(lengths, counts * spoken),
        "hash_word_ratio": ratio(text.count("#"), tokens),
        "ellipsis_word_ratio": ratio(sum(map(text.count, ELLIPSES)), tokens),
        "alphabetic_word_share": ratio(int(counts @ alphabetic), tokens),
        "newline_word_ratio": ratio(text.count("\n"), tokens),
    }
    return values | _stop_words(vocabulary, counts, language) | _ngrams(ids, lengths, len(text))


def _counted(words: Sequence[str]) -> tuple[list[str], Ints, Ints]:
    """The vocabulary in order of appearance, each word's number in it, and each one's count."""
    vocabulary = list(dict.fromkeys(words))
    numbers = {word: number for number, word in enumerate(vocabulary)}
    ids = np.fromiter(map(numbers.__getitem__, words), np.int64, len(words))
    return vocabulary, ids, np.bincount(ids, minlength=len(vocabulary)).astype(np.int64)


def _flags(values: Sequence[bool]) -> Ints:
    return np.array(values, np.int64)


def _median(lengths: Ints, counts: Ints) -> float:
    """The median of `lengths` where each occurs `counts` times."""
    by_length = np.bincount(lengths, weights=counts).astype(np.int64) if len(lengths) else counts
    total = int(by_length.sum())
    if not total:
        return 0.0
    reached = np.cumsum(by_length)
    low = int(np.searchsorted(reached, (total - 1) // 2, side="right"))
    high = int(np.searchsorted(reached, total // 2, side="right"))
    return (low + high) / 2


def _stop_words(vocabulary: Sequence[str], counts: Ints, language: str) -> Values:
    data = language_data(language)
    if not data.stop:
        empty = ("stop_words", "stop_word_occurrences", "function_word_share")
        return {"language_rules": False} | dict.fromkeys(empty)
    lower = [word.lower() for word in vocabulary]
    stop = [word in data.stop for word in lower]
    function = _flags([word in data.function for word in lower])
    return {
        "language_rules": True,
        "stop_words": len(data.stop.intersection(lower)),
        "stop_word_occurrences": int(counts @ _flags(stop)),
        "function_word_share": ratio(int(counts @ function), int(counts.sum())),
    }


def _ngrams(ids: Ints, lengths: Ints, characters: int) -> Values:
    found = ngram_characters(ids, lengths[ids])
    top = {f"top_{n}gram_share": c for n, c in zip((2, 3, 4), found.top, strict=True)}
    duplicate = {
        f"duplicate_{n}gram_share": c
        for n, c in zip((5, 6, 7, 8, 9, 10), found.duplicate, strict=True)
    }
    return {name: ratio(count, characters) for name, count in (top | duplicate).items()}


def line_statistics(lines: Sequence[str]) -> Values:
    count = len(lines)
    return {
        "lines": count,
        "bullet_line_share": ratio(sum(line.startswith(BULLETS) for line in lines), count),
        "ellipsis_line_share": ratio(sum(line.endswith(ELLIPSES) for line in lines), count),
        "punctuated_line_share": ratio(sum(line.endswith(TERMINAL_MARKS) for line in lines), count),
        "short_line_share": ratio(sum(len(line) <= SHORT_LINE for line in lines), count),
        "long_lines": sum(len(line) >= LONG_LINE for line in lines),
    }


def duplicate_statistics(split: Split) -> Values:
    lines, paragraphs, characters = split.lines, split.paragraphs, len(split.text)
    line_count, line_characters = repeated_items(lines)
    paragraph_count, paragraph_characters = repeated_items(paragraphs)
    return {
        "paragraphs": len(paragraphs),
        "duplicate_line_share": ratio(line_count, len(lines)),
        "duplicate_paragraph_share": ratio(paragraph_count, len(paragraphs)),
        "duplicate_line_character_share": ratio(line_characters, characters),
        "duplicate_paragraph_character_share": ratio(paragraph_characters, characters),
        "repeated_character_share": ratio(line_characters, sum(map(len, lines))),
    }
