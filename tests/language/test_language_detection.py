"""Languages: named by ISO 639-1 codes, for any string."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.codes import language_code
from pipeline.language.detection import UNKNOWN, detect_language, language_share
from pipeline.language.named_language import named_language

CLOSE = ({"bs", "hr", "sr"}, {"id", "ms"})
# Sentences of our own.
SENTENCES = {
    "en": "The mill stood by the river for two hundred years before anybody asked who owned it.",
    "de": "Die Mühle stand zweihundert Jahre am Fluss, ehe jemand fragte, wem sie gehörte.",
    "fr": "Le moulin est resté deux cents ans au bord de la rivière avant qu'on demande son nom.",
    "es": "El molino estuvo doscientos años junto al río antes de que alguien preguntara por él.",
    "ru": "Мельница стояла у реки двести лет, прежде чем кто-нибудь спросил, чья она.",
    "ja": "その水車小屋は二百年のあいだ川のそばに立っていた。",
    "he": "הטחנה עמדה ליד הנהר מאתיים שנה לפני שמישהו שאל למי היא שייכת.",
    "no": "Møllen sto ved elven i to hundre år før noen spurte hvem som eide den, uten svar.",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_sentence_is_named_by_its_iso_code(code: str) -> None:
    assert detect_language(SENTENCES[code]).code == code


@pytest.mark.parametrize("text", ["", " ", "1234 5678", "\x00\x01", "\ufffe", "\U0001fffe" * 9])
def test_text_without_words_is_unknown(text: str) -> None:
    assert detect_language(text) == UNKNOWN


@pytest.mark.parametrize("noise", ["\x00", "\x1b", "\x85", "\ufdd0", "\uffff", "\U0010ffff"])
def test_control_characters_do_not_hide_the_language(noise: str) -> None:
    assert detect_language(SENTENCES["de"].replace(",", noise)).code == "de"


@given(st.text(st.characters(), max_size=200))
def test_any_string_has_a_language_or_none(text: str) -> None:
    found = detect_language(text)
    assert 0 <= found.score <= 1
    assert found.code == "" or 2 <= len(found.code) <= 8


@given(st.text(st.characters(categories=["Cs"]), max_size=20))
def test_lone_surrogates_are_survived(text: str) -> None:
    assert detect_language(SENTENCES["en"] + text).code == "en"


def test_share_of_languages_is_that_of_their_text_together() -> None:
    text = " ".join([SENTENCES["de"]] * 6 + [SENTENCES["en"]] * 3)
    share = language_share(text, ("en",))
    assert 0.25 <= share <= 0.42
    assert language_share(text, ("en", "de")) >= 0.98
    assert language_share(text, ("fr",)) == 0
    assert language_share("", ("en",)) == 0


def test_score_is_the_share_of_the_text() -> None:
    mixed = (SENTENCES["en"] + " ") * 3 + (SENTENCES["ru"] + " ") * 3
    assert detect_language(mixed).score < 0.8


@pytest.mark.shared
def test_real_sentences_are_named_rightly(data: Path) -> None:
    path = data / "labels" / "langid-lingua" / "langid-sentences-dev.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    pairs = [(language_code(row["lang"]), detect_language(row["text"]).code) for row in rows]
    right = sum(code == found for code, found in pairs)
    close = sum(
        code == found or any({code, found} <= group for group in CLOSE) for code, found in pairs
    )
    assert len(pairs) == 15_000
    assert right / len(pairs) >= 0.958
    assert close / len(pairs) >= 0.978


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://fr.a.org/x", "fr"),
        ("https://a.org/fr/x", "fr"),
        ("https://a.org/docs/fr-CA/x", "fr"),
        ("https://a.org/browse/pt_BR/stable/x.html", "pt"),
        ("https://a.org/doc/start.ru.html", "ru"),
        ("https://a.org/docs/is/x", ""),
        ("https://a.org/x", ""),
        ("https://a.org/qq/x", ""),
        ("https://de/x", ""),
        ("no address", ""),
    ],
)
def test_an_address_names_a_language_where_sites_put_it(url: str, code: str) -> None:
    assert named_language(url) == code
