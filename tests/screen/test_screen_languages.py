"""Languages of documents: tagged by their text or their source, kept where the recipe asks."""

import pytest

from pipeline.document import Document
from pipeline.recipe import ScreenConfig
from pipeline.screen.languages import language_reason, tag_language

ENGLISH = "The mill stood by the river for two hundred years before anybody asked who owned it."


def document(text: str = "", language: str = "", score: float = 0.0, domain: str = "") -> Document:
    return Document(
        id="1", url="", source="", text=text, language=language, language_score=score, domain=domain
    )


def test_document_is_tagged_by_its_text() -> None:
    tagged = tag_language(document(ENGLISH))
    assert tagged.language == "en"
    assert tagged.language_score > 0.9


def test_declared_language_stands() -> None:
    tagged = tag_language(document(ENGLISH, language="de"))
    assert (tagged.language, tagged.language_score) == ("de", 1.0)


def test_text_without_words_has_no_language() -> None:
    tagged = tag_language(document("123"))
    assert (tagged.language, tagged.language_score) == ("", 0.0)


@pytest.mark.parametrize(
    ("language", "score", "expected"),
    [
        ("en", 0.65, None),
        ("en", 0.649, ("unsure_language", "en 0.65")),
        ("en", 0.4, ("unsure_language", "en 0.40")),
        ("de", 1.0, ("wrong_language", "de")),
        ("", 0.0, ("wrong_language", "unknown")),
    ],
)
def test_language_is_judged_by_code_and_score(
    language: str, score: float, expected: tuple[str, str] | None
) -> None:
    assert language_reason(document("", language, score), ScreenConfig()) == expected


def test_no_languages_keep_all() -> None:
    assert language_reason(document("", "de", 0.1), ScreenConfig(languages=())) is None


def test_any_of_several_languages_is_kept() -> None:
    assert language_reason(document("", "de", 1.0), ScreenConfig(languages=("en", "de"))) is None


def test_programs_have_no_natural_language() -> None:
    assert language_reason(document("", "", 0.0, domain="code"), ScreenConfig()) is None


def test_a_language_may_have_a_threshold_of_its_own() -> None:
    config = ScreenConfig(languages=("en", "de"), language_thresholds={"de": 0.3})
    assert language_reason(document("", "de", 0.4), config) is None
    assert language_reason(document("", "en", 0.4), config) == ("unsure_language", "en 0.40")
