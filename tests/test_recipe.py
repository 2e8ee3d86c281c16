"""The recipe's models: what they refuse, and the fingerprint that names artefacts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.recipe import (
    ExtractConfig,
    MinhashConfig,
    QualityConfig,
    Recipe,
    ScreenConfig,
    Source,
)
from pipeline.recipe_types import fingerprint

CRAWL = Source(name="crawl", paths=("one.warc",))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def test_fingerprint_of_literal_values_never_changes() -> None:
    assert fingerprint({"b": 1, "a": [1, 2]}, "x") == "ee1b33525d55b941"


def test_fingerprint_of_a_section_never_changes() -> None:
    section = MinhashConfig(bands=14, rows=8, threshold=0.8)
    assert fingerprint(section) == "4a9f9a42cc7077e5"


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=4))
def test_fingerprint_does_not_depend_on_the_order_of_keys(value: dict[str, object]) -> None:
    assert fingerprint(value) == fingerprint(dict(reversed(value.items())))


def test_fingerprint_tells_values_apart_at_their_borders() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")


def test_fingerprint_of_a_section_is_that_of_its_values() -> None:
    section = MinhashConfig()
    assert fingerprint(section) == fingerprint(section.model_dump(mode="json"))


def test_only_sources_are_required() -> None:
    assert Recipe(sources=(CRAWL,)).screen == ScreenConfig()


def test_default_language_is_english() -> None:
    assert ScreenConfig().languages == ("en",)


def test_a_section_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        ExtractConfig().prefilter = False


def test_arrays_of_toml_become_tuples() -> None:
    assert ScreenConfig.model_validate({"languages": ["de", "fr"]}).languages == ("de", "fr")


@pytest.mark.parametrize(
    "value",
    [{"prefilter": "yes"}, {"max_nodes": "5"}, {"max_nodes": 5.5}, {"max_nodes": True}],
    ids=str,
)
def test_types_are_not_converted(value: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ExtractConfig.model_validate(value)


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
def test_share_outside_the_unit_interval_is_refused(score: float) -> None:
    with pytest.raises(ValidationError):
        ScreenConfig(language_threshold=score)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "..", "ä"])
def test_source_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Source(name=name, paths=("one.warc",))


def test_source_with_paths_and_crawl_is_refused() -> None:
    with pytest.raises(ValidationError, match="either paths or crawl"):
        Source(name="a", paths=("one.warc",), crawl="CC-MAIN-2026-30")


def test_source_without_paths_or_crawl_is_refused() -> None:
    with pytest.raises(ValidationError, match="either paths or crawl"):
        Source(name="a")


def test_two_sources_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="'crawl'; rename one"):
        Recipe(sources=(CRAWL, CRAWL))


def test_no_sources_are_refused() -> None:
    with pytest.raises(ValidationError):
        Recipe(sources=())


def test_number_in_the_quality_section_is_a_limit() -> None:
    assert QualityConfig.model_validate({"min_words": 40}).limits == {"min_words": 40}


def test_number_in_the_quality_section_stands_over_its_limits() -> None:
    value = {"min_words": 40, "limits": {"min_words": 50, "max_words": 9}}
    assert QualityConfig.model_validate(value).limits == {"min_words": 40, "max_words": 9}


def test_boolean_in_the_quality_section_is_no_limit() -> None:
    with pytest.raises(ValidationError):
        QualityConfig.model_validate({"min_words": True})
