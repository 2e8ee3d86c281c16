"""The RedPajama-v2 signals are all there or accounted for."""

import math

import pytest

from pipeline.document import Document
from pipeline.quality.signals import ELSEWHERE, SIGNALS, SIGNALS_SCHEMA, measure_signals
from pipeline.quality.statistics import measure
from pipeline.text import Split


def _signals(text: str, original: str = "") -> dict[str, float | None]:
    document = Document("0" * 32, "", "test", original or text, language="en", language_score=0.9)
    return measure_signals(document, Split(text), measure(Split(text), "en"))


def test_signals_and_those_found_elsewhere_are_the_published_46() -> None:
    assert len({*SIGNALS, *ELSEWHERE}) == 46
    assert tuple(SIGNALS_SCHEMA.names) == SIGNALS


def test_signals_of_a_small_text_are_as_by_hand() -> None:
    found = _signals("THE mill, the mill {3}.\n- Javascript", "original\ntext\n!")
    assert found["ccnet_original_nlines"] == 3
    assert found["ccnet_language_score"] == 0.9
    assert found["rps_doc_word_count"] == 6
    assert found["rps_doc_curly_bracket"] == 2 / 36
    assert found["rps_doc_frac_all_caps_words"] == 1 / 6
    assert found["rps_doc_frac_unique_words"] == 4 / 6
    assert found["rps_lines_ending_with_terminal_punctution_mark"] == 0.5
    assert found["rps_lines_javascript_counts"] == 0.5
    assert found["rps_lines_start_with_bulletpoint"] == 0.5
    entropy = -2 * (2 / 6 * math.log(2 / 6)) - 2 * (1 / 6 * math.log(1 / 6))
    assert found["rps_doc_unigram_entropy"] == pytest.approx(entropy)


def test_signals_of_nothing_are_numbers() -> None:
    assert all(value is not None and math.isfinite(value) for value in _signals("").values())
