"""The outlier reference finds made junk and leaves good texts alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from quality.quality_corpus import draw, made_reference
from quality.quality_crawl import crawl_texts
from quality.quality_junk import JUNK, junk

from pipeline.document import Document
from pipeline.errors import CheckError, UsageError
from pipeline.quality.counts.hashed_texts import WINDOW, code_points, hashed
from pipeline.quality.judge import judged, outlier_sample
from pipeline.quality.outlier_reference import (
    Sample,
    fit_reference,
    reference_table,
    table_reference,
)
from pipeline.quality.outliers import (
    DEVIATIONS,
    STATISTICS,
    Reference,
    Values,
    compression_ratio,
    outlier_values,
    pieces_per_character,
    text_values,
)
from pipeline.recipe import QualityConfig
from pipeline.text import Split


def _values(text: str, reference: Reference) -> Values:
    return outlier_values(text_values(text), hashed(Split(text)), reference["en"])


def _is_flagged(text: str, reference: Reference) -> bool:
    values = _values(text, reference)
    return any(abs(values[name] or 0.0) > 1 for name in DEVIATIONS)


def test_reference_of_shuffled_samples_is_the_same() -> None:
    samples = [Sample("en", draw(seed, 60 + seed)) for seed in range(220)]
    one = reference_table(fit_reference(samples, 0.01))
    other = reference_table(fit_reference(samples[::-1], 0.01))
    assert one.equals(other)


def test_reference_through_a_table_is_unchanged() -> None:
    reference = made_reference()
    again = table_reference(reference_table(reference))
    assert reference_table(again).equals(reference_table(reference))
    text = draw(99_999, 200)
    assert _values(text, again) == _values(text, reference)


def test_reference_of_a_language_with_few_samples_is_none() -> None:
    reference = fit_reference([Sample("de", draw(seed, 80)) for seed in range(199)], 0.01)
    assert reference == {}
    text = Document("0" * 32, "", "test", draw(1, 80), language="de")
    for known in (reference, made_reference()):
        statistics = judged(text, QualityConfig(), known).statistics
        assert statistics.trigram_divergence is None
        assert statistics.compression_ratio is not None


def test_values_of_a_text_alone_are_those_that_need_no_reference() -> None:
    values = text_values(draw(1, 80))
    known = {name for name, value in values.items() if value is not None}
    assert known == {"compression_ratio", "pieces_per_character"}
    assert set(values) == {*STATISTICS, *DEVIATIONS}


def test_fit_reference_with_a_tail_that_is_no_share_is_refused() -> None:
    with pytest.raises(UsageError, match="is not a share"):
        fit_reference([], 0.5)


def test_table_reference_of_another_table_is_refused() -> None:
    with pytest.raises(CheckError, match="fit it anew"):
        table_reference(reference_table({}).drop_columns(["tail"]))


def test_fresh_texts_of_the_language_are_rarely_flagged() -> None:
    flagged = [_is_flagged(draw(20_000 + i, 60 + i), made_reference()) for i in range(400)]
    assert np.mean(flagged) <= 0.03  # five statistics, two tails of 0.0025


def test_pieces_are_letter_runs_capitals_digits_and_signs() -> None:
    assert pieces_per_character(code_points("Abc De 12.")) == 5 / 10
    assert pieces_per_character(code_points("aBcD")) == 3 / 4


def test_compression_ratio_of_repetition_is_lower() -> None:
    assert compression_ratio("mill " * 200) < 0.1 < compression_ratio(draw(1, 200))


def test_outlier_sample_of_a_document_that_a_rule_drops_is_none() -> None:
    config = QualityConfig(reading="published", rules=("gopher_quality", "outliers"))
    good = Document("0" * 32, "", "test", draw(1, 200), language="en", has_code=True)
    assert outlier_sample(good, config) == Sample("en", good.text, True)
    assert outlier_sample(replace(good, text="Too short."), config) is None


@pytest.mark.parametrize("text", ["", "a", "ab", "\ud800x", "\n"])
def test_outlier_values_of_tiny_texts_are_computed(text: str) -> None:
    assert set(_values(text, made_reference())) == {*STATISTICS, *DEVIATIONS}


def _good_texts(data: Path) -> list[str]:
    """What the English pages of the crawl are measured on: of those with code, their prose."""
    config = QualityConfig(
        reading="published", rules=("gopher_repetition", "gopher_quality", "c4", "fineweb")
    )
    english = (p.document for p in crawl_texts(data) if p.document.language == "en")
    samples = (outlier_sample(document, config) for document in english)
    return sorted({one.text for one in samples if one is not None})


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_junk_of_the_crawl_is_found_in_eight_of_eleven_kinds(data: Path) -> None:
    texts = _good_texts(data)
    fit, held = texts[0::3] + texts[1::3], texts[2::3]
    reference = fit_reference([Sample("en", text) for text in fit], QualityConfig().outlier_tail)
    rates = {
        kind: np.mean([_is_flagged(junk(kind, text, i), reference) for i, text in enumerate(held)])
        for kind in JUNK
    }
    assert sum(rate >= 0.95 for rate in rates.values()) >= 8, rates
    assert np.mean([_is_flagged(text, reference) for text in held]) <= 0.02


@pytest.mark.parametrize("reading", ["structure", "published"])
def test_no_more_of_a_text_is_looked_at_than_its_window(reading: str) -> None:
    config = QualityConfig.model_validate({"reading": reading})
    text = draw(5, 8_000)
    long = Document("0" * 32, "", "test", text + " zyx" * 8_000, language="en")
    assert len(text) > WINDOW
    documents = (long, replace(long, text=text))
    found = [judged(one, config, made_reference()).statistics for one in documents]
    assert len({(one.word_log_probability, one.word_entropy) for one in found}) == 1
    assert found[0].word_deviation is not None
