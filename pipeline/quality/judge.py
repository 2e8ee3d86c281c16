"""One document through edits, splitting, measuring and judging, in that order, once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from pipeline.document import Document, Lost, Measured, drop
from pipeline.quality import STAGE
from pipeline.quality.counts.hashed_texts import Buckets, hashed, windowed, word_buckets
from pipeline.quality.lines import edit_lines
from pipeline.quality.outlier_reference import Sample
from pipeline.quality.outliers import (
    ALONE,
    NO_REFERENCE,
    Reference,
    outlier_values,
    reference_key,
)
from pipeline.quality.prose import prose, without_marks
from pipeline.quality.reading.typed_edits import edit_typed
from pipeline.quality.reading.typed_statistics import compared, measure_typed, sentences_of
from pipeline.quality.rules import line_rules, quality_reasons
from pipeline.quality.signals.redpajama import measure_signals
from pipeline.quality.signals.signal_sources import SignalSources
from pipeline.quality.statistics import measure
from pipeline.quality.statistics_record import STATISTICS_SCHEMA, QualityStatistics
from pipeline.recipe import QualityConfig
from pipeline.text import Split, given_split

_STATISTICS = STATISTICS_SCHEMA.names
NOT_PROSE = ("code",)  # domains that a source declares and rules made for prose do not judge


@dataclass(frozen=True)
class MeasuredText:
    """What a document is by itself: its text after line edits, and what was measured of it."""

    text: str
    words: Sequence[str]  # in lower case
    statistics: QualityStatistics  # but for those that need a reference
    compared: Split  # what is held against the outlier reference; "" where it is too little
    cut: tuple[tuple[str, str], ...] = ()  # rule and line of each line edit
    buckets: Buckets | None = None  # of the words of `compared`, where they have been hashed


@dataclass(frozen=True)
class Judged:
    """What a document becomes: its text after line edits, and what was found of it."""

    text: str
    words: Sequence[str]  # in lower case
    statistics: QualityStatistics
    reasons: tuple[str, ...]
    cut: tuple[tuple[str, str], ...]  # rule and line of each line edit


def judged(
    document: Document,
    config: QualityConfig,
    reference: Reference = NO_REFERENCE,
    found: MeasuredText | None = None,
) -> Judged:
    """The document as the rules find it.

    Args:
        document: after the cuts of deduplication.
        config: families and limits; `structured = "text"` judges every document as it stands.
        reference: what outliers are measured against; without it none is found.
        found: what has been measured of the document by this config, where that has been done.
    """
    found = found or measured(document, config)
    statistics = found.statistics
    known = reference.get(reference_key(document.language, statistics.structured))
    if known is not None and found.compared.text:
        alone = {name: getattr(statistics, name) for name in ALONE}
        values = outlier_values(alone, hashed(found.compared, found.buckets), known)
        statistics = replace(statistics, **cast(dict[str, Any], values))
    reasons = quality_reasons(statistics, config, document.language)
    return Judged(found.text, found.words, statistics, reasons, found.cut)


def measured(document: Document, config: QualityConfig) -> MeasuredText:
    """The document by itself. With code or formulas it is measured on its prose."""
    holds_structure = document.has_code or document.has_math
    structured = holds_structure and config.structured == "prose"
    if config.reading == "structure":
        edits, typed = edit_typed(document.text, line_rules(config))
        sentences = sentences_of(typed)
        split = sentences if sentences.text == edits.text else Split(edits.text)
        statistics = measure_typed(document, typed, sentences, split, structured, edits)
        held = compared(sentences)
    else:
        edits = edit_lines(document.text, line_rules(config), structured)
        split = Split(edits.text)
        held = _bare(split, structured)
        statistics = measure(held, document.language, structured, edits)
    return MeasuredText(edits.text, split.lower_words, statistics, windowed(held), edits.cut)


def _bare(split: Split, structured: bool) -> Split:
    """What is measured of a text: its prose, or all of it but the extractor's marks."""
    if structured:
        return Split(prose(split.text))
    bare = without_marks(split.text)
    return split if bare == split.text else given_split(bare, frozenset(), words=split.words)


def outlier_sample(
    document: Document, config: QualityConfig, found: MeasuredText | None = None
) -> Sample | None:
    """What the document gives to the outlier reference: its measured text, if no other rule drops
    it. `found` is what has been measured of it, where that has been done.

    The sample pass takes those of the smallest keyed hashes, SAMPLE_DOCUMENTS of each key.
    """
    found = found or measured(document, config)
    text = found.compared.text
    others = tuple(rule for rule in config.rules if rule != "outliers")
    asked = config.model_copy(update={"rules": others})
    if not text or quality_reasons(found.statistics, asked, document.language):
        return None
    words = word_buckets(found.compared.lower_words).tobytes()
    compressed, pieces = (getattr(found.statistics, name) for name in ALONE)
    known = (found.statistics.structured, words, (compressed, pieces))
    return Sample(document.language, text, *known)


def _bucket(statistics: QualityStatistics, language: str, reference: Reference) -> str | None:
    """The bucket of a text's perplexity; None where the reference does not know its kind."""
    known = reference.get(reference_key(language, statistics.structured))
    probability = statistics.word_log_probability
    return None if known is None or probability is None else known.bucket(probability)


def config_of(document: Document, config: QualityConfig) -> QualityConfig:
    """What a document is judged by: what declares code, by nothing."""
    unjudged = document.domain in NOT_PROSE
    return config.model_copy(update={"rules": ()}) if unjudged else config


def judge_document(
    document: Document,
    config: QualityConfig,
    reference: Reference,
    sources: SignalSources,
    found: MeasuredText | None = None,
) -> Measured | Lost:
    """The document after line edits with what was measured of it, lost where a rule says so.

    Sources that declare a domain are no web pages, so no reference is held against them; what
    declares code is not judged at all. `found` is what has been measured of the document,
    where that has been done.
    """
    against = NO_REFERENCE if document.domain else reference
    verdict = judged(document, config_of(document, config), against, found)
    columns: dict[str, Any] = {name: getattr(verdict.statistics, name) for name in _STATISTICS}
    if config.signals:
        bucket = _bucket(verdict.statistics, document.language, against)
        split = given_split(verdict.text, frozenset(), lower_words=verdict.words)
        columns |= measure_signals(document, split, verdict.statistics, sources, bucket)
    beside = Measured(replace(document, text=verdict.text), verdict.words, columns)
    if not verdict.reasons:
        return beside
    row = drop(document, STAGE, verdict.reasons[0], " ".join(verdict.reasons[1:]))
    return Lost(row, beside)
