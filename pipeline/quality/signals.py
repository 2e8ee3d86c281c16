"""RedPajama-v2's quality signals, as optional columns under their published names.

In: a document, its split after line edits and its statistics. Out: 32 of the 46 signals (Weber et
al. 2024, arXiv 2411.12372, appendix), those that a text has by itself; ELSEWHERE says of the others
where they are found or why they are not made. Signals of lines are given as means over lines.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import pyarrow as pa

from pipeline.document import Document
from pipeline.quality.statistics import QualityStatistics
from pipeline.text import TERMINAL_MARKS, Split, lines

ELSEWHERE: Mapping[str, str] = {
    "ccnet_bucket": "not made: cc_net's language models are not used",
    "ccnet_perplexity": "not made; word_log_probability of the statistics stands near it",
    "rps_doc_books_importance": "not made: no DSIR models",
    "rps_doc_openwebtext_importance": "not made: no DSIR models",
    "rps_doc_wikipedia_importance": "not made: no DSIR models",
    "rps_doc_ml_palm_score": "not made: its training text is not public",
    "rps_doc_ml_wikiref_score": "scores/: referenced_score",
    "rps_doc_ml_wikipedia_score": "scores/: referenced_score",
    "rps_doc_ldnoobw_words": "scores/: harm_score",
    "rps_doc_ut1_blacklist": "dropped/: reason blocked_site of the screen",
    "minhash_signature_0.7": "curated/: signature",
    "minhash_signature_0.8": "curated/: signature",
    "minhash_signature_0.9": "curated/: signature",
    "minhash_signature_1.0": "curated/: text hash of the exact job",
}

_CCNET = ("language_score", "length", "nlines", "original_length", "original_nlines")
_DOC = (
    "curly_bracket",
    "frac_all_caps_words",
    "frac_lines_end_with_ellipsis",
    "frac_no_alph_words",
    "lorem_ipsum",
    "mean_word_length",
    "stop_word_fraction",
    "symbol_to_word_ratio",
    "frac_unique_words",
    "unigram_entropy",
    "word_count",
    "num_sentences",
    *(f"frac_chars_dupe_{n}grams" for n in range(5, 11)),
    *(f"frac_chars_top_{n}gram" for n in (2, 3, 4)),
)
_LINES = (
    "ending_with_terminal_punctution_mark",  # spelt so there
    "javascript_counts",
    "num_words",
    "numerical_chars_fraction",
    "start_with_bulletpoint",
    "uppercase_letter_fraction",
)
SIGNALS = (
    *(f"ccnet_{name}" for name in _CCNET),
    *(f"rps_doc_{name}" for name in _DOC),
    *(f"rps_lines_{name}" for name in _LINES),
)
SIGNALS_SCHEMA = pa.schema([pa.field(name, pa.float64()) for name in SIGNALS])

Values = dict[str, float | None]


def measure_signals(document: Document, split: Split, statistics: QualityStatistics) -> Values:
    """The signals of one document, None where its language has no stop words.

    Args:
        document: before line edits.
        split: its text after line edits.
        statistics: measured on `split`.
    """
    values: Values = {
        "ccnet_language_score": document.language_score,
        "ccnet_length": len(split.text),
        "ccnet_nlines": len(split.lines),
        "ccnet_original_length": len(document.text),
        "ccnet_original_nlines": len(lines(document.text)),
    }
    values |= _text_signals(split) | _word_signals(split.words) | _statistics_signals(statistics)
    values |= _line_signals(split.lines)
    return {name: values[name] for name in SIGNALS}


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _text_signals(split: Split) -> Values:
    text, size = split.text, len(split.text)
    symbols = text.count("#") + text.count("...") + text.count("…")
    return {
        "rps_doc_curly_bracket": _share(text.count("{") + text.count("}"), size),
        "rps_doc_lorem_ipsum": _share(text.lower().count("lorem ipsum"), size),
        "rps_doc_symbol_to_word_ratio": _share(symbols, len(split.words)),
    }


def _word_signals(words: Sequence[str]) -> Values:
    counts = Counter(word.lower() for word in words)
    total = len(words)
    terms = (n / total * math.log(n / total) for n in sorted(counts.values()))
    return {
        "rps_doc_frac_all_caps_words": _share(sum(map(str.isupper, words)), total),
        "rps_doc_frac_unique_words": _share(len(counts), total),
        "rps_doc_unigram_entropy": -math.fsum(terms) if total else 0.0,
    }


def _statistics_signals(statistics: QualityStatistics) -> Values:
    values: Values = {
        "rps_doc_frac_lines_end_with_ellipsis": statistics.ellipsis_line_share,
        "rps_doc_frac_no_alph_words": 1 - statistics.alphabetic_word_share,
        "rps_doc_mean_word_length": statistics.mean_word_length,
        "rps_doc_stop_word_fraction": statistics.function_word_share,
        "rps_doc_word_count": statistics.words,
        "rps_doc_num_sentences": statistics.sentences,
    }
    for n in range(5, 11):
        values[f"rps_doc_frac_chars_dupe_{n}grams"] = getattr(
            statistics, f"duplicate_{n}gram_share"
        )
    for n in (2, 3, 4):
        values[f"rps_doc_frac_chars_top_{n}gram"] = getattr(statistics, f"top_{n}gram_share")
    return values


def _line_signals(items: Sequence[str]) -> Values:
    marks = (*TERMINAL_MARKS, '"', "”")
    bullets = ("•", "‣", "▶", "◀", "◦", "■", "□", "▪", "▫", "–", "-")
    per_line: dict[str, Sequence[float]] = {
        "ending_with_terminal_punctution_mark": [line.endswith(marks) for line in items],
        "javascript_counts": [line.lower().count("javascript") for line in items],
        "num_words": [len(line.split()) for line in items],
        "numerical_chars_fraction": [_share(sum(map(str.isnumeric, x)), len(x)) for x in items],
        "start_with_bulletpoint": [line.startswith(bullets) for line in items],
        "uppercase_letter_fraction": [_share(sum(map(str.isupper, x)), len(x)) for x in items],
    }
    return {
        f"rps_lines_{name}": _share(math.fsum(values), len(items))
        for name, values in per_line.items()
    }
