"""RedPajama-v2's 46 quality signals, as optional columns under their published names.

In: a document, its split after line edits, its statistics, and what else signals are made from.
Out: a value or None per signal (Weber et al. 2024, arXiv 2411.12372, appendix). Those of lines are
means over lines. None: no source is named for it, or the language has no data.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import pyarrow as pa

from pipeline.document import Document
from pipeline.quality.signals.signal_sources import (
    ANY,
    NO_SOURCES,
    SignalSources,
    phrase_count,
    site_categories,
)
from pipeline.quality.statistics_record import QualityStatistics
from pipeline.text import TERMINAL_MARKS, Split, lines

# Every signal with its definition here; docs/signals.md shows the same table.
DEFINITIONS: Mapping[str, str] = {
    "ccnet_bucket": "head, middle or tail: perplexity up to the 30th, the 60th percentile of the "
    "outlier reference's sample, or above (cc_net's cuts)",
    "ccnet_language_score": "score of the language identifier, 0 to 1",
    "ccnet_length": "characters after line edits",
    "ccnet_nlines": "lines that are not blank, after line edits",
    "ccnet_original_length": "characters before line edits",
    "ccnet_original_nlines": "lines that are not blank, before line edits",
    "ccnet_perplexity": "of a word under the unigrams of the outlier reference of its language "
    "(cc_net: KenLM 5-grams trained on Wikipedia)",
    "rps_doc_books_importance": "DSIR: log ratio of the probabilities under target and corpus, "
    "words and pairs hashed into 10,000 buckets; quality.signal_sources.books",
    "rps_doc_openwebtext_importance": "the same; quality.signal_sources.openwebtext",
    "rps_doc_wikipedia_importance": "the same; quality.signal_sources.wikipedia",
    "rps_doc_ml_wikiref_score": "fastText score; quality.signal_sources.wikiref_model",
    "rps_doc_ml_palm_score": "fastText score; quality.signal_sources.palm_model",
    "rps_doc_ml_wikipedia_score": "fastText score; quality.signal_sources.wikipedia_model",
    "rps_doc_curly_bracket": "curly brackets per character",
    "rps_doc_frac_all_caps_words": "share of words in capitals only",
    "rps_doc_frac_lines_end_with_ellipsis": "share of lines that end in an ellipsis",
    "rps_doc_frac_no_alph_words": "share of words without a letter",
    "rps_doc_lorem_ipsum": "occurrences of lorem ipsum per character",
    "rps_doc_mean_word_length": "mean characters of a word",
    "rps_doc_stop_word_fraction": "share of words that are common in the language",
    "rps_doc_symbol_to_word_ratio": "hash signs and ellipses per word",
    "rps_doc_frac_unique_words": "distinct words per word",
    "rps_doc_unigram_entropy": "entropy of the words, in nats",
    "rps_doc_word_count": "words",
    "rps_lines_ending_with_terminal_punctution_mark": "share of lines that end a sentence "
    "(spelt so there)",
    "rps_lines_javascript_counts": "occurrences of javascript per line",
    "rps_lines_num_words": "words between spaces per line",
    "rps_lines_numerical_chars_fraction": "mean share of digits in a line",
    "rps_lines_start_with_bulletpoint": "share of lines that start with a bullet or a hyphen",
    "rps_lines_uppercase_letter_fraction": "mean share of capitals in a line",
    "rps_doc_num_sentences": "sentences",
    **{
        f"rps_doc_frac_chars_dupe_{n}grams": f"share of characters in repeated {n}-grams of words"
        for n in range(5, 11)
    },
    **{
        f"rps_doc_frac_chars_top_{n}gram": f"share of characters in the most frequent {n}-gram"
        for n in (2, 3, 4)
    },
    "rps_doc_ldnoobw_words": "phrases of a word list in the text; quality.signal_sources.words",
    "rps_doc_ut1_blacklist": "categories of the site in UT1's lists; quality.signal_sources.ut1",
    "minhash_signature_0.7": "14 bands of 9 rows of 126 min-wise hashes, 8 bytes a band",
    "minhash_signature_0.8": "9 bands of 13 rows of 117, 8 bytes a band",
    "minhash_signature_0.9": "5 bands of 25 rows of 125, 8 bytes a band",
    "minhash_signature_1.0": "1 band of 128 rows, 8 bytes",
}
SIGNALS = tuple(DEFINITIONS)
_TYPES = {
    "ccnet_bucket": pa.string(),
    "rps_doc_ut1_blacklist": pa.string(),
    **{name: pa.binary() for name in SIGNALS if name.startswith("minhash_")},
}
SIGNALS_SCHEMA = pa.schema([pa.field(name, _TYPES.get(name, pa.float64())) for name in SIGNALS])

Values = dict[str, float | str | bytes | None]


def measure_signals(
    document: Document,
    split: Split,
    statistics: QualityStatistics,
    sources: SignalSources = NO_SOURCES,
    bucket: str | None = None,
) -> Values:
    """The signals of one document.

    Args:
        document: before line edits.
        split: its text after line edits.
        statistics: measured on `split`.
        sources: what signals are made from besides the text.
        bucket: of its perplexity, as the outlier reference says.
    """
    values: Values = {
        "ccnet_bucket": bucket,
        "ccnet_perplexity": _perplexity(statistics.word_log_probability),
        "ccnet_language_score": document.language_score,
        "ccnet_length": len(split.text),
        "ccnet_nlines": len(split.lines),
        "ccnet_original_length": len(document.text),
        "ccnet_original_nlines": len(lines(document.text)),
    }
    values |= _text_signals(split) | _word_signals(split.words) | _statistics_signals(statistics)
    values |= _line_signals(split.lines) | _source_signals(document, split, sources)
    return {name: values.get(name) for name in SIGNALS}


def _perplexity(log_probability: float | None) -> float | None:
    return None if log_probability is None else math.exp(-log_probability)


def _source_signals(document: Document, split: Split, sources: SignalSources) -> Values:
    values: Values = {"rps_doc_ut1_blacklist": site_categories(document.url, sources.categories)}
    phrases = sources.phrases.get(document.language, sources.phrases.get(ANY))
    if phrases is not None:
        values["rps_doc_ldnoobw_words"] = phrase_count(split.lower_words, phrases)
    for name, importance in sources.importances.items():
        values[f"rps_doc_{name}_importance"] = importance.weight(split.lower_words)
    for name, score in sources.models.items():
        found = float(score([split.text])[0])
        values[f"rps_doc_ml_{name}_score"] = None if math.isnan(found) else found
    return values | dict(sources.signatures(split.lower_words))


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


def _rest(share: float | None) -> float | None:
    return None if share is None else 1 - share


def _statistics_signals(statistics: QualityStatistics) -> Values:
    values: Values = {
        "rps_doc_frac_lines_end_with_ellipsis": statistics.ellipsis_line_share,
        "rps_doc_frac_no_alph_words": _rest(statistics.alphabetic_word_share),
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
