"""What is measured under the structure reading: rules on words and lines judge sentences, and the
whole text is asked how much it says, how often it repeats a line, and whether it is a form.
"""

from pipeline.document import Document
from pipeline.quality.counts.repetition import repeated_items
from pipeline.quality.lines import LineEdits
from pipeline.quality.outliers import text_values
from pipeline.quality.prose import prose
from pipeline.quality.reading.form_words import form_lines
from pipeline.quality.reading.typed_lines import TypedLines
from pipeline.quality.statistics import (
    BULLETS,
    ELLIPSES,
    Values,
    duplicate_statistics,
    edit_statistics,
    line_statistics,
    ratio,
    word_statistics,
)
from pipeline.quality.statistics_record import QualityStatistics
from pipeline.quality.stop_words import language_data
from pipeline.text import Split

# What is asked of words and of their probabilities needs some: Gopher's documents have fifty. The
# most frequent n-gram of a few sentences is a share of them, however rare it is.
_LEAST_SENTENCES, _LEAST_OUTLIER, _LEAST_NGRAM = 30, 50, 100
_OF_WORDS = ("mean_word_length", "median_word_length", "alphabetic_word_share")
_STOP = ("stop_words", "stop_word_occurrences", "function_word_share")
_TOP = ("top_2gram_share", "top_3gram_share", "top_4gram_share")
_MAY_REPEAT = frozenset(("code", "formula", "row"))
_SHORT, _LISTED = 60, 200  # words of content below which a text may be a fragment, or an index
_TEASER_WORDS = 40  # up to which a line that breaks off is a teaser; a paragraph says something


def sentences_of(typed: TypedLines) -> Split:
    """The sentences of a text without formulas and code: what rules made for prose judge."""
    return Split(prose("\n".join(typed.prose)))


def compared(sentences: Split) -> Split:
    """What is held against the outlier reference; nothing where it is too little to tell."""
    return sentences if len(sentences.words) >= _LEAST_OUTLIER else Split("")


def measure_typed(
    document: Document,
    typed: TypedLines,
    sentences: Split,
    split: Split,
    structured: bool,
    edits: LineEdits,
) -> QualityStatistics:
    """The statistics of a text by its lines.

    Args:
        document: whose lines they are: its language, for the stop words, address and page.
        typed: the lines after line edits.
        sentences: those of them that are prose, see `sentences_of`.
        split: the same text as a whole.
        structured: whether the document is flagged to hold code or formulas.
        edits: what the line edits cut before.
    """
    count, language = len(sentences.words), document.language
    values: Values = edit_statistics(sentences, structured, edits)
    values |= word_statistics(sentences, language)
    values |= line_statistics(sentences.lines) | duplicate_statistics(sentences)
    content = typed.content_words
    values |= _all_lines(document, typed, content, sentences, split)
    if 2 * count < content:  # of a text that is mostly tables or code nobody asks
        values |= dict.fromkeys(_STOP)
    elif stop := language_data(language).stop:
        values["stop_words"] = len(stop.intersection(split.lower_words))
    if count < _LEAST_NGRAM:
        values |= dict.fromkeys(_TOP, 0.0)
    if count < _LEAST_SENTENCES:
        values |= dict.fromkeys(_OF_WORDS)
    values |= text_values(sentences.text)
    return QualityStatistics(**values)  # type: ignore[arg-type]  # one dict of many types


def _all_lines(
    document: Document, typed: TypedLines, content: int, sentences: Split, split: Split
) -> Values:
    """What is asked of all lines, labels and rows among them."""
    filled = [
        line
        for line, kind in zip(typed.lines, typed.kinds, strict=True)
        if line and kind not in _MAY_REPEAT
    ]
    again, repeated = repeated_items(filled)
    bullets = sum(line.startswith(BULLETS) for line in split.lines)
    words = sum(typed.words)
    teasers = sum(
        line.endswith(ELLIPSES) and len(line.split()) <= _TEASER_WORDS for line in sentences.lines
    )
    braces = sum("{" in line for line in sentences.lines)
    return {
        "words": words,
        "lines": len(split.lines),
        "bullet_line_share": ratio(bullets, len(split.lines)),
        "ellipsis_line_share": ratio(teasers, len(sentences.lines)),
        "duplicate_line_share": ratio(again, len(filled)),
        "duplicate_line_character_share": ratio(repeated, sum(map(len, filled))),
        "content_words": content,
        "content_word_share": ratio(content, words),
        "form_lines": form_lines(document, typed, content),
        "short_page_share": document.page_share if content < _SHORT else None,
        "short_link_share": document.link_share if content < _LISTED else None,
        "curly_bracket_share": ratio(braces, len(sentences.lines)),
    }
