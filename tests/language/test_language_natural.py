"""What of a text is natural language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.detection import detect_language
from pipeline.language.natural import natural_language

PROSE = "The mill stood by the river for two hundred years before anybody asked who owned it."


@pytest.mark.parametrize(
    "other",
    [
        "https://www.muehle-am-bach.de/veranstaltungen/fuehrungen.php?termin=samstag",
        "www.wasserrad-verein.de/satzung",
        "anfragen@muehle-am-bach.de",
        "--ohne-rückfrage --ausgabe=datei",
        "/usr/share/doc/mühle/liesmich.txt",
        "zeile_lesen() und_schreiben(datei)",
        "<Absatz> $DATEI {inhalt}",
        "```\nwenn datei dann lies datei sonst schreibe datei ende wenn\n```",
    ],
)
def test_what_is_no_prose_goes(other: str) -> None:
    left = natural_language(f"{PROSE} {other} {PROSE}")
    assert left.replace("lies", "").split()[:16] == PROSE.split()
    assert detect_language(f"{PROSE} {other} {other}").code == "en"


@pytest.mark.parametrize(
    "text", ["It's a well-known mill, isn't it? (Yes.)", "Two words/phrases: \"a\" and 'b'."]
)
def test_punctuation_of_prose_is_no_code(text: str) -> None:
    kept = set(natural_language(text).split())
    assert {word for word in text.split() if "/" not in word} <= kept


def test_text_around_an_address_in_a_script_without_spaces_stays() -> None:
    left = natural_language(
        "这座磨坊在河边站了两百年请访问https://a.com/x了解更多关于它的历史和主人的信息"
    )
    assert "a.com" not in left
    assert left.startswith("这座磨坊")
    assert left.endswith("的信息")


def test_of_nothing_but_code_nothing_is_left() -> None:
    assert natural_language("a_b() c::d --no-install") == ""


def test_between_fences_stands_text_where_there_is_no_other() -> None:
    assert natural_language(f"# Long\n```\n{PROSE}\n```\n").endswith(PROSE)


def test_a_fence_that_nothing_closes_hides_nothing() -> None:
    assert natural_language(f"One.\n```\n{PROSE}").endswith(PROSE)


@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    assert len(natural_language(text)) <= len(text) + 1
