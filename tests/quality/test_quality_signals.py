"""The 46 RedPajama-v2 signals: each has a golden text, and the set is the published one."""

import json
import math
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from quality.quality_corpus import made_reference

from pipeline.dedup.near.minhash import published_signatures
from pipeline.document import Document
from pipeline.errors import UsageError
from pipeline.quality.counts.hashed_texts import hashed
from pipeline.quality.outliers import outlier_values, reference_key, text_values
from pipeline.quality.signals.importance import fit_importance
from pipeline.quality.signals.redpajama import (
    DEFINITIONS,
    SIGNALS,
    SIGNALS_SCHEMA,
    Values,
    measure_signals,
)
from pipeline.quality.signals.signal_sources import (
    SignalSources,
    load_categories,
    load_phrases,
)
from pipeline.quality.statistics import measure
from pipeline.text import Split

ROOT = Path(__file__).parents[2]
GOLDEN = json.loads((ROOT / "tests" / "cases" / "signals.json").read_text("utf-8"))
TARGET = [f"the old mill grinds flour {n} times" for n in range(12)]
SOURCE = [f"a fast engine burns fuel {n} times" for n in range(12)]
SOURCES = SignalSources(
    importances={name: fit_importance(TARGET, SOURCE) for name in ("books", "openwebtext")}
    | {"wikipedia": fit_importance(SOURCE, TARGET)},
    models={
        name: lambda texts: [len(text) / 1000 for text in texts]
        for name in ("wikiref", "palm", "wikipedia")
    },
    phrases={"": {"mill": frozenset({("mill", "river"), ("mill",)})}},
    categories={"mill.example": "press shopping"},
    signatures=published_signatures,
)


def _signals(
    text: str, original: str = "", url: str = "", sources: SignalSources = SOURCES
) -> Values:
    document = Document("0" * 32, url, "test", original or text, language="en", language_score=0.9)
    split = Split(text)
    known = made_reference()[reference_key("en", False)]
    compared = outlier_values(text_values(text), hashed(split), known)
    statistics = replace(measure(split, "en"), **compared)  # type: ignore[arg-type]
    probability = statistics.word_log_probability
    bucket = None if probability is None else known.bucket(probability)
    return measure_signals(document, split, statistics, sources, bucket)


def test_signals_are_the_published_46_and_each_has_a_golden_text() -> None:
    assert len(SIGNALS) == len(set(SIGNALS)) == 46
    assert tuple(SIGNALS_SCHEMA.names) == SIGNALS
    assert set(GOLDEN) == set(SIGNALS)


@pytest.mark.parametrize("name", SIGNALS)
def test_signal_of_its_golden_text_is_as_by_hand_and_another_on_its_neighbour(name: str) -> None:
    case = GOLDEN[name]
    value = _signals(case["text"], case.get("original", ""), case.get("url", ""))[name]
    other = _signals(case["other"], case.get("other_original", ""), case.get("other_url", ""))[name]
    expected = case["value"]
    if isinstance(value, bytes):
        assert len(value) == expected
    elif isinstance(value, str) or value is None:
        assert value == expected
    else:
        assert value == pytest.approx(expected, rel=1e-9)
    if name != "ccnet_language_score":
        assert other != value


@pytest.mark.parametrize("name", ["ccnet_original_length", "ccnet_original_nlines"])
def test_signals_of_the_original_do_not_see_the_line_edits(name: str) -> None:
    assert (
        _signals("short", "a longer\noriginal")[name] == _signals("x", "a longer\noriginal")[name]
    )


def test_signals_without_sources_are_null_and_the_others_are_there() -> None:
    found = _signals("The mill by the river turns.", sources=SignalSources())
    empty = {name for name, value in found.items() if value is None}
    assert empty == {
        *(name for name in SIGNALS if name.endswith(("_importance", "_blacklist"))),
        *(name for name in SIGNALS if name.startswith(("rps_doc_ml_", "minhash_"))),
        "rps_doc_ldnoobw_words",
    }


def test_signals_of_nothing_are_finite_or_null() -> None:
    found = _signals("")
    numbers = [value for value in found.values() if isinstance(value, float | int)]
    assert len(numbers) > 30
    assert all(math.isfinite(value) for value in numbers)
    assert found["ccnet_perplexity"] is None


def test_every_definition_stands_in_the_documentation() -> None:
    page = (ROOT / "docs" / "signals.md").read_text("utf-8")
    for name, definition in DEFINITIONS.items():
        assert f"| `{name}` | {definition} |" in page


def test_importance_is_higher_for_texts_like_the_target() -> None:
    fitted = fit_importance(TARGET, SOURCE)
    like, unlike = (fitted.weight(text.split()) for text in ("the old mill", "a fast engine"))
    assert like > 0 > unlike
    assert fitted.weight([]) == 0


def test_importance_of_too_few_texts_is_refused() -> None:
    with pytest.raises(UsageError, match="3 target and 12 source texts are too few"):
        fit_importance(TARGET[:3], SOURCE)


def test_published_signatures_of_a_near_duplicate_share_bands() -> None:
    words = [f"word{n}" for n in range(300)]
    one, two = published_signatures(words), published_signatures([*words[:290], "other"])
    at = {name: struct.unpack(f"<{len(v) // 8}Q", v) for name, v in one.items() if v}
    also = {name: struct.unpack(f"<{len(v) // 8}Q", v) for name, v in two.items() if v}
    assert set(at["minhash_signature_0.7"]) & set(also["minhash_signature_0.7"])
    assert at["minhash_signature_1.0"] != also["minhash_signature_1.0"]
    assert one == published_signatures(words)


def test_word_lists_by_language_and_site_categories_are_read(tmp_path: Path) -> None:
    (tmp_path / "en").write_text("Bad Word\nworse\n")
    (tmp_path / "LICENSE").write_text("all words are free\n")
    assert load_phrases(str(tmp_path)) == {
        "en": {"bad": frozenset({("bad", "word")}), "worse": frozenset({("worse",)})}
    }
    for name in ("press", "shopping"):
        (tmp_path / "ut1" / name).mkdir(parents=True)
        (tmp_path / "ut1" / name / "domains").write_text("News.example\n")
    assert load_categories(str(tmp_path / "ut1")) == {"news.example": "press shopping"}
    with pytest.raises(UsageError, match="no category"):
        load_categories(str(tmp_path / "ut1" / "press"))
